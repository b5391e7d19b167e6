import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { SeenConference } from '../../src/announcements.js';
import { createHistory, type History } from '../../src/status/history.js';

let history: History;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  onTestFinished(() => void vi.useRealTimers());
  history = createHistory();
});

function see(people: string[], recording: SeenConference['recording'], sid = 'one') {
  history.hear({ what: 'seen', conference: { sid, name: 'recorded-sales', people: new Set(people), recording } });
}

const end = (sid = 'one') => history.hear({ what: 'over', conferenceSid: sid });
const later = (ms: number) => vi.advanceTimersByTime(ms);
const only = () => history.live()[0];

describe('the history', () => {
  it('adds up how long a recording ran and was paused', () => {
    see(['a'], undefined);
    later(1000);
    see(['a', 'b'], 'in-progress');
    later(10_000);
    see(['a'], 'paused');
    later(500);
    see(['a', 'b'], 'in-progress');
    later(3000);
    expect(only()).toMatchObject({ recordedMs: 10_000, pausedMs: 500, recordingSince: 11_500 });
    end();
    expect(history.finished()[0]).toMatchObject({
      recordedMs: 13_000,
      pausedMs: 500,
      endedAt: 14_500,
      recording: 'none',
    });
  });

  it('is another version after each change, and the same when the same is seen again', () => {
    const versions = new Set([history.version]);
    const isNew = () => versions.size < versions.add(history.version).size;
    see(['a'], undefined);
    expect(isNew()).toBe(true);
    see(['a'], undefined);
    expect(isNew()).toBe(false);
    see(['b'], undefined);
    expect(isNew()).toBe(true);
    see(['b'], 'paused');
    expect(isNew()).toBe(true);
    history.hear({ what: 'seen', conference: { sid: 'one', name: 'x', people: new Set(['b']), recording: 'paused' } });
    expect(isNew()).toBe(true);
    end();
    expect(isNew()).toBe(true);
    end();
    end('never seen');
    expect(isNew()).toBe(false);
  });

  it('keeps people and events apart from what it was shown', () => {
    const people = new Set(['a']);
    history.hear({ what: 'seen', conference: { sid: 'one', name: undefined, people, recording: undefined } });
    people.add('b');
    history.hear({ what: 'seen', conference: { sid: 'one', name: undefined, people, recording: undefined } });
    expect(only()?.events.map(({ what, callSid }) => [what, callSid])).toEqual([
      ['seen', undefined],
      ['joined', 'a'],
      ['joined', 'b'],
    ]);
  });

  it('keeps the last 20 finished conferences, the latest first', () => {
    for (let i = 1; i <= 50; i += 1) {
      see(['a'], 'in-progress', `conference ${i}`);
      end(`conference ${i}`);
    }
    const sids = history.finished().map(({ sid }) => sid);
    expect(sids).toHaveLength(20);
    expect([sids[0], sids[19]]).toEqual(['conference 50', 'conference 31']);
    expect(history.live()).toEqual([]);
  });

  it('keeps the latest 200 events of a conference, and the sums of all', () => {
    for (let i = 0; i < 1000; i += 1) {
      see(['a'], 'paused');
      later(10);
      see(['a', 'b'], 'in-progress');
      later(20);
    }
    see(['a'], 'paused');
    expect(only()).toMatchObject({ recordedMs: 20_000, pausedMs: 10_000 });
    expect(only()?.events).toHaveLength(200);
    expect(only()?.events.at(-1)).toMatchObject({ what: 'recording', recording: 'paused', people: 1 });
  });

  it('leaves a conference over when a late callback speaks of it', () => {
    see(['a'], 'in-progress');
    end();
    see([], undefined);
    expect(history.live()).toEqual([]);
    expect(history.finished()).toHaveLength(1);
  });

  it('takes a conference up again that goes on after all, with what it had', () => {
    see(['a', 'b'], 'in-progress');
    later(1000);
    end();
    later(1000);
    see(['a', 'b'], 'in-progress');
    later(500);
    see(['a'], 'paused');
    expect(history.finished()).toEqual([]);
    expect(only()).toMatchObject({ firstSeenAt: 0, endedAt: undefined, recordedMs: 1500 });
  });
});
