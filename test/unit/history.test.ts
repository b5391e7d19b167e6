import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ConferenceSnapshot, Trigger } from '../../src/recorder-events.js';
import { createHistory, type History } from '../../src/status/history.js';

const HINT: Trigger = { kind: 'conference callback', receivedAt: 0, delayMs: undefined };
const RESYNC: Trigger = { kind: 'resync', receivedAt: undefined, delayMs: undefined };

let history: History;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  onTestFinished(() => void vi.useRealTimers());
  history = createHistory();
});

const snapshot = (people: string[], recording: ConferenceSnapshot['recordingState'], sid: string) => ({
  sid,
  name: 'recorded-sales',
  people: new Set(people),
  held: new Set<string>(),
  recordingSid: recording && `recording of ${sid}`,
  recordingState: recording,
});

/** Records that a read found these people and this recording. */
function read(people: string[], recording?: ConferenceSnapshot['recordingState'], sid = 'one') {
  history.record({ type: 'conference-read', conference: snapshot(people, recording, sid), trigger: RESYNC });
}

/** Records that a callback arrived, after which these people and this recording are known. */
function report(people: string[], recording?: ConferenceSnapshot['recordingState'], sid = 'one') {
  history.record({ type: 'conference-reported', conference: snapshot(people, recording, sid), trigger: HINT });
}

const end = (sid = 'one') => history.record({ type: 'conference-over', conferenceSid: sid, name: undefined });
const later = (ms: number) => vi.advanceTimersByTime(ms);
const only = () => history.live()[0];
const happened = () => only()?.events.map(({ what, callSid }) => (callSid ? `${callSid} ${what}` : what));

describe('the history', () => {
  it('adds up how long a recording was running and paused', () => {
    read(['a']);
    later(1000);
    read(['a', 'b'], 'in-progress');
    later(10_000);
    read(['a'], 'paused');
    later(500);
    read(['a', 'b'], 'in-progress');
    later(3000);
    expect(only()).toMatchObject({ recordedMs: 10_000, pausedMs: 500, recordingSince: 11_500 });
    end();
    expect(history.finished()[0]).toMatchObject({
      recordedMs: 13_000,
      pausedMs: 500,
      endedAt: 14_500,
      recording: 'none',
    });
    expect(history.finished()[0]?.people.size).toBe(0);
  });

  it('adds up correctly even if the clock is changed', () => {
    read(['a', 'b'], 'in-progress');
    later(1000);
    vi.setSystemTime(-3_600_000);
    read(['a'], 'paused');
    later(2000);
    vi.setSystemTime(3_600_000);
    end();
    expect(history.finished()[0]).toMatchObject({ recordedMs: 1000, pausedMs: 2000 });
  });

  it('has a new version after each change, and only then', () => {
    const versions = new Set([history.version]);
    const isNew = () => versions.size < versions.add(history.version).size;
    read(['a']);
    expect(isNew()).toBe(true);
    read(['a']);
    report(['a']);
    expect(isNew()).toBe(false);
    read(['b']);
    expect(isNew()).toBe(true);
    read(['b'], 'paused');
    expect(isNew()).toBe(true);
    const named = { ...snapshot(['b'], 'paused', 'one'), name: 'another name' };
    history.record({ type: 'conference-read', conference: named, trigger: RESYNC });
    expect(isNew()).toBe(true);
    end();
    expect(isNew()).toBe(true);
    end();
    end('never seen');
    expect(isNew()).toBe(false);
    history.record({ type: 'outage-began', status: 503 });
    expect(isNew()).toBe(true);
    expect(history.failingSince).toBe(Date.now());
    history.record({ type: 'outage-ended' });
    expect(isNew()).toBe(true);
    expect(history.failingSince).toBeUndefined();
  });

  it('distinguishes people who join or leave from people who were in before', () => {
    read(['a', 'b'], 'in-progress');
    report(['a', 'b', 'c'], 'in-progress');
    read(['b', 'c'], 'in-progress');
    expect(happened()).toEqual(['seen', 'c joined', 'a left']);
    expect(only()?.events[0]).toMatchObject({ people: 2, recording: 'in-progress' });
  });

  it('shows the join of the first caller', () => {
    report(['a']);
    expect(happened()).toEqual(['seen', 'a joined']);
  });

  it('copies the set of people that it is given', () => {
    const people = new Set(['a']);
    const conference = {
      sid: 'one',
      name: undefined,
      people,
      held: new Set<string>(),
      recordingSid: undefined,
      recordingState: undefined,
    };
    history.record({ type: 'conference-reported', conference, trigger: HINT });
    people.add('b');
    history.record({ type: 'conference-reported', conference, trigger: HINT });
    expect(happened()).toEqual(['seen', 'a joined', 'b joined']);
  });

  it('keeps a name after a callback without one', () => {
    report(['a']);
    history.record({
      type: 'conference-reported',
      conference: { ...snapshot(['a'], undefined, 'one'), name: undefined },
      trigger: HINT,
    });
    expect(only()?.name).toBe('recorded-sales');
  });

  it('keeps the last 20 finished conferences, the latest first', () => {
    for (let i = 1; i <= 50; i += 1) {
      read(['a'], 'in-progress', `conference ${i}`);
      end(`conference ${i}`);
    }
    const sids = history.finished().map(({ sid }) => sid);
    expect(sids).toHaveLength(20);
    expect([sids[0], sids[19]]).toEqual(['conference 50', 'conference 31']);
    expect(history.live()).toEqual([]);
  });

  it('keeps the latest 100 events of a conference, and the sums over all of its events', () => {
    for (let i = 0; i < 1000; i += 1) {
      read(['a'], 'paused');
      later(10);
      read(['a', 'b'], 'in-progress');
      later(20);
    }
    read(['a'], 'paused');
    expect(only()).toMatchObject({ recordedMs: 20_000, pausedMs: 10_000 });
    expect(only()?.events).toHaveLength(100);
    expect(only()?.events.at(-1)).toMatchObject({ what: 'recording', recording: 'paused', people: 1 });
  });

  it('ignores late callbacks about a finished conference', () => {
    read(['a'], 'in-progress');
    end();
    const before = structuredClone(history.finished());
    later(5000);
    report([]);
    report(['a']);
    end();
    expect(history.live()).toEqual([]);
    expect(history.finished()).toEqual(before);
  });

  it('leaves out a conference that has neither people nor a recording', () => {
    report([]);
    end();
    expect([...history.live(), ...history.finished()]).toEqual([]);
  });

  it('continues a finished conference that turns out to be in progress', () => {
    read(['a', 'b'], 'in-progress');
    later(1000);
    end();
    later(1000);
    read(['a', 'b'], 'in-progress');
    later(500);
    read(['a'], 'paused');
    expect(history.finished()).toEqual([]);
    expect(only()).toMatchObject({ firstSeenAt: 0, endedAt: undefined, recordedMs: 1500 });
    expect(happened()).toEqual(['seen', 'over', 'seen', 'b left', 'recording']);
  });

  describe('of what another copy does', () => {
    const readByOther = (people: string[], recording?: ConferenceSnapshot['recordingState']) =>
      history.recordOthers({
        type: 'conference-read',
        conference: snapshot(people, recording, 'one'),
        trigger: RESYNC,
      });
    const reportJoin = (callSid: string, people: string[]) =>
      history.recordOthers({
        type: 'participant-reported',
        conference: snapshot(people, 'in-progress', 'one'),
        callSid,
        change: 'join',
        trigger: { kind: 'join', receivedAt: 0, delayMs: 3000 },
      });

    it('shows a join once, when its callback says that it was, although a read was under way there', () => {
      readByOther(['a'], 'in-progress');
      later(10_000);
      reportJoin('b', ['a', 'b']);
      later(2);
      // The other copy had not heard of the join yet.
      readByOther(['a'], 'in-progress');
      later(200);
      readByOther(['a', 'b'], 'in-progress');
      expect(happened()).toEqual(['seen', 'b joined']);
      expect(only()?.events[1]).toMatchObject({ at: 7000, people: 2 });
    });

    it('shows what the other copy finds afterwards', () => {
      readByOther(['a'], 'in-progress');
      later(10_000);
      reportJoin('b', ['a', 'b']);
      later(1000);
      readByOther(['a'], 'in-progress');
      expect(happened()).toEqual(['seen', 'b joined', 'b left']);
    });

    it('is not begun again by what the other copy has sent before it heard of the end', () => {
      readByOther(['a'], 'in-progress');
      end();
      later(2);
      readByOther(['a'], 'in-progress');
      expect(history.live()).toEqual([]);
      later(1000);
      readByOther(['a'], 'in-progress');
      expect(happened()).toEqual(['seen', 'over', 'seen']);
    });
  });

  it('has a new version when copies come or go', () => {
    const { version } = history;
    history.record({ type: 'copies-changed', copies: 2, isLinked: true });
    expect(history.version).toBeGreaterThan(version);
  });
});
