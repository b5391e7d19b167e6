import { describe, expect, it, vi } from 'vitest';
import { createProblems } from '../../src/monitoring/problems.js';
import type { RecorderEvent, WebhookRecord } from '../../src/recorder-events.js';
import { linesFrom } from '../support/log.js';
import { setRecording } from '../support/space-state.js';
import { givenOnePerson, givenTwoPeople, newestRecording, sendHint } from './scenes.js';
import { onStage, type Stage } from './stage.js';

// Whether everything is recorded that should be: what the service says of it, and when.

const refuseWrites = (stage: Stage, status = 422) => {
  stage.refusalOf = ({ method }) => (method === 'POST' ? status : undefined);
};
const sentences = (stage: Stage) => stage.problems.current().map(({ sentence }) => sentence);
const warnings = (stage: Stage) => linesFrom('warn', stage.log).map(({ msg }) => msg);
const wrong = async (stage: Stage) => {
  const { conferences_wrong, longest_wrong_seconds } = await stage.metrics();
  return { conferences: conferences_wrong, seconds: longest_wrong_seconds };
};

/** A recording of two people that SignalWire refuses to resume. Resolves a minute later. */
async function givenLostSpeech(stage: Stage): Promise<void> {
  await givenOnePerson(stage);
  refuseWrites(stage);
  await stage.callIn();
  await stage.run(60_000);
}

describe('a recording that SignalWire refuses to change', () => {
  it('is a problem: speech is lost', () =>
    onStage({}, async (stage) => {
      await givenLostSpeech(stage);
      const { sid: conferenceSid, name } = stage.conference();
      const [problem, ...others] = stage.problems.current();
      expect(others).toEqual([]);
      expect(problem).toMatchObject({ conferenceSid, name });
      expect(Date.now() - (problem?.since ?? 0)).toBeGreaterThan(59_000);
      expect(problem?.sentence).toMatch(
        `${name} is paused, although 2 people are in. What they say may be lost. The last error: SignalWire answered 422`,
      );
      expect(await wrong(stage)).toEqual({ conferences: 1, seconds: expect.closeTo(60, 0) });
    }));

  it.each([404, 422])('with %i is warned of once, with its name, and once more when it is right again', (status) =>
    onStage({}, async (stage) => {
      const { second } = await givenTwoPeople(stage);
      const { sid: conferenceSid, name: conference } = stage.conference();
      refuseWrites(stage, status);
      stage.model.endCall(second);
      await stage.run(4000);
      expect(warnings(stage)).toEqual([]);
      await stage.run(60_000);
      const [warning, ...others] = linesFrom('warn', stage.log);
      expect(others).toEqual([]);
      expect(warning).toMatchObject({ level: 'warn', conferenceSid, conference });
      expect(warning?.msg).toMatch(
        `wrong recording: ${conference} is being recorded although only one person is in: the recording should be paused.`,
      );

      stage.refusalOf = () => undefined;
      // After several refusals, the recording is left alone until the next hint.
      sendHint(stage);
      await stage.run(1000);
      expect(stage.isRecorded()).toBe(false);
      const ended = stage.log.filter(({ msg }) => msg === 'the recording is no longer wrong');
      expect(ended).toMatchObject([{ level: 'info', conferenceSid, conference, seconds: expect.closeTo(64, 0) }]);
      expect(stage.problems.current()).toEqual([]);
      expect(await wrong(stage)).toEqual({ conferences: 0, seconds: 0 });
    }),
  );

  it('has been wrong since it began, however many people come meanwhile', () =>
    onStage({}, async (stage) => {
      await givenLostSpeech(stage);
      await stage.callIn();
      await stage.run(10_000);
      expect(sentences(stage)).toEqual([expect.stringContaining('although 3 people are in')]);
      expect(await wrong(stage)).toEqual({ conferences: 1, seconds: expect.closeTo(70, 0) });
      expect(warnings(stage)).toHaveLength(1);
    }));

  it('is no longer a problem when its conference is over, and the log says how it ended', () =>
    onStage({}, async (stage) => {
      const { first, second } = await givenTwoPeople(stage);
      refuseWrites(stage);
      stage.model.endCall(second);
      await stage.run(60_000);
      stage.model.endCall(first);
      await stage.run(5000);
      expect(stage.problems.current()).toEqual([]);
      expect(warnings(stage).slice(1)).toEqual(['the conference ends while its recording is wrong']);
    }));
});

it('an outage ends with the last conference that it concerned if there is no discovery that could ask again', () =>
  onStage({ resyncIntervalMs: 0 }, async (stage) => {
    const { first, second } = await givenTwoPeople(stage);
    stage.refusalOf = () => 503;
    sendHint(stage);
    await stage.run(20_000);
    expect(stage.problems.current()).toMatchObject([{ conferenceSid: null }]);
    for (const call of [first, second]) stage.model.endCall(call);
    await stage.run(1000);
    expect(stage.problems.current()).toEqual([]);
  }));

it('the feed changes as soon as a recording is not as it should be', () =>
  onStage({ requestMs: 1000 }, async (stage) => {
    const { second } = await givenTwoPeople(stage);
    stage.model.endCall(second);
    await stage.run(500);
    const [timeline] = stage.history.live();
    expect(timeline?.assessment).toMatchObject({ desired: 'paused', observed: 'in-progress', people: 1 });
    const { version } = stage.history;
    await stage.run(20_000);
    expect(timeline?.assessment?.wrongSince).toBeUndefined();
    expect(stage.history.version).toBeGreaterThan(version);
  }));

it('nothing is called a problem after the service has stopped', () => {
  const emitted: string[] = [];
  vi.useFakeTimers();
  const problems = createProblems(({ type }) => void emitted.push(type), 5000);
  const outage = { type: 'outage-began', status: 503 } as const;
  problems.listener(outage);
  problems.close();
  problems.listener(outage);
  vi.advanceTimersByTime(60_000);
  vi.useRealTimers();
  expect(emitted).toEqual([]);
});

it('the feed changes when more is known of a problem', () =>
  onStage({}, async (stage) => {
    await givenLostSpeech(stage);
    const { version } = stage.history;
    refuseWrites(stage, 404);
    sendHint(stage);
    await stage.run(500);
    expect(sentences(stage)).toEqual([expect.stringContaining('answered 404')]);
    expect(stage.history.version).toBeGreaterThan(version);
  }));

it('the longest problem is measured by a clock that nobody sets', () =>
  onStage({}, async (stage) => {
    await givenLostSpeech(stage);
    stage.clock.stepWallClock(-3_600_000);
    expect(await wrong(stage)).toEqual({ conferences: 1, seconds: expect.closeTo(60, 0) });
  }));

describe('it is a problem, too', () => {
  it('if two people talk and nothing is recorded', () =>
    onStage({}, async (stage) => {
      await givenTwoPeople(stage);
      setRecording(stage, newestRecording(stage), 'stopped');
      refuseWrites(stage);
      // Every second resync reads the recording.
      await stage.run(70_000);
      expect(sentences(stage)).toEqual([expect.stringContaining('is no longer recorded, although 2 people are in')]);
    }));

  it('if no recording can be found', () =>
    onStage({ traits: { recordingsListed: false } }, async (stage) => {
      stage.onCallback = ({ parameters }, deliver) => {
        if (!parameters.RecordingSid) void stage.clock.wait(20).then(deliver);
      };
      await givenTwoPeople(stage);
      expect(sentences(stage)).toEqual([expect.stringContaining('has no recording that this service can find')]);
    }));

  it('if SignalWire does not answer', () =>
    onStage({}, async (stage) => {
      await givenTwoPeople(stage);
      stage.faults.hanging = 1;
      sendHint(stage);
      await stage.run(60_000);
      expect(sentences(stage)).toEqual([expect.stringContaining('SignalWire does not answer')]);
    }));

  it('if SignalWire fails, and it stays one until SignalWire answers', () =>
    onStage({}, async (stage) => {
      await givenTwoPeople(stage);
      stage.refusalOf = () => 503;
      sendHint(stage);
      await stage.run(4000);
      expect(stage.problems.current()).toEqual([]);
      await stage.run(10_000);
      expect(stage.problems.current()).toMatchObject([{ conferenceSid: null }]);
      expect(sentences(stage)).toEqual([
        expect.stringContaining('SignalWire answers 503: recordings are left as they are'),
      ]);
      // The outage has a line of its own.
      expect(warnings(stage)).toEqual([expect.stringContaining('SignalWire is failing')]);
      stage.refusalOf = () => undefined;
      await stage.run(10_000);
      expect(stage.problems.current()).toEqual([]);
    }));
});

describe('webhooks that are refused although they are signed', () => {
  const webhook: Omit<RecorderEvent & { type: 'webhook-answered' }, 'route' | 'status' | 'reason' | 'signature'> = {
    type: 'webhook-answered',
    method: 'POST',
    url: '',
    event: null,
    timestamp: null,
    parameterNames: [],
    ms: 1,
  };
  const refused = {
    status: 403,
    reason: 'The signature does not match.',
    signature: { kind: 'form', matchedKey: null },
  } satisfies Partial<WebhookRecord>;
  const accepted = { status: 200, reason: null, signature: null } as const;

  it.each([
    ['/inbound', 'Calls are refused'],
    ['/callback', "SignalWire's callbacks are refused"],
    ['/store_recording_sid', "SignalWire's callbacks are refused"],
  ])('are a problem until one is accepted, or none comes any more: %s', (route, sentence) =>
    onStage({}, async (stage) => {
      stage.problems.listener({ ...webhook, ...refused, route });
      await stage.run(6000);
      expect(sentences(stage)).toEqual([expect.stringContaining(sentence)]);
      stage.problems.listener({ ...webhook, ...accepted, route });
      expect(sentences(stage)).toEqual([]);
      stage.problems.listener({ ...webhook, ...refused, route });
      await stage.run(300_000);
      stage.problems.listener({ ...webhook, ...refused, route });
      await stage.run(500_000);
      expect(sentences(stage)).toHaveLength(1);
      await stage.run(101_000);
      expect(sentences(stage)).toEqual([]);
    }),
  );

  it('are no problem if they are not signed, or if the client had gone', () =>
    onStage({}, async (stage) => {
      stage.problems.listener({ ...webhook, ...refused, signature: null, route: '/inbound' });
      stage.problems.listener({ ...webhook, ...refused, status: 499, route: '/inbound' });
      await stage.run(60_000);
      expect(sentences(stage)).toEqual([]);
    }));
});

describe('nothing is a problem', () => {
  it('in a conference that SignalWire no longer knows, because it has ended and no callback said so', () =>
    onStage({ traits: { endedReads: '404' } }, async (stage) => {
      const { first, second } = await givenTwoPeople(stage);
      stage.model.endCall(second);
      await stage.run(50);
      stage.onCallback = () => {};
      stage.model.endCall(first);
      await stage.run(120_000);
      expect(stage.events).not.toContain('problem-began');
    }));

  it('in a conference that SignalWire does not know yet', () =>
    onStage({ traits: { timestamp: 'absent', unknownMs: 12_000 } }, async (stage) => {
      await stage.callIn('sales');
      await stage.callIn('sales');
      await stage.run(60_000);
      expect(stage.isRecorded()).toBe(true);
      expect(stage.events).not.toContain('problem-began');
    }));

  it('in a conference that a new process has not read yet, except that SignalWire fails', () =>
    onStage({}, async (stage) => {
      await givenOnePerson(stage);
      const { sid } = newestRecording(stage);
      stage.refusalOf = () => 503;
      stage.restart();
      sendHint(stage, { RecordingSid: sid, RecordingStatus: 'in-progress' });
      await stage.run(60_000);
      expect(stage.problems.current()).toMatchObject([{ conferenceSid: null }]);
    }));

  it('while everything works', () =>
    onStage({}, async (stage) => {
      await givenOnePerson(stage);
      await stage.callIn();
      await stage.run(60_000);
      expect(stage.events).not.toContain('problem-began');
      expect(await wrong(stage)).toEqual({ conferences: 0, seconds: 0 });
    }));

  it('in a space in which a paused recording never reads as paused', () =>
    onStage({ traits: { pausedReads: 'in-progress' } }, async (stage) => {
      await givenOnePerson(stage);
      await stage.run(300_000);
      expect(stage.events).not.toContain('problem-began');
    }));

  it('for the moment that a change takes, although the metrics count it', () =>
    onStage({ requestMs: 1000 }, async (stage) => {
      await givenOnePerson(stage);
      await stage.callIn();
      await stage.run(500);
      expect(await wrong(stage)).toMatchObject({ conferences: 1 });
      await stage.run(20_000);
      expect(await wrong(stage)).toMatchObject({ conferences: 0 });
      expect(stage.events).not.toContain('problem-began');
    }));

  it('while one person waits for a recording that begins with the second', () =>
    onStage({ policyFor: () => ({ minParticipants: 1, pauseBehavior: 'skip', countHeld: true }) }, async (stage) => {
      await stage.callIn();
      await stage.run(60_000);
      expect(stage.events).not.toContain('problem-began');
    }));
});
