import { describe, expect, it } from 'vitest';
import { current } from '../../src/simulator/model/timeline.js';
import { eventOf, oneIsLeft, sendHint, stopRecordings, twoAreIn } from './scenes.js';
import { callsIn, onStage, type Stage } from './stage.js';

/** How long the recording did not run with two in, in milliseconds. */
const lostMs = (stage: Stage) => stage.conference().meter.read().lostMs;

describe('a join that makes enough people', () => {
  it('resumes the recording before anything is read (R2)', () =>
    onStage({}, async (stage) => {
      await oneIsLeft(stage);
      await stage.callIn();
      await stage.run(75);
      expect(stage.isRecorded()).toBe(true);
    }));

  it('resumes it also while a pass is under way and reads take seconds', () =>
    onStage({}, async (stage) => {
      await oneIsLeft(stage);
      stage.requestMs = 3000;
      stage.model.updateParticipant(stage.conference(), stage.conference().participants[0] ?? expect.fail(), {});
      sendHint(stage);
      await stage.run(1000);
      await stage.callIn();
      await stage.run(1530);
      expect(stage.isRecorded()).toBe(true);
    }));

  it('is only a hint when its Timestamp is more than ten seconds old', () =>
    onStage({ traits: { listLagMs: 0 } }, async (stage) => {
      const first = await stage.callIn();
      let late: (() => void) | undefined;
      stage.onCallback = (callback, bring) => {
        if (eventOf(callback) === 'participant-join') late = bring;
        else if (eventOf(callback) !== 'participant-leave') void stage.clock.wait(20).then(bring);
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

  it('is only a hint when the same caller was seen leaving after it', () =>
    onStage({}, async (stage) => {
      await oneIsLeft(stage);
      const kept: (() => void)[] = [];
      stage.onCallback = (callback, bring) => {
        if (eventOf(callback) === 'participant-join') kept.push(bring);
        void stage.clock.wait(20).then(bring);
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
    'is only a hint when its Timestamp is %s, as it might be a captured one',
    (timestamp) =>
      onStage({ traits: { timestamp } }, async (stage) => {
        await oneIsLeft(stage);
        await stage.callIn();
        await stage.run(100);
        expect(stage.isRecorded()).toBe(false);
        await stage.run(400);
        expect(stage.isRecorded()).toBe(true);
      }),
  );

  it.each([1, -1])('is fresh although the wall clock has jumped by %i hour', (hours) =>
    onStage({}, async (stage) => {
      await oneIsLeft(stage);
      stage.clock.stepWallClock(hours * 3_600_000);
      await stage.callIn();
      await stage.run(75);
      expect(stage.isRecorded()).toBe(true);
    }),
  );
});

describe('a leave', () => {
  it('has the list and the recording read, and only then the recording paused', () =>
    onStage({}, async (stage) => {
      const { second } = await twoAreIn(stage);
      const before = stage.requests.length;
      stage.model.endCall(second);
      await stage.run(1000);
      const asked = stage.requests.slice(before, before + 3).map(({ operation }) => operation);
      expect([...asked.slice(0, 2).toSorted(), asked[2]]).toEqual(['participants', 'recording', 'recording paused']);
    }));

  it('pauses only after a read says that too few are in (R3)', () =>
    onStage({}, async (stage) => {
      const { second } = await twoAreIn(stage);
      await stage.callIn();
      await stage.run(20_000);
      const before = stage.writes();
      stage.model.endCall(second);
      await stage.run(20_000);
      expect(stage.writes()).toBe(before);
      expect(stage.isRecorded()).toBe(true);
    }));

  it('is believed although the list lags behind it by a second', () =>
    onStage({ traits: { listLagMs: 1000 } }, async (stage) => {
      const { second } = await twoAreIn(stage);
      stage.model.endCall(second);
      await stage.run(400);
      expect(stage.isRecorded()).toBe(false);
    }));
});

describe('a list that lags', () => {
  it.each([5000, 10_000])('by %i ms costs two people who talk no more than a second in 45 (R4)', (listLagMs) =>
    onStage({ traits: { listLagMs } }, async (stage) => {
      await oneIsLeft(stage);
      const before = lostMs(stage);
      await stage.callIn();
      await stage.run(45_000);
      expect(lostMs(stage) - before).toBeLessThan(1000);
    }),
  );

  it('by 12 s keeps two who talk recorded although a join counts for an interval of 5 s: the call is asked for', () =>
    onStage({ traits: { listLagMs: 12_000 }, resyncIntervalMs: 5000 }, async (stage) => {
      await oneIsLeft(stage);
      const before = lostMs(stage);
      await stage.callIn();
      await stage.run(30_000);
      expect(lostMs(stage) - before).toBeLessThan(1000);
    }));

  it("by 10 s does not have one alone recorded again after the other's leave was reported: the call is asked for, and over", () =>
    onStage({ traits: { listLagMs: 10_000 } }, async (stage) => {
      const { second } = await twoAreIn(stage);
      stage.model.endCall(second);
      await stage.run(1000);
      const { soloMs } = stage.conference().meter.read();
      await stage.run(20_000);
      expect(stage.conference().meter.read().soloMs).toBe(soloMs);
    }));

  it("does not keep one alone recorded where the other's leave was not reported: the call is asked for", () =>
    onStage({}, async (stage) => {
      await stage.callIn();
      stage.onCallback = (callback, bring) => {
        if (eventOf(callback) !== 'participant-leave') void stage.clock.wait(20).then(bring);
      };
      const second = await stage.callIn();
      await stage.run(1000);
      stage.model.endCall(second);
      await stage.run(31_000);
      expect(stage.isRecorded()).toBe(false);
    }));
});

describe('a pass', () => {
  it('that is under way when somebody leaves is followed by another one (R7)', () =>
    onStage({ requestMs: 400, traits: { timestamp: 'absent' } }, async (stage) => {
      await stage.callIn();
      const second = await stage.callIn();
      const third = await stage.callIn();
      await stage.run(20_000);
      stage.model.endCall(third);
      // The list has been read, and its answer is on its way.
      await stage.run(320);
      stage.model.endCall(second);
      await stage.run(1500);
      expect(stage.isRecorded()).toBe(false);
    }));

  it.each([
    ['fail', 'failed'],
    ['make no sense', 'unreadable'],
    ['are never answered', 'hanging'],
  ] as const)('whose reads %s pauses nobody, however often it is asked for (R8)', (_how, fault) =>
    onStage({}, async (stage) => {
      await twoAreIn(stage);
      stage.faults[fault] = 1;
      sendHint(stage);
      await stage.run(60_000);
      expect(stage.writes()).toBe(0);
      expect(stage.isRecorded()).toBe(true);
    }),
  );
});

describe('what was written', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'and not answered may be obeyed late, so it is read again then (R6), seed %i',
    (seed) =>
      onStage({ seed, resyncIntervalMs: 60_000 }, async (stage) => {
        const { second } = await twoAreIn(stage);
        stage.onCallback = () => {};
        stage.model.endCall(second);
        // The resync finds one alone; the pause that follows isn't answered, and is obeyed at once, late or never.
        stage.writeFaults.hanging = 1;
        await stage.run(60_000);
        stage.writeFaults.hanging = 0;
        await stage.callIn();
        await stage.run(26_000);
        expect(stage.isRecorded()).toBe(true);
      }),
  );

  it('is written once more at the next hint where a read contradicts it (R6)', () =>
    onStage({ traits: { pausedReads: 'in-progress' } }, async (stage) => {
      await oneIsLeft(stage);
      await stage.run(60_000);
      const before = stage.writes();
      sendHint(stage);
      await stage.run(60_000);
      expect(stage.writes()).toBe(before + 1);
    }));

  it('and refused with 422 because it is done already is taken for done', () =>
    onStage({ traits: { pausedReads: 'in-progress', redundantUpdate: '422' } }, async (stage) => {
      await oneIsLeft(stage);
      expect(stage.writes()).toBeLessThanOrEqual(2);
    }));

  it('is not written to a conference that is over, although a list still has people in it', () =>
    onStage({ traits: { listLagMs: 10_000 } }, async (stage) => {
      const { first, second } = await twoAreIn(stage);
      const { sid } = stage.conference();
      const before = stage.writes();
      stage.model.endConference(stage.conference());
      await stage.run(1000);
      stage.copy?.receive({ url: '', method: 'POST', parameters: { ConferenceSid: sid } });
      await stage.run(30_000);
      expect([first, second].map(({ status }) => current(status))).toEqual(['completed', 'completed']);
      expect(stage.writes()).toBe(before);
    }));

  it('is written once more where a read goes on contradicting it, then the acknowledgement is believed (R6)', () =>
    onStage({ traits: { pausedReads: 'in-progress' } }, async (stage) => {
      await oneIsLeft(stage);
      const before = stage.writes();
      await stage.run(120_000);
      expect(stage.writes()).toBe(before);
      expect(before).toBeLessThanOrEqual(2);
      await stage.callIn();
      await stage.run(75);
      expect(stage.isRecorded()).toBe(true);
    }));

  it.each(['stopped', 'completed'] as const)('is resumed although it reads as %s while it is paused', (pausedReads) =>
    onStage({ traits: { pausedReads } }, async (stage) => {
      await oneIsLeft(stage);
      await stage.callIn();
      await stage.run(75);
      expect(stage.isRecorded()).toBe(true);
      stage.restart();
      await stage.run(2000);
      expect(stage.isRecorded()).toBe(true);
    }),
  );

  it('is tried once after a restart where it reads as over, whose pause it was', () =>
    onStage({ traits: { pausedReads: 'completed' } }, async (stage) => {
      await oneIsLeft(stage);
      stage.copy = undefined;
      const late = stage.model.addCall('+15550200000', '+15550100000', 'inbound');
      stage.model.setCallStatus(late, 'in-progress');
      stage.model.join(late, stage.conference().laml);
      stage.restart();
      await stage.run(5000);
      expect(stage.isRecorded()).toBe(true);
    }));

  it('is not written to a recording that another process stopped', () =>
    onStage({}, async (stage) => {
      const { second } = await twoAreIn(stage);
      stopRecordings(stage, stage.conference());
      stage.model.endCall(second);
      await stage.run(60_000);
      expect(stage.writes()).toBe(0);
    }));

  it('is left alone once SignalWire has refused it for good', () =>
    onStage({}, async (stage) => {
      await twoAreIn(stage);
      const { recordings } = stage.conference();
      const [recording] = recordings;
      if (recording) stage.model.updateRecording(stage.conference(), recording, 'stopped', 'skip');
      await stage.run(60_000);
      const before = stage.writes();
      expect(before).toBeLessThanOrEqual(4);
      await stage.run(120_000);
      expect(stage.writes()).toBe(before);
    }));

  it('is put right where a pause is obeyed after the resume that overtook it (R5)', () =>
    onStage({}, async (stage) => {
      const { second } = await twoAreIn(stage);
      stage.model.endCall(second);
      await stage.run(140);
      // The pause is on its way, and will be obeyed in two seconds.
      stage.requestMs = 100;
      await stage.callIn();
      const recording = stage.conference().recordings[0];
      await stage.run(300);
      setTimeout(() => recording && stage.model.updateRecording(stage.conference(), recording, 'paused', 'skip'), 50);
      await stage.run(3000);
      expect(stage.isRecorded()).toBe(true);
    }));
});

describe('a 404', () => {
  it.each([
    ['for three seconds', { unknownMs: 3000 }],
    ['until a second person comes', { alone: '404' }],
    ['for eight seconds while two talk', { unknownMs: 8000, alone: '404' }],
  ] as const)('%s does not split callers (R8)', (_when, traits) =>
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

  it('of a minute with somebody waiting alone does not open another room', () =>
    onStage({ traits: { alone: '404' } }, async (stage) => {
      await stage.callIn();
      await stage.run(200_000);
      expect(stage.copy?.size).toBe(1);
      await stage.callIn();
      expect(callsIn(stage.conference())).toHaveLength(2);
    }));

  it('that lasts is asked about ever less often', () =>
    onStage({ traits: { alone: '404' } }, async (stage) => {
      await stage.callIn();
      await stage.run(300_000);
      const { length } = stage.requests.filter(({ operation }) => operation === 'participants');
      expect(length).toBeLessThan(30);
    }));

  it('does not have a new conference forgotten because the only one whose join was reported has left', () =>
    onStage({ traits: { unknownMs: 8000, recordingsListed: false } }, async (stage) => {
      stage.onCallback = (callback, bring) => {
        const isLost = eventOf(callback) === 'participant-join' && callsIn(stage.conference()).length === 2;
        if (!isLost) void stage.clock.wait(20).then(bring);
      };
      const first = await stage.callIn('room');
      await stage.callIn('room');
      await stage.run(2000);
      stage.model.endCall(first);
      await stage.run(20_000);
      expect(stage.isRecorded()).toBe(false);
    }));

  it('that lasts ends a conference whose calls are over, and nothing is remembered', () =>
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
  it('stays open though its conference ended, while a call that was sent there is alive', () =>
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

  it('is the one of before a restart, where somebody is in it', () =>
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

  it('of before is found within three seconds where a request takes 1.5 s, and the caller waits for it', () =>
    onStage({}, async (stage) => {
      await stage.callIn();
      await stage.callIn();
      const { name } = stage.conference();
      await stage.run(5000);
      stage.requestMs = 1500;
      stage.restart();
      expect(await answered(stage, 'another')).toBe(name);
    }));
});

describe('what is over', () => {
  it('is not brought back by the callback that its recording is completed', () =>
    onStage({ traits: { endedReads: '404' } }, async (stage) => {
      const calls = [await stage.callIn(), await stage.callIn()];
      await stage.run(20_000);
      for (const call of calls) stage.model.endCall(call);
      await stage.run(1000);
      expect(stage.copy?.size).toBe(0);
    }));

  it('has a pause that was on its way neither logged nor shown', () =>
    onStage({}, async (stage) => {
      const { first, second } = await twoAreIn(stage);
      stage.model.endCall(second);
      // The pause has been obeyed, and its answer is on its way.
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

  it('has nothing more announced of it, although a resume was on its way', () =>
    onStage({}, async (stage) => {
      const first = await oneIsLeft(stage);
      stage.requestMs = 3000;
      const second = await stage.callIn();
      await stage.run(100);
      for (const call of [first, second]) stage.model.endCall(call);
      await stage.run(100);
      stage.events.length = 0;
      await stage.run(20_000);
      expect(stage.events.filter((type) => !['conferences-listed', 'requests-answered'].includes(type))).toEqual([]);
    }));
});

describe('a stop', () => {
  it('finishes what was acknowledged, and asks nothing after that', () =>
    onStage({}, async (stage) => {
      const { second } = await twoAreIn(stage);
      stage.model.endCall(second);
      await stage.run(30);
      let asked = 0;
      void stage.copy?.stop().then(() => {
        asked = stage.requests.length;
      });
      await stage.run(1000);
      expect(stage.isRecorded()).toBe(false);
      await stage.run(60_000);
      expect(stage.requests.length).toBe(asked);
    }));

  it('takes no longer because somebody waits in a conference that the API does not know', () =>
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

  it('asks nothing more for a recording whose conference is looked up', () =>
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
  it.each(['short', 'underscored'] as const)('is a hint by every name of its event: %s', (eventNames) =>
    onStage({ traits: { eventNames } }, async (stage) => {
      await oneIsLeft(stage);
      await stage.callIn();
      await stage.run(500);
      expect(stage.isRecorded()).toBe(true);
    }),
  );

  it('of a recording that names no conference is looked up', () =>
    onStage({ traits: { recordingConferenceSid: false, recordingsListed: false } }, async (stage) => {
      await oneIsLeft(stage);
      expect(current(stage.conference().recordings[0]?.status ?? [])).toBe('paused');
    }));

  it('with SIDs in capitals is of the same conference as a list with small letters', () =>
    onStage({ traits: { sids: 'capitals' } }, async (stage) => {
      await oneIsLeft(stage);
      expect(stage.copy?.size).toBe(1);
      expect(stage.writes()).toBe(1);
    }));

  it('that is lost in the first moment of a conference is made up for within the interval (R9)', () =>
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

/** Where a caller of that SID is sent. */
async function answered(stage: Stage, callSid: string): Promise<string | undefined> {
  let name: string | undefined;
  void stage.copy?.conferenceNameFor(callSid).then((room) => {
    name = room;
  });
  for (let waited = 0; name === undefined && waited < 10_000; waited += 10) await stage.run(10);
  return name;
}

describe('a pause and a resume that are on their way at once', () => {
  it('leave the recording running although the pause is obeyed last and no read shows it (R6)', () =>
    onStage({ traits: { pausedReads: 'in-progress' } }, async (stage) => {
      const { second } = await twoAreIn(stage);
      stage.model.endCall(second);
      await stage.run(110);
      // The reads are done; the pause that follows them is obeyed after two seconds.
      stage.requestMs = 4000;
      await stage.run(20);
      stage.requestMs = 100;
      await stage.callIn();
      await stage.run(6000);
      expect(stage.isRecorded()).toBe(true);
    }));
});

describe('a resume', () => {
  it('that failed is sent again although a read says that the recording runs, as it said so when it was paused', () =>
    onStage({ traits: { pausedReads: 'in-progress' } }, async (stage) => {
      await oneIsLeft(stage);
      stage.writeFaults.tooMany = 1;
      await stage.callIn();
      await stage.run(130);
      stage.writeFaults.tooMany = 0;
      await stage.run(5000);
      expect(stage.isRecorded()).toBe(true);
    }));

  it('that is slow is sent once, although the recording is read before it is answered', () =>
    onStage({}, async (stage) => {
      await oneIsLeft(stage);
      const before = stage.writes();
      stage.writeFaults.slow = 1;
      await stage.callIn();
      await stage.run(10_000);
      expect(stage.writes()).toBe(before + 1);
    }));

  it('that sets out while something is read is not sent again for what was read before it', () =>
    onStage({}, async (stage) => {
      await oneIsLeft(stage);
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
  it('is followed by a read, which finds those who came in the meantime unreported (R5)', () =>
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
});

describe('callbacks that come once more', () => {
  it('change nothing and cost three reads each at most', () =>
    onStage({ resyncIntervalMs: 0 }, async (stage) => {
      const sent: (() => void)[] = [];
      const events: string[] = [];
      stage.onCallback = (callback, bring) => {
        events.push(eventOf(callback));
        const { parameters } = structuredClone(callback);
        sent.push(() => stage.copy?.receive({ ...callback, parameters: { ...parameters } }));
        void stage.clock.wait(20).then(bring);
      };
      await stage.callIn();
      const second = await stage.callIn();
      await stage.run(2000);
      stage.model.endCall(second);
      await stage.run(3000);
      // SIDs are never used again, so that the end of a conference can't be sent again to any effect.
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
        expect(reads.length).toBeLessThanOrEqual(3);
      }
      expect(stage.writes()).toBe(before);
      expect(stage.isRecorded()).toBe(false);
    }));
});
