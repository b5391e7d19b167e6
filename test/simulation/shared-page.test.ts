import { describe, expect, it } from 'vitest';
import { type Copies, createCopies } from '../../src/copies/copies.js';
import { reportConferenceEvent } from '../../src/http/webhooks/conference-event.js';
import { parseTimestamp } from '../../src/http/webhooks/timestamp.js';
import { createProblems, type Problems } from '../../src/monitoring/problems.js';
import { createRecordingStories } from '../../src/monitoring/recording-stories.js';
import { type Emit, emitTo, type RecorderEvent } from '../../src/recorder-events.js';
import { DEFAULT_DURATIONS } from '../../src/recording/durations.js';
import { createReconciler } from '../../src/recording/reconciler.js';
import { createPolicyFor } from '../../src/recording/recording-policy.js';
import { createOpenRoom } from '../../src/rooms/open-room.js';
import type { Webhook } from '../../src/simulator/model/callbacks.js';
import type { Call } from '../../src/simulator/model/resources.js';
import { createSpaceModel, type SpaceModel } from '../../src/simulator/model/space-model.js';
import { DOCUMENTED } from '../../src/simulator/model/traits.js';
import { createViews } from '../../src/simulator/model/views.js';
import type { Timeline } from '../../src/status/conference-timeline.js';
import { createHistory, type History } from '../../src/status/history.js';
import { createMetrics } from '../../src/status/metrics.js';
import { keepLog } from '../support/log.js';
import { ownSamples } from '../support/metrics.js';
import { CONFERENCE_PREFIX } from './copy.js';
import { createMemoryRedis } from './memory-redis.js';
import { createMemorySpace } from './memory-space.js';
import { lamlFor } from './people.js';
import { createStreams, type Streams } from './streams.js';
import { installVirtualClock, type VirtualClock } from './virtual-clock.js';
import { NO_WORLD_FAULTS } from './world-faults.js';

// What three linked copies show of the same conferences, under a virtual clock.

interface ShownCopy {
  id: string;
  history: History;
  problems: Problems;
  copies: Copies;
  /** The problems of which this copy has spoken: in its log, and by an alert. */
  spoken: string[];
  metrics(): Promise<Record<string, number>>;
  receive(callback: Webhook): void;
  kill(): void;
}

interface Scene {
  clock: VirtualClock;
  model: SpaceModel;
  stream: Streams;
  /** Those that run. */
  copies: ShownCopy[];
  /** Whether SignalWire refuses all writes. */
  refusesWrites: boolean;
  join(room: string): Call;
  run(ms: number): Promise<void>;
}

const INTERVAL_MS = 30_000;

const CALLBACK_MS = 20;

/** Timestamps have whole seconds. */
const SAME_TIME_MS = 1100;

/** Longer than a message takes, so that all copies learn of two changes in the same order. */
const MIN_APART_MS = 10;

async function withThreeCopies(seed: number, play: (scene: Scene) => Promise<void>): Promise<void> {
  const epoch = 1_795_521_600_000;
  const clock = installVirtualClock(epoch);
  const stream = createStreams(seed);
  const redis = createMemoryRedis(stream);
  let sids = 0;
  const model = createSpaceModel({
    projectId: 'project',
    traits: DOCUMENTED,
    now: () => epoch + clock.now,
    newSid() {
      sids += 1;
      return `00000000-0000-4000-8000-${String(sids).padStart(12, '0')}`;
    },
    minParticipants: 2,
    recordingUrl: (sid) => sid,
    onCallback(callback) {
      const { copies } = scene;
      const copy = copies[stream('balancer').integer(0, copies.length - 1)];
      void clock.wait(CALLBACK_MS).then(() => copy?.receive(callback));
    },
    onChange() {},
  });
  const scene: Scene = {
    clock,
    model,
    stream,
    copies: [],
    refusesWrites: false,
    join(room) {
      const call = model.addCall('+15550200000', '+15550100000', 'inbound');
      model.setCallStatus(call, 'in-progress');
      model.join(call, lamlFor(CONFERENCE_PREFIX + room, true));
      return call;
    },
    run: (ms) => clock.runUntil(clock.now + ms),
  };
  try {
    scene.copies = [1, 2, 3].map((number) => startCopy(number, scene, redis));
    await scene.run(3000);
    await play(scene);
  } finally {
    clock.uninstall();
  }
}

/** The parts of recorder.ts that show something, put together in the same way. */
function startCopy(number: number, scene: Scene, redis: ReturnType<typeof createMemoryRedis>): ShownCopy {
  const { model, stream } = scene;
  let isAlive = true;
  const id = `host/${number}`;
  const { log } = keepLog();
  const policyFor = createPolicyFor({ minParticipants: 2, pauseBehavior: 'skip', countHeld: true });
  const spoken: string[] = [];
  const emitOnce = (event: RecorderEvent) => {
    const subject = 'problem' in event ? event.problem.conferenceSid : undefined;
    const isOurs = !subject || copies.sharing.isOurs(subject);
    if (event.type === 'problem-began' && isOurs && isAlive) spoken.push(event.problem.sentence);
    (isOurs ? emit : emitOthers)(event);
  };
  const history = createHistory();
  const problems = createProblems(emitOnce, DEFAULT_DURATIONS.tolerated, (copy) => copies.ids.includes(copy));
  const stories = createRecordingStories({ policyFor, urlOf: (sid) => sid, emit: emitOnce });
  const metrics = createMetrics({ history, problems, resyncIntervalMs: INTERVAL_MS, copies: () => copies });
  const emit: Emit = emitTo([problems.listener, stories.listener, history.record, metrics.record], log);
  const emitOthers: Emit = emitTo(
    [problems.listener, stories.listener, history.recordOthers, metrics.recordOthers],
    log,
  );
  const space = createMemorySpace({
    model,
    views: createViews(model),
    faults: () => NO_WORLD_FAULTS,
    latency: () => stream('latency').integer(50, 200),
    stream,
    isAlive: () => isAlive,
    refusalOf: ({ method }) => (method === 'POST' && scene.refusesWrites ? 422 : undefined),
    onRequest() {},
    onRedundantWrite() {},
  });
  const openRoom = createOpenRoom({
    space,
    prefix: CONFERENCE_PREFIX,
    occupancyOf: (name) => reconciler.occupancyOf(name),
    checksCallers: () => false,
    onCallerGone() {},
  });
  const copies = createCopies({
    id,
    openLink: redis.linkFor(number, () => isAlive),
    reconciler: () => reconciler,
    openRoom: () => openRoom,
    emit,
    emitOthers,
  });
  const reconciler = createReconciler({
    space,
    openRoom,
    emit,
    durations: DEFAULT_DURATIONS,
    policyFor,
    sharing: copies.sharing,
    conferencePrefix: CONFERENCE_PREFIX,
    resyncIntervalMs: INTERVAL_MS,
    random: () => stream('jitter').next(),
  });
  void Promise.all([reconciler.start(), copies.start()]).then(() => copies.join());
  return {
    id,
    history,
    problems,
    copies,
    spoken,
    metrics: async () => ownSamples(await metrics.text()),
    receive({ parameters }) {
      if (!isAlive) return;
      const { ConferenceSid: conferenceSid, RecordingSid: recordingSid, RecordingStatus: status } = parameters;
      const { RecordingDuration: seconds, RecordingUrl: url, StatusCallbackEvent: event } = parameters;
      const { FriendlyName: name, CallSid: callSid, Timestamp: timestamp = '' } = parameters;
      const happenedAt = parseTimestamp(timestamp);
      if (recordingSid) reconciler.recordingReported({ conferenceSid, recordingSid, status, seconds, url });
      else if (conferenceSid) reportConferenceEvent(reconciler, { event, conferenceSid, name, callSid, happenedAt });
    },
    kill() {
      isAlive = false;
      scene.copies = scene.copies.filter((one) => one.id !== id);
    },
  };
}

/**
 * What a copy shows of a conference. What its recording did may reach copies in another order than joins and leaves, and the end of
 * the conference before the callback about the last one who leaves.
 */
function shown({ sid, people, recording, assessment, events, stories }: Timeline) {
  const isLastLeave = (event: (typeof events)[number]) => event.what === 'left' && event.people === 0;
  const lines = events
    .filter((event) => !isLastLeave(event))
    .map(({ what, callSid, recording: state }) => `${what} ${callSid ?? state}`);
  return {
    sid,
    people: [...people].toSorted(),
    recording,
    isWrong: assessment?.wrongSince !== undefined,
    participants: lines.filter((line) => /joined|left/.test(line)).toSorted(),
    others: lines.filter((line) => !/joined|left/.test(line)),
    stories: stories.map(({ status, spans }) => [status, spans.map(({ state }) => state)]),
  };
}

const allOf = ({ history }: ShownCopy) => [...history.live(), ...history.finished()];
const bySid = (timelines: Timeline[]) => timelines.map(shown).toSorted((a, b) => (a.sid < b.sid ? -1 : 1));
const sentencesOf = ({ problems }: ShownCopy) => problems.current().map(({ sentence }) => sentence);
const copyThatWorksOn = (scene: Scene, sid: string) =>
  scene.copies.find(({ id, copies }) => copies.ownerOf(sid) === id) ?? expect.fail('Nobody works on it.');
const onlySid = ({ model }: Scene) => [...model.conferences.values()][0]?.sid ?? expect.fail('There is no conference.');

/** Two people whom SignalWire's refusals keep from being recorded. Resolves after ten seconds. */
async function givenLostSpeech(scene: Scene): Promise<Call> {
  scene.join('sales');
  const second = scene.join('sales');
  await scene.run(5000);
  scene.model.endCall(second);
  await scene.run(10_000);
  scene.refusesWrites = true;
  const third = scene.join('sales');
  await scene.run(10_000);
  return third;
}

describe('three linked copies', () => {
  it.each(Array.from({ length: 20 }, (_, index) => index + 1))(
    'show the same of each conference, each thing once, and joins and leaves when they were (seed %i)',
    (seed) =>
      withThreeCopies(seed, async (scene) => {
        const { model, stream } = scene;
        const random = stream('people');
        const calls: Call[] = [];
        for (let step = 0; step < 60; step += 1) {
          const isCall = calls.length < 3 || random.happens(0.55);
          if (isCall) calls.push(scene.join(random.pick(['one', 'two', 'three'])));
          else for (const call of calls.splice(random.integer(0, calls.length - 1), 1)) model.endCall(call);
          await scene.run(random.happens(0.3) ? random.integer(MIN_APART_MS, 3000) : random.integer(MIN_APART_MS, 300));
        }
        await scene.run(60_000);
        const [first, ...others] = scene.copies;
        if (!first) return;
        const expected = bySid(allOf(first));
        expect(expected.length).toBeGreaterThan(2);
        for (const other of others) expect(bySid(allOf(other))).toEqual(expected);
        for (const { participants } of expected) expect(new Set(participants).size).toBe(participants.length);
        for (const timeline of allOf(first)) {
          for (const { at, what, callSid } of timeline.events.filter((event) => event.callSid)) {
            for (const other of others) {
              const same = allOf(other).flatMap(({ events }) => events);
              const there = same.find((event) => event.callSid === callSid && event.what === what);
              if (there) expect(Math.abs(there.at - at)).toBeLessThan(SAME_TIME_MS);
            }
          }
        }
      }),
  );

  it('all say that a recording is wrong, and one of them speaks of it', () =>
    withThreeCopies(1, async (scene) => {
      await givenLostSpeech(scene);
      for (const copy of scene.copies) {
        expect(sentencesOf(copy)).toEqual([expect.stringContaining('recorded-sales is paused, although 2 people')]);
      }
      expect(scene.copies.flatMap(({ spoken }) => spoken)).toHaveLength(1);
      const samples = await Promise.all(scene.copies.map(({ metrics }) => metrics()));
      expect(samples.map((one) => one.conferences_wrong).toSorted()).toEqual([0, 0, 1]);
      const longest = samples.map((one) => one.longest_wrong_seconds);
      expect(longest.toSorted()).toEqual([0, 0, expect.closeTo(10, 0)]);

      scene.refusesWrites = false;
      await scene.run(INTERVAL_MS + 2000);
      for (const copy of scene.copies) expect(sentencesOf(copy)).toEqual([]);
    }));

  it('no longer say so once it is right, although the copy that worked on it was killed', () =>
    withThreeCopies(2, async (scene) => {
      await givenLostSpeech(scene);
      copyThatWorksOn(scene, onlySid(scene)).kill();
      await scene.run(3000);
      expect(scene.copies).toHaveLength(2);
      for (const copy of scene.copies) expect(sentencesOf(copy)).toHaveLength(1);
      scene.refusesWrites = false;
      await scene.run(INTERVAL_MS + 2000);
      for (const copy of scene.copies) expect(sentencesOf(copy)).toEqual([]);
    }));

  it('no longer say so once the conference is over, although the copy that worked on it was killed', () =>
    withThreeCopies(3, async (scene) => {
      const third = await givenLostSpeech(scene);
      const killed = copyThatWorksOn(scene, onlySid(scene));
      killed.kill();
      scene.model.endCall(third);
      for (const conference of scene.model.conferences.values()) {
        for (const { call } of [...conference.participants]) scene.model.endCall(call);
      }
      await scene.run(5000);
      for (const copy of scene.copies) {
        expect(sentencesOf(copy)).toEqual([]);
        expect(copy.history.live()).toEqual([]);
        expect(copy.history.finished()).toHaveLength(1);
      }
    }));

  it('add nothing to what they show if a copy is killed and its conferences change hands', () =>
    withThreeCopies(4, async (scene) => {
      for (const room of ['one', 'two', 'three', 'four', 'five', 'six'])
        for (let n = 0; n < 2; n += 1) scene.join(room);
      await scene.run(20_000);
      const [killed, ...others] = scene.copies;
      const before = others.map((copy) => bySid(allOf(copy)));
      killed?.kill();
      await scene.run(2 * INTERVAL_MS);
      expect(others.map((copy) => bySid(allOf(copy)))).toEqual(before);
    }));

  it('are not blind to SignalWire, nor say that it has not answered, because another one makes the lists', () =>
    withThreeCopies(5, async (scene) => {
      await scene.run(10 * INTERVAL_MS);
      const samples = await Promise.all(scene.copies.map(({ metrics }) => metrics()));
      // Every copy lists once at its start.
      expect(samples.map((one) => one.sweeps_total).toSorted()).toContain(2);
      const now = Date.now();
      for (const one of samples) {
        expect(now / 1000 - (one.last_sweep_timestamp_seconds ?? 0)).toBeLessThan(INTERVAL_MS / 1000 + 1);
      }
      for (const { history } of scene.copies) expect(now - (history.answeredAt ?? 0)).toBeLessThan(INTERVAL_MS + 1000);
    }));
});
