import { describe, expect, it } from 'vitest';
import { current } from '../../src/simulator/model/timeline.js';
import { eventNameOf } from '../support/event-name.js';
import { setRecording } from '../support/space-state.js';
import { givenOnePerson, givenTwoPeople, newestRecording, sendHint, stopRecordings } from './scenes.js';
import { callsIn, onStage, type Stage } from './stage.js';

/** How long the recording was not running although two people were in, in milliseconds. */
const lostMs = (stage: Stage) => stage.conference().meter.read().lostMs;

describe('a join that brings a conference up to the minimum', () => {
  it('resumes the recording before anything is read (R2)', () =>
    onStage({}, async (stage) => {
      await givenOnePerson(stage);
      await stage.callIn();
      await stage.run(75);
      expect(stage.isRecorded()).toBe(true);
    }));

  it('resumes the recording even while a pass is under way and reads take seconds', () =>
    onStage({}, async (stage) => {
      await givenOnePerson(stage);
      stage.requestMs = 3000;
      sendHint(stage);
      await stage.run(1000);
      await stage.callIn();
      await stage.run(1530);
      expect(stage.isRecorded()).toBe(true);
    }));

  it('is only a hint if its Timestamp is more than ten seconds old', () =>
    onStage({}, async (stage) => {
      const first = await stage.callIn();
      let late: (() => void) | undefined;
      stage.onCallback = (callback, deliver) => {
        if (eventNameOf(callback) === 'participant-join') late = deliver;
        else if (eventNameOf(callback) !== 'participant-leave') void stage.clock.wait(20).then(deliver);
      };
      const second = await stage.callIn();
      await stage.run(2000);
      stage.model.endCall(second);
      await stage.run(40_000);
      const before = stage.writes();
      late?.();
      await stage.run(5000);
      expect(callsIn(stage.conference())).toEqual([first]);
      expect(stage.writes()).toBe(before);
    }));

  it('is only a hint if the same caller left after it', () =>
    onStage({}, async (stage) => {
      await givenOnePerson(stage);
      const kept: (() => void)[] = [];
      stage.onCallback = (callback, deliver) => {
        if (eventNameOf(callback) === 'participant-join') kept.push(deliver);
        void stage.clock.wait(20).then(deliver);
      };
      const other = await stage.callIn();
      await stage.run(2000);
      stage.model.endCall(other);
      await stage.run(4000);
      const before = stage.writes();
      for (const again of kept) again();
      await stage.run(5000);
      expect(stage.writes()).toBe(before);
    }));

  it.each(['absent', 'local'] as const)(
    'is only a hint if its Timestamp is %s, because it may be a replay',
    (timestamp) =>
      onStage({ traits: { timestamp } }, async (stage) => {
        await givenOnePerson(stage);
        await stage.callIn();
        await stage.run(100);
        expect(stage.isRecorded()).toBe(false);
        await stage.run(400);
        expect(stage.isRecorded()).toBe(true);
      }),
  );

  it.each([1, -1])('is fresh even if the wall clock has jumped by %i hour', (hours) =>
    onStage({}, async (stage) => {
      await givenOnePerson(stage);
      stage.clock.stepWallClock(hours * 3_600_000);
      await stage.callIn();
      await stage.run(75);
      expect(stage.isRecorded()).toBe(true);
    }),
  );
});

describe('a leave', () => {
  it('reads the list and the recording before it pauses the recording', () =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      const before = stage.requests.length;
      stage.model.endCall(second);
      await stage.run(1000);
      const operations = stage.requests.slice(before, before + 3).map(({ operation }) => operation);
      expect([...operations.slice(0, 2).toSorted(), operations[2]]).toEqual([
        'participants',
        'recording',
        'recording paused',
      ]);
    }));

  it('pauses nothing if a read shows that enough people are still in (R3)', () =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      await stage.callIn();
      await stage.run(20_000);
      const before = stage.writes();
      stage.model.endCall(second);
      await stage.run(20_000);
      expect(stage.writes()).toBe(before);
      expect(stage.isRecorded()).toBe(true);
    }));

  it('counts even if the list lags behind it by a second', () =>
    onStage({ traits: { listLagMs: 1000 } }, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      stage.model.endCall(second);
      await stage.run(400);
      expect(stage.isRecorded()).toBe(false);
    }));

  it('that was never reported is noticed when the reported join expires, because the call is then checked', () =>
    onStage({}, async (stage) => {
      await stage.callIn();
      stage.onCallback = (callback, deliver) => {
        if (eventNameOf(callback) !== 'participant-leave') void stage.clock.wait(20).then(deliver);
      };
      const second = await stage.callIn();
      await stage.run(1000);
      stage.model.endCall(second);
      await stage.run(31_000);
      expect(stage.isRecorded()).toBe(false);
    }));
});

describe('a participant list that lags', () => {
  it.each([5000, 10_000])('by %i ms loses less than one second of speech in 45 s (R4)', (listLagMs) =>
    onStage({ traits: { listLagMs } }, async (stage) => {
      await givenOnePerson(stage);
      const before = lostMs(stage);
      await stage.callIn();
      await stage.run(45_000);
      expect(lostMs(stage) - before).toBeLessThan(1000);
    }),
  );

  it('by 12 s loses less than one second of speech even if a reported join counts for only 5 s', () =>
    onStage({ traits: { listLagMs: 12_000 }, resyncIntervalMs: 5000 }, async (stage) => {
      await givenOnePerson(stage);
      const before = lostMs(stage);
      await stage.callIn();
      await stage.run(30_000);
      expect(lostMs(stage) - before).toBeLessThan(1000);
    }));

  it('by 10 s does not resume the recording of a person who is alone, because the call that left is checked', () =>
    onStage({ traits: { listLagMs: 10_000 } }, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      stage.model.endCall(second);
      await stage.run(1000);
      const { soloMs } = stage.conference().meter.read();
      await stage.run(20_000);
      expect(stage.conference().meter.read().soloMs).toBe(soloMs);
    }));
});

describe('a pass', () => {
  it('is followed by another one if somebody leaves during it (R7)', () =>
    onStage({ requestMs: 400, traits: { timestamp: 'absent' } }, async (stage) => {
      await stage.callIn();
      const second = await stage.callIn();
      const third = await stage.callIn();
      await stage.run(20_000);
      stage.model.endCall(third);
      // The list has been read, and its answer is in flight.
      await stage.run(320);
      stage.model.endCall(second);
      await stage.run(1500);
      expect(stage.isRecorded()).toBe(false);
    }));

  it.each([
    ['fail', 'failed'],
    ['cannot be understood', 'unreadable'],
    ['are never answered', 'hanging'],
  ] as const)('writes nothing if its reads %s (R8)', (_how, fault) =>
    onStage({}, async (stage) => {
      await givenTwoPeople(stage);
      stage.faults[fault] = 1;
      sendHint(stage);
      await stage.run(60_000);
      expect(stage.writes()).toBe(0);
      expect(stage.isRecorded()).toBe(true);
    }),
  );
});

describe('a write', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'that is not answered is checked later, because it may still take effect (R6): seed %i',
    (seed) =>
      onStage({ seed, resyncIntervalMs: 60_000 }, async (stage) => {
        const { second } = await givenTwoPeople(stage);
        stage.onCallback = () => {};
        stage.model.endCall(second);
        // The resync finds one person alone. The pause is not answered, and takes effect at once, late or never.
        stage.writeFaults.hanging = 1;
        await stage.run(60_000);
        stage.writeFaults.hanging = 0;
        await stage.callIn();
        await stage.run(26_000);
        expect(stage.isRecorded()).toBe(true);
      }),
  );

  it('is repeated at the next hint if a read contradicts it (R6)', () =>
    onStage({ traits: { pausedReads: 'in-progress' } }, async (stage) => {
      await givenOnePerson(stage);
      await stage.run(60_000);
      const before = stage.writes();
      sendHint(stage);
      await stage.run(60_000);
      expect(stage.writes()).toBe(before + 1);
    }));

  it('that is repeated and refused with 422 counts as acknowledged', () =>
    onStage({ traits: { pausedReads: 'in-progress', redundantUpdate: '422' } }, async (stage) => {
      await givenOnePerson(stage);
      expect(stage.requests.filter(({ method }) => method === 'POST').map(({ outcome }) => outcome)).toEqual([
        'ok',
        '422',
      ]);
      await stage.run(120_000);
      expect(stage.writes()).toBe(2);
    }));

  it('is repeated once if reads contradict it, and then its acknowledgement is believed (R6)', () =>
    onStage({ traits: { pausedReads: 'in-progress' } }, async (stage) => {
      await givenOnePerson(stage);
      const before = stage.writes();
      await stage.run(120_000);
      expect(before).toBe(2);
      expect(stage.writes()).toBe(before);
      await stage.callIn();
      await stage.run(75);
      expect(stage.isRecorded()).toBe(true);
    }));
});

describe('a recording', () => {
  it.each(['stopped', 'completed'] as const)('is resumed even if it reads as %s while it is paused', (pausedReads) =>
    onStage({ traits: { pausedReads } }, async (stage) => {
      await givenOnePerson(stage);
      await stage.callIn();
      await stage.run(75);
      expect(stage.isRecorded()).toBe(true);
      stage.restart();
      await stage.run(2000);
      expect(stage.isRecorded()).toBe(true);
    }),
  );

  it('gets one resume after a restart if it reads as over', () =>
    onStage({ traits: { pausedReads: 'completed' } }, async (stage) => {
      await givenOnePerson(stage);
      stage.copy = undefined;
      const late = stage.model.addCall('+15550200000', '+15550100000', 'inbound');
      stage.model.setCallStatus(late, 'in-progress');
      stage.model.join(late, stage.conference().laml);
      stage.restart();
      await stage.run(5000);
      expect(stage.isRecorded()).toBe(true);
    }));

  it('that another process stopped is not paused', () =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      stopRecordings(stage, stage.conference());
      stage.model.endCall(second);
      await stage.run(60_000);
      expect(stage.writes()).toBe(0);
    }));

  it('that was stopped gets one resume, and is left alone once SignalWire refuses it', () =>
    onStage({}, async (stage) => {
      await givenTwoPeople(stage);
      const { recordings } = stage.conference();
      const [recording] = recordings;
      if (recording) stage.model.updateRecording(stage.conference(), recording, 'stopped', 'skip');
      await stage.run(60_000);
      const before = stage.writes();
      expect(before).toBe(1);
      await stage.run(120_000);
      expect(stage.writes()).toBe(before);
    }));

  it('is resumed again if a pause takes effect after the resume that overtook it (R5)', () =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      stage.model.endCall(second);
      await stage.run(110);
      // The reads are done. The pause that follows them takes effect after two seconds, and is acknowledged after four.
      stage.requestMs = 4000;
      await stage.run(20);
      stage.requestMs = 100;
      await stage.callIn();
      await stage.run(500);
      const sent = () => stage.requests.filter(({ method }) => method === 'POST').map(({ operation }) => operation);
      expect(sent()).toEqual(['recording in-progress']);
      await stage.run(2000);
      expect(stage.isRecorded()).toBe(false);
      await stage.run(2000);
      expect(sent()).toEqual(['recording in-progress', 'recording paused', 'recording in-progress']);
      expect(stage.isRecorded()).toBe(true);
    }));

  it('is resumed within three seconds of a join if something else pauses it after that (R9)', () =>
    onStage({}, async (stage) => {
      await givenOnePerson(stage);
      await stage.callIn();
      await stage.run(350);
      setRecording(stage, newestRecording(stage), 'paused');
      await stage.run(2650);
      expect(stage.isRecorded()).toBe(true);
    }));
});

describe('a 404', () => {
  it.each([
    ['for three seconds', { unknownMs: 3000 }],
    ['until a second person joins', { alone: '404' }],
    ['for eight seconds while two people talk', { unknownMs: 8000, alone: '404' }],
  ] as const)('%s does not split callers (R8)', (_howLong, traits) =>
    onStage({ traits }, async (stage) => {
      await stage.callIn();
      await stage.run(2000);
      await stage.callIn();
      await stage.run(70_000);
      await stage.callIn();
      expect(callsIn(stage.conference())).toHaveLength(3);
      expect(stage.isRecorded()).toBe(true);
    }),
  );

  it('for minutes does not open another room while somebody waits alone', () =>
    onStage({ traits: { alone: '404' } }, async (stage) => {
      await stage.callIn();
      await stage.run(200_000);
      expect(stage.copy?.size).toBe(1);
      await stage.callIn();
      expect(callsIn(stage.conference())).toHaveLength(2);
    }));

  it('that lasts is checked less and less often', () =>
    onStage({ traits: { alone: '404' } }, async (stage) => {
      const readAt: number[] = [];
      stage.refusalOf = ({ operation }) => {
        if (operation === 'participants') readAt.push(stage.clock.now);
        return undefined;
      };
      await stage.callIn();
      await stage.run(300_000);
      const gaps = readAt.slice(1).map((at, index) => at - (readAt[index] ?? Number.NaN));
      const [growing, longest] = [gaps.slice(0, 6), gaps.slice(6)];
      expect(growing).toEqual(growing.toSorted((a, b) => a - b));
      expect(growing[0]).toBeLessThan(1000);
      expect(growing.at(-1)).toBeGreaterThan(8000);
      // The longest wait is a resync interval, and jitter shortens it by up to a half.
      expect(longest.length).toBeGreaterThanOrEqual(9);
      for (const ms of longest) {
        expect(ms).toBeGreaterThanOrEqual(15_000);
        expect(ms).toBeLessThan(31_000);
      }
    }));

  it('that lasts is checked soon again after a callback', () =>
    onStage({ traits: { alone: '404' } }, async (stage) => {
      await stage.callIn();
      await stage.run(120_000);
      stage.refusalOf = ({ operation }) =>
        operation === 'participants' || operation === 'conference' ? 404 : undefined;
      const second = await stage.callIn();
      await stage.run(1000);
      stage.model.endCall(second);
      await stage.run(3000);
      stage.refusalOf = () => undefined;
      await stage.run(5000);
      expect(stage.isRecorded()).toBe(false);
    }));

  it('does not end a new conference when the only person whose join was reported leaves', () =>
    onStage({ traits: { unknownMs: 8000, recordingsListed: false } }, async (stage) => {
      stage.onCallback = (callback, deliver) => {
        const isLost = eventNameOf(callback) === 'participant-join' && callsIn(stage.conference()).length === 2;
        if (!isLost) void stage.clock.wait(20).then(deliver);
      };
      const first = await stage.callIn('room');
      await stage.callIn('room');
      await stage.run(2000);
      stage.model.endCall(first);
      await stage.run(20_000);
      expect(stage.isRecorded()).toBe(false);
    }));

  it('that lasts ends a conference whose calls are over, and nothing of it is kept', () =>
    onStage({ traits: { alone: '404', endedReads: '404' } }, async (stage) => {
      const first = await stage.callIn();
      stage.onCallback = () => {};
      await stage.run(1000);
      stage.model.endCall(first);
      await stage.run(200_000);
      expect(stage.copy?.size).toBe(0);
      expect(stage.copy?.hasNoOpenRoom()).toBe(true);
    }));
});

describe('the open room', () => {
  it('stays open after its conference has ended while a call that was sent there is alive', () =>
    onStage({}, async (stage) => {
      const first = await stage.callIn();
      const name = stage.conference().name;
      await stage.run(5000);
      const late = stage.model.addCall('+15550200000', '+15550100000', 'inbound');
      const sentTo = await answered(stage, late.sid);
      stage.model.setCallStatus(late, 'in-progress');
      stage.model.endCall(first);
      await stage.run(10_000);
      expect(sentTo).toBe(name);
      expect(await answered(stage, 'another')).toBe(name);
    }));

  it('closes with its conference when everybody has left', () =>
    onStage({}, async (stage) => {
      const first = await stage.callIn();
      const { name } = stage.conference();
      await stage.run(5000);
      stage.model.endCall(first);
      await stage.run(200);
      expect(await answered(stage, 'another')).not.toBe(name);
    }));

  it('stays the same after a restart if somebody is in it', () =>
    onStage({}, async (stage) => {
      const first = await stage.callIn();
      stage.onCallback = () => {};
      const { name } = stage.conference();
      await stage.run(1000);
      stage.restart();
      await stage.run(1000);
      expect(await answered(stage, 'another')).toBe(name);
      expect(callsIn(stage.conference())).toEqual([first]);
    }));

  it('is found after a restart even if each request takes 1.5 s, and the caller waits for that', () =>
    onStage({}, async (stage) => {
      await stage.callIn();
      await stage.callIn();
      const { name } = stage.conference();
      await stage.run(5000);
      stage.requestMs = 1500;
      stage.restart();
      expect(await answered(stage, 'another')).toBe(name);
    }));

  it('is found without delay after a restart even if SignalWire fails to say who is in it', () =>
    onStage({}, async (stage) => {
      await stage.callIn();
      const { name } = stage.conference();
      await stage.run(5000);
      stage.refusalOf = ({ operation }) => (operation === 'participants' ? 503 : undefined);
      const startedAt = stage.clock.now;
      stage.restart();
      expect(await answered(stage, 'another')).toBe(name);
      expect(stage.clock.now - startedAt).toBeLessThan(500);
    }));
});

describe('a conference that is over', () => {
  it('is not tracked again when its recording completes', () =>
    onStage({ traits: { endedReads: '404' } }, async (stage) => {
      const calls = [await stage.callIn(), await stage.callIn()];
      await stage.run(20_000);
      for (const call of calls) stage.model.endCall(call);
      await stage.run(1000);
      expect(stage.copy?.size).toBe(0);
    }));

  it('neither logs nor shows a pause that was in flight', () =>
    onStage({}, async (stage) => {
      const { first, second } = await givenTwoPeople(stage);
      stage.model.endCall(second);
      // The pause has taken effect, and its answer is in flight.
      await stage.run(185);
      expect(stage.isRecorded()).toBe(false);
      stage.model.endCall(first);
      await stage.run(25);
      const [shown] = stage.history.finished();
      const before = structuredClone(shown);
      await stage.run(20_000);
      expect(stage.requests).toContainEqual(expect.objectContaining({ operation: 'recording paused', outcome: 'ok' }));
      expect(stage.history.finished()).toEqual([before]);
      expect(stage.history.live()).toEqual([]);
      expect(stage.log.map(({ msg }) => msg)).not.toContain('recording paused');
    }));

  it('emits no more events, even if a resume was in flight', () =>
    onStage({}, async (stage) => {
      const first = await givenOnePerson(stage);
      stage.requestMs = 3000;
      const second = await stage.callIn();
      await stage.run(100);
      for (const call of [first, second]) stage.model.endCall(call);
      await stage.run(100);
      stage.events.length = 0;
      await stage.run(20_000);
      expect(stage.events.filter((type) => !['conferences-listed', 'requests-answered'].includes(type))).toEqual([]);
    }));

  it('gets no write, even if a list still shows people', () =>
    onStage({ traits: { listLagMs: 10_000 } }, async (stage) => {
      const { first, second } = await givenTwoPeople(stage);
      const { sid } = stage.conference();
      const before = stage.writes();
      stage.model.endConference(stage.conference());
      await stage.run(1000);
      stage.copy?.receive({ url: '', method: 'POST', parameters: { ConferenceSid: sid } });
      await stage.run(30_000);
      expect([first, second].map(({ status }) => current(status))).toEqual(['completed', 'completed']);
      expect(stage.writes()).toBe(before);
    }));
});

describe('a stop', () => {
  it('finishes what was acknowledged, and sends no request after that', () =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      stage.model.endCall(second);
      await stage.run(30);
      let requestsAtStop = 0;
      void stage.copy?.stop().then(() => {
        requestsAtStop = stage.requests.length;
      });
      await stage.run(1000);
      expect(stage.isRecorded()).toBe(false);
      await stage.run(60_000);
      expect(stage.requests.length).toBe(requestsAtStop);
    }));

  it('does not wait for a conference that the API does not know', () =>
    onStage({ traits: { alone: '404' } }, async (stage) => {
      await stage.callIn();
      await stage.run(20_000);
      let isStopped = false;
      void stage.copy?.stop().then(() => {
        isStopped = true;
      });
      await stage.run(1000);
      expect(isStopped).toBe(true);
    }));

  it('ends the search for the conference of a recording', () =>
    onStage(
      { traits: { recordingConferenceSid: false, recordingsListed: false, readLagMs: 15_000 } },
      async (stage) => {
        await stage.callIn();
        await stage.callIn();
        await stage.run(1000);
        void stage.copy?.stop();
        await stage.run(10_000);
        const { length } = stage.requests;
        await stage.run(30_000);
        expect(stage.requests.length).toBe(length);
      },
    ));
});

describe('a callback', () => {
  it.each(['short', 'underscored'] as const)('is a hint even if its event names are %s', (eventNames) =>
    onStage({ traits: { eventNames } }, async (stage) => {
      await givenOnePerson(stage);
      await stage.callIn();
      await stage.run(500);
      expect(stage.isRecorded()).toBe(true);
    }),
  );

  it('about a recording that names no conference leads to a search for the conference', () =>
    onStage({ traits: { recordingConferenceSid: false, recordingsListed: false } }, async (stage) => {
      await givenOnePerson(stage);
      expect(current(stage.conference().recordings[0]?.status ?? [])).toBe('paused');
    }));

  it('with SIDs in upper case is about the same conference as a list in lower case', () =>
    onStage({ traits: { sids: 'capitals' } }, async (stage) => {
      await givenOnePerson(stage);
      expect(stage.copy?.size).toBe(1);
      expect(stage.writes()).toBe(1);
    }));

  it('that is lost as the conference begins delays a pause by one interval at most (R9)', () =>
    onStage({ resyncIntervalMs: 10_000 }, async (stage) => {
      await stage.run(50);
      stage.onCallback = () => {};
      await stage.callIn('lost');
      const second = await stage.callIn('lost');
      await stage.run(500);
      stage.model.endCall(second);
      await stage.run(11_000);
      expect(stage.isRecorded()).toBe(false);
    }));
});

/** The name of the conference that a caller with that CallSid is sent to. */
async function answered(stage: Stage, callSid: string): Promise<string | undefined> {
  let name: string | undefined;
  void stage.copy?.conferenceNameFor(callSid).then((room) => {
    name = room;
  });
  for (let waited = 0; name === undefined && waited < 10_000; waited += 10) await stage.run(10);
  return name;
}

describe('a pause and a resume that are in flight at the same time', () => {
  it('leave the recording running even if the pause takes effect last and no read shows it (R6)', () =>
    onStage({ traits: { pausedReads: 'in-progress' } }, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      stage.model.endCall(second);
      await stage.run(110);
      // The reads are done. The pause that follows them takes effect after two seconds.
      stage.requestMs = 4000;
      await stage.run(20);
      stage.requestMs = 100;
      await stage.callIn();
      await stage.run(6000);
      expect(stage.isRecorded()).toBe(true);
    }));
});

describe('a resume', () => {
  it('that failed is sent again even if the recording reads as running, as it did while it was paused', () =>
    onStage({ traits: { pausedReads: 'in-progress' } }, async (stage) => {
      await givenOnePerson(stage);
      stage.writeFaults.tooMany = 1;
      await stage.callIn();
      await stage.run(130);
      stage.writeFaults.tooMany = 0;
      await stage.run(5000);
      expect(stage.isRecorded()).toBe(true);
    }));

  it('that is slow is sent only once, even though the recording is read before it is answered', () =>
    onStage({}, async (stage) => {
      await givenOnePerson(stage);
      const before = stage.writes();
      stage.writeFaults.slow = 1;
      await stage.callIn();
      await stage.run(10_000);
      expect(stage.writes()).toBe(before + 1);
    }));

  it('that is sent during a read is not repeated because of that read', () =>
    onStage({}, async (stage) => {
      await givenOnePerson(stage);
      const before = stage.writes();
      stage.requestMs = 400;
      sendHint(stage);
      await stage.run(100);
      await stage.callIn();
      await stage.run(10_000);
      expect(stage.writes()).toBe(before + 1);
    }));
});

describe('a pause', () => {
  it('is followed by a read, which finds a person whose join was not reported (R5)', () =>
    onStage({ requestMs: 400 }, async (stage) => {
      await stage.callIn('room');
      const second = await stage.callIn('room');
      await stage.run(20_000);
      stage.model.endCall(second);
      await stage.run(450);
      stage.onCallback = () => {};
      await stage.callIn('room');
      await stage.run(1400);
      expect(stage.isRecorded()).toBe(true);
    }));

  const isPause = ({ operation }: { operation: string }) => operation === 'recording paused';

  it('that is refused with 422 for a minute takes effect within an interval once SignalWire accepts it', () =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      stage.refusalOf = (request) => (isPause(request) ? 422 : undefined);
      stage.model.endCall(second);
      await stage.run(60_000);
      expect(stage.isRecorded()).toBe(true);
      stage.refusalOf = () => undefined;
      await stage.run(31_000);
      expect(stage.isRecorded()).toBe(false);
    }));

  it.each([422, 404])(
    'that is refused with %i for ever is sent once an interval, and no failure is reported then',
    (status) =>
      onStage({}, async (stage) => {
        const { second } = await givenTwoPeople(stage);
        stage.refusalOf = (request) => (isPause(request) ? status : undefined);
        stage.model.endCall(second);
        await stage.run(60_000);
        const before = stage.requests.filter(isPause).length;
        const failures = () => stage.events.filter((type) => type === 'requests-failed').length;
        const failuresBefore = failures();
        await stage.run(10 * 30_500);
        expect(stage.requests.filter(isPause).length - before).toBe(10);
        expect(failures()).toBe(failuresBefore);
      }),
  );
});

describe('duplicate callbacks', () => {
  it('change nothing and cost at most three reads each', () =>
    onStage({ resyncIntervalMs: 0 }, async (stage) => {
      const sent: (() => void)[] = [];
      const events: string[] = [];
      stage.onCallback = (callback, deliver) => {
        events.push(eventNameOf(callback));
        const { parameters } = structuredClone(callback);
        sent.push(() => stage.copy?.receive({ ...callback, parameters: { ...parameters } }));
        void stage.clock.wait(20).then(deliver);
      };
      await stage.callIn();
      const second = await stage.callIn();
      await stage.run(2000);
      stage.model.endCall(second);
      await stage.run(3000);
      // A SID is never used again, so a duplicate end of a conference could have no effect.
      const all = ['participant-join', 'participant-join', 'conference-start', 'in-progress', 'participant-leave'];
      expect(events.toSorted()).toEqual(all.toSorted());
      const before = stage.writes();
      for (const again of sent) again();
      await stage.run(1000);
      expect(stage.writes()).toBe(before);
      await stage.run(20_000);
      for (const again of sent) {
        const { length } = stage.requests;
        again();
        await stage.run(20_000);
        const reads = stage.requests.slice(length).filter(({ operation }) => operation === 'participants');
        expect(reads.length).toBeGreaterThanOrEqual(1);
        expect(reads.length).toBeLessThanOrEqual(3);
      }
      expect(stage.writes()).toBe(before);
      expect(stage.isRecorded()).toBe(false);
    }));
});
