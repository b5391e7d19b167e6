import { createEventLog } from '../../src/log/event-log.js';
import { createLagWarning } from '../../src/log/lag-warning.js';
import { createOutageDetector } from '../../src/monitoring/outage.js';
import { createProblems, type Problems } from '../../src/monitoring/problems.js';
import { createRecordingStories } from '../../src/monitoring/recording-stories.js';
import { type Emit, emitTo, type Listener } from '../../src/recorder-events.js';
import { DEFAULT_DURATIONS } from '../../src/recording/durations.js';
import { createPolicyFor, type PolicyFor } from '../../src/recording/recording-policy.js';
import type { Webhook } from '../../src/simulator/model/callbacks.js';
import { activeParticipants, type Call, type Conference, isRunning } from '../../src/simulator/model/resources.js';
import { type Change, createSpaceModel, type SpaceModel } from '../../src/simulator/model/space-model.js';
import { current } from '../../src/simulator/model/timeline.js';
import { DOCUMENTED, type Traits } from '../../src/simulator/model/traits.js';
import { createViews } from '../../src/simulator/model/views.js';
import { createHistory, type History } from '../../src/status/history.js';
import { createMetrics } from '../../src/status/metrics.js';
import { keepLog, type LogLine } from '../support/log.js';
import { ownSamples } from '../support/metrics.js';
import { CONFERENCE_PREFIX, type Copy } from './copy.js';
import { createMemoryRedis } from './memory-redis.js';
import { createMemorySpace, type MemoryRequest } from './memory-space.js';
import { lamlFor } from './people.js';
import { startServiceCopy } from './service-copy.js';
import { createStreams } from './streams.js';
import { installVirtualClock, type VirtualClock } from './virtual-clock.js';
import { NO_WORLD_FAULTS, type WorldFaults } from './world-faults.js';

export interface StageOptions {
  traits?: Partial<Traits>;
  /** How many copies share a Redis and take callbacks in turn. The default is one. The stage shows the last one's log and page. */
  copies?: number;
  /** The default is 30 s. */
  resyncIntervalMs?: number;
  /** How long a request takes. The default is 100 ms. Callbacks take 20 ms. */
  requestMs?: number;
  /** Draws the time that a request takes (ms), in place of `requestMs`. */
  latency?: () => number;
  /** Whether people on hold count. The default is true. */
  countHeld?: boolean;
  /** The default is one policy for every conference: at least two people, and `skip`. */
  policyFor?: PolicyFor;
  /** The seed of the faults. */
  seed?: number;
}

/** One copy of the service in a space, under a virtual clock, for a scene that a test directs. */
export interface Stage {
  clock: VirtualClock;
  model: SpaceModel;
  /** The requests to SignalWire so far, in the order in which they were answered. */
  requests: MemoryRequest[];
  /** The types of the events that the copy has emitted. */
  events: string[];
  /** The lines that the copies have logged so far. */
  log: LogLine[];
  /** The history of the running copy, which its status page shows. */
  history: History;
  /** What is wrong according to the running copy. */
  problems: Problems;
  /** The metrics of the running copy, by name and labels. */
  metrics(): Promise<Record<string, number>>;
  /** What goes wrong with reads and with writes. May be changed at any time. */
  faults: WorldFaults;
  writeFaults: WorldFaults;
  /** The status with which a request is refused, whatever the faults; undefined if it isn't refused. May be replaced at any time. */
  refusalOf(request: Omit<MemoryRequest, 'outcome'>): number | undefined;
  requestMs: number;
  /** Delivers a callback, or doesn't. By default each is delivered after 20 ms. May be replaced at any time. */
  onCallback(callback: Webhook, deliver: () => void): void;
  /** Called when something changes in the space. May be replaced at any time. */
  onChange(change: Change): void;
  /** The copy that receives callbacks and calls; undefined while none is running. */
  copy: Copy | undefined;
  /** Lets somebody call. Resolves with the call when they are in their conference. */
  callIn(room?: string): Promise<Call>;
  /** Kills the copy, and starts another one. */
  restart(): void;
  /** Lets that many milliseconds pass. */
  run(ms: number): Promise<void>;
  /** The only conference that isn't over. @throws Error if there are none or several */
  conference(): Conference;
  /** Whether a recording of that conference is running. */
  isRecorded(): boolean;
  /** How many pauses and resumes were sent so far. */
  writes(): number;
}

/** Plays a scene under a virtual clock, and restores the machine's own clock. */
export async function onStage(options: StageOptions, play: (stage: Stage) => Promise<void>): Promise<void> {
  const {
    traits = {},
    copies = 1,
    resyncIntervalMs = 30_000,
    requestMs = 100,
    policyFor,
    countHeld = true,
    seed = 1,
  } = options;
  const epoch = 1_795_521_600_000;
  const clock = installVirtualClock(epoch);
  const stream = createStreams(seed);
  const { log, lines } = keepLog();
  let run = { isAlive: true };
  const redis = copies > 1 ? createMemoryRedis(stream) : undefined;
  const others: Copy[] = [];
  let callbacks = 0;
  let sids = 0;

  const model = createSpaceModel({
    projectId: 'project',
    traits: { ...DOCUMENTED, ...traits },
    now: () => epoch + clock.now,
    newSid() {
      sids += 1;
      return `00000000-0000-4000-8000-${String(sids).padStart(12, '0')}`;
    },
    minParticipants: 2,
    countHeld,
    recordingUrl: (sid) => sid,
    onCallback: (callback) => stage.onCallback(callback, () => nextCopy()?.receive(callback)),
    onChange: (change) => stage.onChange(change),
  });
  const views = createViews(model);

  function nextCopy(): Copy | undefined {
    callbacks += 1;
    return [stage.copy, ...others][callbacks % copies];
  }

  function start(number: number): Copy {
    const thisRun = run;
    // The same listeners as in recorder.ts, in the same order.
    const history = createHistory();
    const problems = createProblems((event) => emit(event), DEFAULT_DURATIONS.tolerated);
    const policies = policyFor ?? createPolicyFor({ minParticipants: 2, pauseBehavior: 'skip', countHeld });
    const metrics = createMetrics({ history, problems, resyncIntervalMs });
    const listeners: Listener[] = [
      createOutageDetector(log, (event) => emit(event), resyncIntervalMs > 0),
      problems.listener,
      createRecordingStories({ policyFor: policies, urlOf: (sid) => sid, emit: (event) => emit(event) }).listener,
      createEventLog(log),
      createLagWarning(log, resyncIntervalMs),
      history.record,
      metrics.record,
      ({ type }) => void stage.events.push(type),
    ];
    const emit: Emit = emitTo(listeners, log);
    stage.history = history;
    stage.problems = problems;
    stage.metrics = async () => ownSamples(await metrics.text());
    let hasAnswered = false;
    const space = createMemorySpace({
      model,
      views,
      faults: (method) => (method === 'POST' ? stage.writeFaults : stage.faults),
      latency: options.latency ?? (() => stage.requestMs),
      stream,
      isAlive: () => thisRun.isAlive,
      refusalOf: (request) => stage.refusalOf(request),
      onRequest(request) {
        hasAnswered = true;
        stage.requests.push(request);
      },
      onRedundantWrite() {},
    });
    return startServiceCopy({
      space: { ...space, now: () => (hasAnswered ? model.now() : Date.now()) },
      conferencePrefix: CONFERENCE_PREFIX,
      minParticipants: 2,
      policyFor: policies,
      resyncIntervalMs,
      random: () => stream('jitter').next(),
      directAccess: { model, latency: () => requestMs, wait: clock.wait, onParticipantsChanged() {} },
      log() {},
      openLink: redis?.linkFor(number, () => thisRun.isAlive),
      id: `copy ${number}`,
      onEvent: emit,
    });
  }

  const stage: Stage = {
    clock,
    model,
    requests: [],
    events: [],
    log: lines,
    history: createHistory(),
    problems: createProblems(() => {}, DEFAULT_DURATIONS.tolerated),
    metrics: async () => ({}),
    refusalOf: () => undefined,
    faults: { ...NO_WORLD_FAULTS },
    writeFaults: { ...NO_WORLD_FAULTS },
    requestMs,
    onCallback: (_callback, deliver) => void clock.wait(20).then(deliver),
    onChange() {},
    copy: undefined,
    async callIn(room) {
      const call = model.addCall('+15550200000', '+15550100000', 'inbound');
      let name = room === undefined ? undefined : CONFERENCE_PREFIX + room;
      void stage.copy?.conferenceNameFor(call.sid).then((placed) => {
        name ??= placed;
      });
      for (let waited = 0; name === undefined && waited < 10_000; waited += 10) await stage.run(10);
      if (name === undefined) throw new Error('The call was not answered.');
      model.setCallStatus(call, 'in-progress');
      model.join(call, lamlFor(name, countHeld));
      return call;
    },
    restart() {
      run.isAlive = false;
      run = { isAlive: true };
      stage.copy = start(1);
    },
    run: (ms) => clock.runUntil(clock.now + ms),
    conference() {
      const live = [...model.conferences.values()].filter(({ status }) => current(status) !== 'completed');
      const [only, ...others] = live;
      if (!only || others.length > 0) throw new Error(`There are ${live.length} conferences.`);
      return only;
    },
    isRecorded: () => stage.conference().recordings.some(isRunning),
    writes: () => stage.requests.filter(({ method }) => method === 'POST').length,
  };
  try {
    for (let number = 2; number <= copies; number += 1) others.push(start(number));
    stage.copy = start(1);
    await stage.run(1000);
    await play(stage);
  } finally {
    clock.uninstall();
  }
}

/** The calls that are in a conference. */
export function callsIn(conference: Conference): Call[] {
  return activeParticipants(conference).map(({ call }) => call);
}
