import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newRecording } from '../../src/simulator/model.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import {
  eventually,
  kindOf,
  liveConference,
  quiet,
  recordingStatus,
  startPair,
} from '../support/service-beside-simulator.js';
import {
  countOf,
  FAST,
  fail,
  isPaused,
  isResumed,
  known,
  onePerson,
  post,
  READ_CONFERENCES,
  READ_LIST,
  READ_RECORDING,
  settled,
  statusOf,
  twoPeople,
  WRITE,
} from '../support/two-people.js';

describe('reading', () => {
  it('asks for participants and recording together', async () => {
    const { pair, second } = await twoPeople();
    // Nothing is answered before both have arrived.
    const held: (() => void)[] = [];
    pair.simulator.onRequest = async (_request, handle) => {
      await new Promise<void>((resolve) => {
        held.push(resolve);
        if (held.length >= 2) for (const release of held) release();
      });
      return handle();
    };
    pair.simulator.hangUp(second);
    await isPaused(pair);
    expect(pair.requests.slice(0, 2).toSorted()).toEqual([READ_LIST, READ_RECORDING]);
  });

  it('follows every write, not only when all is settled', async () => {
    const { pair, second } = await twoPeople({ durations: { ...FAST, settle: 60_000 } });
    pair.simulator.hangUp(second);
    await isPaused(pair);
    await quiet(pair.simulator);
    expect(pair.requests.slice(pair.requests.indexOf(WRITE) + 1).toSorted()).toEqual([READ_LIST, READ_RECORDING]);
  });

  it('does not take a list for newer than the question: a join while the recording is read slowly is not forgotten', async () => {
    const { pair, second } = await twoPeople();
    let list: (() => void) | undefined;
    pair.simulator.onRequest = async (request, handle) => {
      const answer = handle();
      // The recording's answer takes longer than a word counts.
      if (kindOf(request) === READ_RECORDING) await new Promise((resolve) => setTimeout(resolve, FAST.word + 100));
      else list?.();
      return answer;
    };
    const listed = new Promise<void>((resolve) => {
      list = resolve;
    });
    pair.simulator.hangUp(second);
    await listed;
    await pair.simulator.call();
    await settled(pair);
    expect(countOf(pair, WRITE)).toBe(0);
    expect(statusOf(pair)).toBe('in-progress');
  });
});

describe('a list that lags behind the callbacks', () => {
  it('neither holds up a pause nor takes back a resume', async () => {
    const { pair, second } = await twoPeople();
    pair.simulator.faults.lagMs = (FAST.word * 3) / 4;
    pair.simulator.hangUp(second);
    await isPaused(pair);
    // Two round trips: both reads together, then the write.
    expect(pair.requests.slice(0, 3)).toEqual([...[READ_LIST, READ_RECORDING].toSorted(), WRITE]);
    await settled(pair);
    pair.requests.length = 0;
    await pair.simulator.call();
    await isResumed(pair);
    expect(pair.requests[0]).toBe(WRITE);
    await settled(pair);
    expect(statusOf(pair)).toBe('resumed');
    expect(countOf(pair, WRITE)).toBe(1);
  });
});

describe('a read that contradicts what was written', () => {
  /** Reads of the recording say `in-progress`, whatever it does. */
  function lie(simulator: Simulator): void {
    simulator.onRequest = (request, handle) => {
      const answer = handle();
      if (kindOf(request) !== READ_RECORDING || typeof answer.body === 'string') return answer;
      return { ...answer, body: { ...answer.body, status: 'in-progress' } };
    };
  }

  it('is answered with one more write, and then the acknowledgement is believed', async () => {
    const { pair, second } = await twoPeople();
    lie(pair.simulator);
    pair.simulator.hangUp(second);
    await isPaused(pair);
    await settled(pair);
    expect(countOf(pair, WRITE)).toBe(2);

    // A hint asks anew, and may try once more.
    const form = { ConferenceSid: liveConference(pair.simulator).sid, StatusCallbackEvent: 'conference-start' };
    expect(await post(pair, `${pair.service.publicUrl}/callback`, form)).toBe(200);
    await settled(pair);
    expect(countOf(pair, WRITE)).toBe(3);
  });

  it('does not keep a join from resuming the recording', async () => {
    const { pair, second } = await twoPeople();
    lie(pair.simulator);
    pair.simulator.hangUp(second);
    await isPaused(pair);
    await settled(pair);
    await pair.simulator.call();
    await isResumed(pair);
  });

  it('is tried once more by each sweep', async () => {
    const { pair, second } = await twoPeople({ settings: { sweepIntervalMs: 300 } });
    lie(pair.simulator);
    pair.simulator.hangUp(second);
    await isPaused(pair);
    await eventually(() => expect(countOf(pair, READ_CONFERENCES)).toBeGreaterThanOrEqual(3));
    expect(countOf(pair, WRITE)).toBeGreaterThan(2);
    expect(countOf(pair, WRITE)).toBeLessThanOrEqual(3 + countOf(pair, READ_CONFERENCES));
  });
});

describe('a pause that is not answered', () => {
  it('may be obeyed after the resume that overtook it, and is then put right', async () => {
    const { pair, second } = await twoPeople({ durations: { ...FAST, request: 300 } });
    let obey: (() => void) | undefined;
    pair.simulator.onRequest = async (request, handle) => {
      if (kindOf(request) === WRITE && !obey) await new Promise<void>((resolve) => (obey = resolve));
      return handle();
    };
    pair.simulator.hangUp(second);
    await eventually(() => expect(obey).toBeDefined());
    await pair.simulator.call();
    // The pause is given up, and what must be is written once more and read; then SignalWire obeys the pause after all.
    pair.simulator.events.on('answer', (request) => {
      if (kindOf(request) === READ_LIST && countOf(pair, WRITE) === 3) obey?.();
    });
    await eventually(() => expect(countOf(pair, WRITE)).toBe(4));
    await isResumed(pair);
    await settled(pair);
    expect(statusOf(pair)).toBe('resumed');
  });
});

describe('what is not there', () => {
  it('a recording that cannot be changed is looked for again', async () => {
    const { pair, second } = await twoPeople();
    const conference = liveConference(pair.simulator);
    const [old] = conference.recordings;
    if (!old) throw new Error('There is no recording.');
    // Somebody else stops the recording and starts another one.
    old.status = 'stopped';
    conference.recordings.unshift(newRecording('do-not-trim'));
    pair.simulator.hangUp(second);
    await isPaused(pair);
    expect(old.status).toBe('stopped');
  });

  it.each([404, 422])(
    'a recording whose every change is answered with %i is spoken of once, and when it is right',
    async (status) => {
      const { pair, second } = await twoPeople();
      const refused = fail(pair, status, WRITE);
      pair.simulator.hangUp(second);
      await eventually(() => expect(countOf(pair, WRITE)).toBeGreaterThan(5));
      refused.heal();
      await isPaused(pair);
      await settled(pair);
      const { sid: conferenceSid } = liveConference(pair.simulator);
      const said = pair.log.filter(({ msg }) => msg.startsWith('the recording of '));
      expect(said).toEqual([
        expect.objectContaining({ level: 40, conferenceSid }),
        expect.objectContaining({ level: 30, conferenceSid, msg: 'the recording of the conference is right again' }),
      ]);
      expect(pair.log.filter(({ level }) => level > 30)).toHaveLength(1);
    },
  );

  it.each([404, 422])(
    'a recording whose pause is answered with %i is given up for the one that runs',
    async (status) => {
      const { pair, second } = await twoPeople();
      const conference = liveConference(pair.simulator);
      const stuck = conference.recordings[0];
      conference.recordings.unshift(newRecording('do-not-trim'));
      const before = pair.simulator.onRequest;
      pair.simulator.onRequest = (request, handle) =>
        request.method === 'POST' && request.path.includes(stuck?.sid ?? '')
          ? { status, body: { errors: ['It is stuck.'] } }
          : before(request, handle);
      pair.simulator.hangUp(second);
      await isPaused(pair);
      expect(stuck?.status).toBe('in-progress');
    },
  );

  it('what is read of one recording is not held against another that a callback names meanwhile', async () => {
    const { pair } = await twoPeople();
    const conference = liveConference(pair.simulator);
    const [old] = conference.recordings;
    if (!old) throw new Error('There is no recording.');
    old.status = 'paused';
    const named = newRecording('do-not-trim');
    conference.recordings.unshift(named);
    let release = () => {};
    pair.simulator.onRequest = async (request, handle) => {
      if (request.path.endsWith(old.sid)) await new Promise<void>((resolve) => (release = resolve));
      return handle();
    };
    // The first callback has the old recording read; the second, heard before that is answered, names the other one.
    pair.simulator.onCallback = (callback, send) => {
      callback.parameters.StatusCallbackEvent = 'conference-start';
      send();
    };
    await pair.simulator.call();
    await eventually(() => expect(pair.requests).toContain(READ_RECORDING));
    pair.simulator.onCallback = (callback, send) => {
      callback.url = callback.url.replace('/callback', '/store_recording_sid');
      Object.assign(callback.parameters, { RecordingSid: named.sid, RecordingStatus: 'in-progress' });
      send();
    };
    const heard = pair.log.length;
    await pair.simulator.call();
    await eventually(() => expect(pair.simulator.conferences()[0]?.participants.size).toBe(4));
    await quiet(pair.simulator, 50);
    release();
    await settled(pair);
    expect(pair.log.length).toBeGreaterThan(heard);
    expect(countOf(pair, WRITE)).toBe(0);
  });

  it('a recording that a callback names is ours, even beside a newer one', async () => {
    const { pair, second } = await twoPeople();
    const conference = liveConference(pair.simulator);
    const named = conference.recordings[0];
    conference.recordings.unshift(newRecording('do-not-trim'));
    pair.simulator.hangUp(second);
    await eventually(() => expect(named?.status).toBe('paused'));
    await settled(pair);
    expect(recordingStatus(conference)).toBe('in-progress');
  });

  it('a conference is not forgotten for a 404 right after a callback, when the API may not know it yet', async () => {
    const pair = await startPair({ durations: FAST });
    const unknown = fail(pair, 404, READ_LIST, READ_RECORDING, READ_CONFERENCES);
    const first = await pair.simulator.call();
    const second = await pair.simulator.call();
    await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThan(1));
    unknown.heal();
    await settled(pair);
    pair.simulator.hangUp(second);
    await isPaused(pair);
    expect(liveConference(pair.simulator).participants.has(first.sid)).toBe(true);
  });

  it('a conference that SignalWire never knew is forgotten', async () => {
    const { pair } = await twoPeople();
    pair.simulator.onCallback = (callback, send) => {
      callback.parameters.ConferenceSid = randomUUID();
      send();
    };
    const third = await pair.simulator.call();
    await eventually(async () => expect(await known(pair)).toBe(2));
    await eventually(async () => expect(await known(pair)).toBe(1));
    expect(liveConference(pair.simulator).participants.has(third.sid)).toBe(true);
  });

  it('a conference that ends while a resume hangs is asked nothing more', async () => {
    const { pair, first } = await onePerson({ durations: { ...FAST, request: 300 } });
    pair.simulator.faults.hang = 1;
    const third = await pair.simulator.call();
    await eventually(() => expect(pair.requests).toEqual([WRITE]));
    pair.simulator.hangUp(first);
    pair.simulator.hangUp(third);
    await quiet(pair.simulator, 500);
    expect(pair.requests).toEqual([WRITE]);
  });

  it('an ended conference is looked at once for a late callback, and not kept', async () => {
    const { pair, first, second } = await twoPeople();
    const late: (() => void)[] = [];
    pair.simulator.onCallback = (callback, send) =>
      callback.parameters.StatusCallbackEvent === 'participant-leave' ? late.push(send) : send();
    pair.simulator.hangUp(second);
    pair.simulator.hangUp(first);
    await settled(pair);
    pair.requests.length = 0;
    for (const send of late) send();
    await settled(pair);
    expect(pair.requests.length).toBeGreaterThan(0);
    expect(pair.requests.length).toBeLessThan(12);
    expect(await known(pair)).toBe(0);
    // And the room is closed: the next callers meet in a new one.
    const next = await pair.simulator.call();
    expect(liveConference(pair.simulator).name).toBe(`recorded-${next.sid}`);
  });
});
