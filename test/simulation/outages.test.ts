import { describe, expect, it } from 'vitest';
import { type LogLine, linesFrom, OUTAGE_BEGINS, OUTAGE_ENDS, outageLines, recordingLines } from '../support/log.js';
import { givenTwoPeople, sendHint } from './scenes.js';
import { onStage, type Stage } from './stage.js';

// What is logged about an outage. The worlds check that recordings are right after one.

const logged = (stage: Stage) => outageLines(stage.log);
const loud = (stage: Stage) => linesFrom('warn', stage.log);
const reads = (stage: Stage) => stage.requests.filter(({ operation }) => operation === 'participants').length;

describe('an outage', () => {
  it.each([
    ['fails', 'failed'],
    ['is rate-limited', 'tooMany'],
    ['is never answered', 'hanging'],
    ['gets an unreadable answer', 'unreadable'],
  ] as const)('in which every request %s is logged once at its beginning and once at its end', (_how, fault) =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      stage.faults[fault] = stage.writeFaults[fault] = 1;
      stage.model.endCall(second);
      await stage.run(60_000);
      expect(stage.isRecorded()).toBe(true);
      expect(logged(stage)).toEqual([OUTAGE_BEGINS]);

      stage.faults[fault] = stage.writeFaults[fault] = 0;
      await stage.run(60_000);
      expect(stage.isRecorded()).toBe(false);
      expect(logged(stage)).toEqual([OUTAGE_BEGINS, OUTAGE_ENDS]);
      const isAboutRecording = ({ conference }: LogLine) => conference === stage.conference().name;
      expect(loud(stage).filter((line) => !isAboutRecording(line))).toHaveLength(1);
    }),
  );

  it('is logged again when it happens again', () =>
    onStage({}, async (stage) => {
      await givenTwoPeople(stage);
      for (let time = 0; time < 2; time += 1) {
        stage.refusalOf = ({ operation }) => (operation === 'participants' ? 503 : undefined);
        sendHint(stage);
        await stage.run(10_000);
        stage.refusalOf = () => undefined;
        await stage.run(60_000);
      }
      expect(logged(stage)).toEqual([OUTAGE_BEGINS, OUTAGE_ENDS, OUTAGE_BEGINS, OUTAGE_ENDS]);
    }));

  it('is not logged if the first retry succeeds', () =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      const before = reads(stage);
      stage.refusalOf = ({ operation }) => (operation === 'participants' && reads(stage) === before ? 503 : undefined);
      stage.model.endCall(second);
      await stage.run(60_000);
      expect(stage.isRecorded()).toBe(false);
      expect(stage.requests.filter(({ outcome }) => outcome === '503')).toHaveLength(1);
      expect(logged(stage)).toEqual([]);
    }));

  it('ends even if the conference that failed has ended', () =>
    onStage({}, async (stage) => {
      await givenTwoPeople(stage);
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

  it('that affects one conference does not end while requests for that conference fail', () =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
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

  it('is logged even if it affects a conference that the API does not know yet', () =>
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

  it('is logged once, as an error, if SignalWire refuses the credentials', () =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
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

describe('a recording that SignalWire refuses to change', () => {
  it('is not logged as resumed if its pause was refused, and then its resume', () =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      stage.refusalOf = ({ method }) => (method === 'POST' ? 422 : undefined);
      stage.model.endCall(second);
      await stage.run(30_000);
      const third = await stage.callIn();
      await stage.run(30_000);
      stage.model.endCall(third);
      await stage.run(30_000);
      expect(recordingLines(stage.log).map(({ msg }) => msg)).toEqual(['recording began']);
      expect(await stage.metrics()).toMatchObject({ 'handling_seconds_count{action="resume"}': 0 });
    }));
});
