import { describe, expect, it } from 'vitest';
import { OUTAGE_BEGINS, OUTAGE_ENDS, outageLines } from '../support/log.js';
import { sendHint, twoAreIn } from './scenes.js';
import { onStage, type Stage } from './stage.js';

// What is logged of an outage. That all is right after it is held by the worlds.

const logged = (stage: Stage) => outageLines(stage.log);
const loud = (stage: Stage) => stage.log.filter(({ level }) => level > 30);
const reads = (stage: Stage) => stage.requests.filter(({ operation }) => operation === 'participants').length;

describe('an outage', () => {
  it.each([
    ['fails', 'failed'],
    ['is one too many', 'tooMany'],
    ['is never answered', 'hanging'],
    ['is answered with what makes no sense', 'unreadable'],
  ] as const)('in which every request %s is logged once, and once that it is over', (_how, fault) =>
    onStage({}, async (stage) => {
      const { second } = await twoAreIn(stage);
      stage.faults[fault] = stage.writeFaults[fault] = 1;
      stage.model.endCall(second);
      await stage.run(60_000);
      expect(stage.isRecorded()).toBe(true);
      expect(logged(stage)).toEqual([OUTAGE_BEGINS]);

      stage.faults[fault] = stage.writeFaults[fault] = 0;
      await stage.run(60_000);
      expect(stage.isRecorded()).toBe(false);
      expect(logged(stage)).toEqual([OUTAGE_BEGINS, OUTAGE_ENDS]);
      expect(loud(stage)).toHaveLength(1);
    }),
  );

  it('is logged once more when it comes back', () =>
    onStage({}, async (stage) => {
      await twoAreIn(stage);
      for (let time = 0; time < 2; time += 1) {
        stage.refusalOf = ({ operation }) => (operation === 'participants' ? 503 : undefined);
        sendHint(stage);
        await stage.run(10_000);
        stage.refusalOf = () => undefined;
        await stage.run(60_000);
      }
      expect(logged(stage)).toEqual([OUTAGE_BEGINS, OUTAGE_ENDS, OUTAGE_BEGINS, OUTAGE_ENDS]);
    }));

  it('of a moment, which the next try makes good, is not logged', () =>
    onStage({}, async (stage) => {
      const { second } = await twoAreIn(stage);
      const before = reads(stage);
      stage.refusalOf = ({ operation }) => (operation === 'participants' && reads(stage) === before ? 503 : undefined);
      stage.model.endCall(second);
      await stage.run(60_000);
      expect(stage.isRecorded()).toBe(false);
      expect(stage.requests.filter(({ outcome }) => outcome === '503')).toHaveLength(1);
      expect(logged(stage)).toEqual([]);
    }));

  it('is over although the conference that failed is gone', () =>
    onStage({}, async (stage) => {
      await twoAreIn(stage);
      const calls = [await stage.callIn('gone'), await stage.callIn('gone')];
      const { sid } = [...stage.model.conferences.values()].at(-1) ?? {};
      stage.refusalOf = (request) => (request.sid === sid ? 503 : undefined);
      await stage.run(10_000);
      for (const call of calls) stage.model.endCall(call);
      await stage.run(1000);
      expect(logged(stage)).toEqual([OUTAGE_BEGINS]);
      sendHint(stage);
      await stage.run(1000);
      expect(logged(stage)).toEqual([OUTAGE_BEGINS, OUTAGE_ENDS]);
    }));

  it('of one conference alone is not over while that one still fails', () =>
    onStage({}, async (stage) => {
      const { second } = await twoAreIn(stage);
      const { sid } = stage.conference();
      stage.refusalOf = (request) => (request.sid === sid ? 503 : undefined);
      stage.model.endCall(second);
      await stage.run(5000);
      await stage.callIn('elsewhere');
      await stage.callIn('elsewhere');
      await stage.run(60_000);
      expect(stage.requests.some((request) => request.sid !== sid && request.operation === 'participants')).toBe(true);
      expect(logged(stage)).toEqual([OUTAGE_BEGINS]);
    }));

  it('is logged also if it concerns a conference that the API does not know yet', () =>
    onStage({ traits: { alone: '404' } }, async (stage) => {
      await stage.callIn();
      await stage.run(20_000);
      expect(logged(stage)).toEqual([]);
      stage.refusalOf = ({ operation }) => (operation === 'participants' ? 503 : undefined);
      sendHint(stage);
      await stage.run(10_000);
      expect(logged(stage)).toEqual([OUTAGE_BEGINS]);
      stage.refusalOf = () => undefined;
      await stage.run(10_000);
      expect(logged(stage)).toEqual([OUTAGE_BEGINS, OUTAGE_ENDS]);
    }));

  it('is logged as an error, once, where SignalWire no longer takes the credentials', () =>
    onStage({}, async (stage) => {
      const { second } = await twoAreIn(stage);
      stage.refusalOf = () => 401;
      stage.model.endCall(second);
      await stage.run(120_000);
      expect(logged(stage)).toEqual(['error SignalWire refuses our credentials: …']);
      stage.refusalOf = () => undefined;
      await stage.run(60_000);
      expect(stage.isRecorded()).toBe(false);
      expect(logged(stage).slice(1)).toEqual([OUTAGE_ENDS]);
    }));
});

describe('a recording whose every change is refused', () => {
  it.each([404, 422])('with %i is logged once, and once that it is right again', (status) =>
    onStage({}, async (stage) => {
      const { second } = await twoAreIn(stage);
      stage.refusalOf = ({ method }) => (method === 'POST' ? status : undefined);
      stage.model.endCall(second);
      await stage.run(60_000);
      expect(loud(stage)).toHaveLength(1);
      stage.refusalOf = () => undefined;
      // What was refused again and again is left alone until something happens.
      sendHint(stage);
      await stage.run(60_000);
      expect(stage.isRecorded()).toBe(false);
      const { sid: conferenceSid } = stage.conference();
      expect(stage.log.filter(({ msg }) => msg.includes('recording') && !msg.startsWith('recording '))).toEqual([
        expect.objectContaining({ level: 40, conferenceSid }),
        expect.objectContaining({ level: 30, conferenceSid, msg: 'the recording is in the desired state again' }),
      ]);
      expect(loud(stage)).toHaveLength(1);
    }),
  );
});
