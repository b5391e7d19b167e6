import { describe, expect, it } from 'vitest';
import { createLoggedConferences, setPresence } from '../../src/log/logged-conferences.js';

describe('the conferences that the log remembers', () => {
  it('are all those in progress and the latest thousand that are over', () => {
    const conferences = createLoggedConferences();
    for (let number = 0; number < 2000; number += 1) conferences.track(`live-${number}`, 'recorded-sales');
    for (let number = 0; number < 1500; number += 1) {
      conferences.end(conferences.track(`over-${number}`, 'recorded-sales'));
      conferences.ofRecording(`recording-${number}`, `unknown-${number}`);
    }
    const known = (kind: string, numbers: number) =>
      Array.from({ length: numbers }, (_, number) => conferences.find(`${kind}-${number}`)).filter(Boolean).length;
    expect(known('live', 2000)).toBe(2000);
    expect(known('over', 1500) + known('unknown', 1500)).toBe(1000);
    expect(conferences.find('OVER-1499')).toMatchObject({ name: 'recorded-sales' });
  });

  it('stay in progress if they turn out not to be over', () => {
    const conferences = createLoggedConferences();
    conferences.end(conferences.track('one', 'recorded-sales'));
    conferences.track('ONE', undefined);
    const endOthers = (from: number) => {
      for (let number = from; number < from + 600; number += 1) {
        conferences.end(conferences.track(`over-${number}`, undefined));
      }
    };
    endOthers(0);
    const one = conferences.find('one') ?? expect.fail('It was forgotten.');
    expect(one).toMatchObject({ sid: 'one', name: 'recorded-sales' });
    conferences.end(one);
    endOthers(600);
    expect(conferences.find('one')).toBe(one);
  });

  it('are remembered with the latest hundred people who have left', () => {
    const conference = createLoggedConferences().track('one', undefined);
    for (let number = 0; number < 150; number += 1) setPresence(conference, `call-${number}`, 'gone');
    expect(conference.gone.size).toBe(100);
    expect(conference.gone).toContain('call-149');
  });
});
