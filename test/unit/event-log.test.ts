import { expect, it } from 'vitest';
import { createEventLog } from '../../src/log/event-log.js';
import type { ConferenceSnapshot, Trigger } from '../../src/recorder-events.js';
import { keepLog, linesFrom } from '../support/log.js';

// What arrives late. test/simulation/log.test.ts tests the log as a whole.

const RESYNC: Trigger = { kind: 'resync', receivedAt: undefined, delayMs: undefined };
const HINT: Trigger = { kind: 'recording callback', receivedAt: 0, delayMs: undefined };
const over = { type: 'conference-over', conferenceSid: 'one', name: 'recorded-sales' } as const;
const found = { type: 'conference-found', conferenceSid: 'one', name: 'recorded-sales' } as const;

/** An event log, and the messages above debug that it has logged. */
function startLog() {
  const { log, lines } = keepLog();
  return { listen: createEventLog(log), logged: () => linesFrom('info', lines).map(({ msg }) => msg) };
}

const withPeople = (...people: string[]): ConferenceSnapshot => ({
  sid: 'one',
  name: 'recorded-sales',
  people: new Set(people),
  held: new Set<string>(),
  recordingSid: 'r',
  recordingState: 'in-progress',
});

it('a list that lags or a callback that is late does not bring back a conference that is over', () => {
  const { listen, logged } = startLog();
  for (const event of [over, found, over]) listen(event);
  listen({ type: 'recording-reported', conference: withPeople(), trigger: HINT });
  listen({ type: 'conference-read', conference: withPeople(), trigger: HINT });
  listen(over);
  expect(logged()).toEqual(['the conference is over']);
});

it('a conference that turns out not to be over is logged again', () => {
  const { listen, logged } = startLog();
  listen(over);
  listen({ type: 'conference-read', conference: withPeople('a'), trigger: RESYNC });
  listen(over);
  expect(logged()).toEqual([
    'the conference is over',
    'participant found present',
    'recording found in-progress',
    'the conference is over',
  ]);
});

it('a leave that arrives before its join is logged, and the join is not', () => {
  const { listen, logged } = startLog();
  for (const isIn of [false, true]) {
    listen({
      type: 'participant-reported',
      conference: withPeople('b'),
      callSid: 'A',
      change: isIn ? 'join' : 'leave',
      trigger: HINT,
    });
  }
  expect(logged()).toEqual(['participant left']);
});

it('an error of our own is logged with the conference that it concerns', () => {
  const { log, lines } = keepLog();
  const listen = createEventLog(log);
  listen(found);
  for (const subject of ['one', 'discovery of init'])
    listen({ type: 'requests-failed', subject, error: new Error('a bug') });
  expect(linesFrom('error', lines)).toMatchObject([
    { msg: 'unexpected error', conferenceSid: 'one', conference: 'recorded-sales' },
    { msg: 'unexpected error', subject: 'discovery of init' },
  ]);
});
