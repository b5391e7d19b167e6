import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  adoptRecording,
  allowOneMoreWrite,
  type Conference,
  createConference,
  hearWord,
  heldForMs,
  holdFor,
  noteAcknowledged,
  noteRead,
  noteWrite,
} from '../../src/conferences/conference.js';
import { mayBePaused, needsWrite } from '../../src/conferences/policy.js';

const NOW = 1_700_000_000_000;
let conference: Conference;

beforeEach(() => {
  conference = createConference('one');
  conference.recordingSid = 'recording';
});

/** A write that SignalWire took. */
function acknowledged(state: 'in-progress' | 'paused'): void {
  noteAcknowledged(conference, noteWrite(conference, state));
}

/** A write that got lost on its way. */
function lost(state: 'in-progress' | 'paused'): void {
  noteWrite(conference, state).outcome = 'failed';
}

/** What the next pass does when it reads `read` and wants `wanted`. */
function passWould(wanted: 'in-progress' | 'paused', read: 'in-progress' | 'paused'): 'write' | 'nothing' {
  noteRead(conference, read);
  return needsWrite(wanted, read, conference.writes) ? 'write' : 'nothing';
}

describe('who is in', () => {
  const word = (isIn: boolean, heardAt = NOW) => ({ isIn, heardAt, happenedAt: NOW });

  it('changes at once with the word of a callback', () => {
    expect(hearWord(conference, 'a', word(true), 10_000)).toBe(true);
    expect([...conference.people]).toEqual(['a']);
    expect(hearWord(conference, 'a', word(false), 10_000)).toBe(true);
    expect([...conference.people]).toEqual([]);
  });

  it('does not change with a word that is no news, and the word that counts keeps its time', () => {
    hearWord(conference, 'a', word(false), 10_000);
    expect(hearWord(conference, 'a', word(true, NOW + 500), 10_000)).toBe(false);
    expect([...conference.people]).toEqual([]);
    expect(hearWord(conference, 'a', word(false, NOW + 500), 10_000)).toBe(false);
    expect(conference.words.get('a')?.heardAt).toBe(NOW);
  });

  it('does not keep the words of callers who are long gone', () => {
    hearWord(conference, 'a', word(true), 10_000);
    hearWord(conference, 'b', word(true, NOW + 10_000), 10_000);
    expect([...conference.words.keys()]).toEqual(['a', 'b']);
    hearWord(conference, 'b', word(false, NOW + 10_001), 10_000);
    expect([...conference.words.keys()]).toEqual(['b']);
  });
});

describe('a pause that is still on its way when a resume is acknowledged', () => {
  it('may be obeyed after it, so the resume is written again when its fate is known', () => {
    const pause = noteWrite(conference, 'paused');
    acknowledged('in-progress');
    expect(conference.writes).toContain(pause);
    pause.outcome = 'failed';
    expect(passWould('in-progress', 'in-progress')).toBe('write');
    acknowledged('in-progress');
    expect(passWould('in-progress', 'in-progress')).toBe('nothing');
  });
});

describe('a wish of SignalWire not to be asked', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is not cut short by a shorter one, and may be passed over once', () => {
    holdFor(conference, 5000);
    holdFor(conference, 100);
    expect(heldForMs(conference)).toBe(5000);
    conference.hold.isPassedOver = true;
    holdFor(conference, 6000);
    expect(conference.hold.isPassedOver).toBe(true);
    vi.advanceTimersByTime(6000);
    expect(heldForMs(conference)).toBe(0);
    holdFor(conference, 1000);
    expect(conference.hold.isPassedOver).toBe(false);
  });
});

describe('a pause that SignalWire acknowledged', () => {
  beforeEach(() => acknowledged('paused'));

  it('is confirmed by a read, and then only reads count', () => {
    expect(passWould('paused', 'paused')).toBe('nothing');
    expect(conference.writes).toEqual([]);
    expect(passWould('in-progress', 'in-progress')).toBe('nothing');
  });

  it('is written once more for a read that contradicts it, then believed until a hint or a sweep, which may try again', () => {
    expect(passWould('paused', 'in-progress')).toBe('write');
    acknowledged('paused');
    expect(passWould('paused', 'in-progress')).toBe('nothing');
    expect(passWould('paused', 'in-progress')).toBe('nothing');
    allowOneMoreWrite(conference);
    expect(passWould('paused', 'in-progress')).toBe('write');
    acknowledged('paused');
    expect(passWould('paused', 'in-progress')).toBe('nothing');
  });

  it('has to be undone when somebody joins, even if no read ever showed it', () => {
    expect(passWould('in-progress', 'in-progress')).toBe('write');
    expect(mayBePaused(conference.read, conference.writes)).toBe(true);
  });

  it('does not count for a read that began before it', () => {
    noteRead(conference, 'in-progress');
    acknowledged('paused');
    expect(conference.read).toBeUndefined();
  });

  it('still counts when the resume after it got lost', () => {
    lost('in-progress');
    expect(passWould('in-progress', 'in-progress')).toBe('write');
    expect(mayBePaused(conference.read, conference.writes)).toBe(true);
    acknowledged('in-progress');
    expect(passWould('in-progress', 'in-progress')).toBe('nothing');
    expect(mayBePaused(conference.read, conference.writes)).toBe(false);
  });

  it('says nothing of another recording', () => {
    adoptRecording(conference, 'another');
    expect(conference).toMatchObject({ recordingSid: 'another', read: undefined, writes: [] });
  });

  it('goes on counting when a callback names the same recording again', () => {
    adoptRecording(conference, 'recording');
    expect(conference.writes).toHaveLength(1);
  });
});

describe('writes on their way', () => {
  it('are not confirmed by a read', () => {
    noteWrite(conference, 'paused');
    noteRead(conference, 'paused');
    expect(conference.writes).toHaveLength(1);
  });

  it('do not pile up while SignalWire fails', () => {
    for (let count = 0; count < 100; count += 1) {
      lost('paused');
      lost('in-progress');
    }
    expect(conference.writes.length).toBeLessThanOrEqual(2);
  });

  it('that are overtaken by a later one settle nothing when they are acknowledged', () => {
    const pause = noteWrite(conference, 'paused');
    const resume = noteWrite(conference, 'in-progress');
    noteAcknowledged(conference, resume);
    noteAcknowledged(conference, pause);
    expect(conference.writes).toEqual([resume]);
  });

  it('that are acknowledged leave a later one on its way', () => {
    const pause = noteWrite(conference, 'paused');
    noteWrite(conference, 'in-progress');
    noteAcknowledged(conference, pause);
    expect(conference.writes.map(({ state, outcome }) => [state, outcome])).toEqual([
      ['paused', 'acknowledged'],
      ['in-progress', 'sent'],
    ]);
  });
});
