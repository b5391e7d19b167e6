import { createEventLog } from '../../src/log/event-log.js';
import { type Emit, emitTo, type Listener } from '../../src/recorder-events.js';
import { createOutageDetector } from '../../src/recording/outage.js';
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
import { createMemorySpace, type MemoryRequest } from './memory-space.js';
import { lamlFor } from './people.js';
import { startServiceCopy } from './service-copy.js';
import { createStreams } from './streams.js';
import { installVirtualClock, type VirtualClock } from './virtual-clock.js';
import { NO_WORLD_FAULTS, type WorldFaults } from './world-faults.js';

export interface StageOptions {
  traits?: Partial<Traits>;
  /** 30 s unless it's given. */
  resyncIntervalMs?: number;
  /** How long a request takes; 100 ms unless it's given. Callbacks take 20 ms. */
  requestMs?: number;
  /** What chance decides by, in faults. */
  seed?: number;
}

/** One copy of the service in a space, under a virtual clock, for a scene that a test directs. */
export interface Stage {
  clock: VirtualClock;
  model: SpaceModel;
  /** What was asked of SignalWire so far, in the order in which it was answered. */
  requests: MemoryRequest[];
  /** The types of the events that the copy has emitted. */
  events: string[];
  /** What the copies have logged so far. */
  log: LogLine[];
  /** What the status page shows of the copy that runs. */
  history: History;
  /** The metrics of the copy that runs, by name and labels. */
  metrics(): Promise<Record<string, number>>;
  /** What goes wrong with reads, and with writes; may be changed at any time. */
  faults: WorldFaults;
  writeFaults: WorldFaults;
  /** With which status a request is refused, whatever the faults; undefined where it isn't. May be replaced at any time. */
  refusalOf(request: Omit<MemoryRequest, 'outcome'>): number | undefined;
  requestMs: number;
  /** Whether a callback comes, and when; by default each does. May be replaced at any time. */
  onCallback(callback: Webhook, bring: () => void): void;
  /** Is called for what happens in the space. May be replaced at any time. */
  onChange(change: Change): void;
  /** What takes the callbacks and calls; undefined while it's down. */
  copy: Copy | undefined;
  /** Somebody calls, is answered, and is in; resolves with the call. */
  callIn(room?: string): Promise<Call>;
  /** Starts a new copy in place of the one before, which is killed. */
  restart(): void;
  /** Lets so much time pass. */
  run(ms: number): Promise<void>;
  /** The only conference that isn't over. */
  conference(): Conference;
  /** Whether its recording runs. */
  isRecorded(): boolean;
  /** How many pauses and resumes were sent so far. */
  writes(): number;
}

/** Plays a scene; the machine has its own clock back afterwards. */
export async function onStage(options: StageOptions, play: (stage: Stage) => Promise<void>): Promise<void> {
  const { traits = {}, resyncIntervalMs = 30_000, requestMs = 100, seed = 1 } = options;
  const epoch = 1_795_521_600_000;
  const clock = installVirtualClock(epoch);
  const stream = createStreams(seed);
  const { log, lines } = keepLog();
  let run = { isAlive: true };
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
    recordingUrl: (sid) => sid,
    onCallback: (callback) => stage.onCallback(callback, () => stage.copy?.receive(callback)),
    onChange: (change) => stage.onChange(change),
  });
  const views = createViews(model);

  function start(): Copy {
    const thisRun = run;
    // The same listeners as in recorder.ts, in the same order.
    const history = createHistory();
    const metrics = createMetrics(history);
    const listeners: Listener[] = [
      createEventLog(log),
      createOutageDetector(log, (event) => emit(event)),
      history.record,
      metrics.record,
      ({ type }) => void stage.events.push(type),
    ];
    const emit: Emit = emitTo(listeners, log);
    stage.history = history;
    stage.metrics = async () => ownSamples(await metrics.text());
    let hasAnswered = false;
    const space = createMemorySpace({
      model,
      views,
      faults: (method) => (method === 'POST' ? stage.writeFaults : stage.faults),
      latency: () => stage.requestMs,
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
      resyncIntervalMs,
      random: () => stream('jitter').next(),
      directAccess: { model, latency: () => requestMs, wait: clock.wait, onParticipantsChanged() {} },
      log() {},
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
    metrics: async () => ({}),
    refusalOf: () => undefined,
    faults: { ...NO_WORLD_FAULTS },
    writeFaults: { ...NO_WORLD_FAULTS },
    requestMs,
    onCallback: (_callback, bring) => void clock.wait(20).then(bring),
    onChange() {},
    copy: undefined,
    async callIn(room) {
      const call = model.addCall('+15550200000', '+15550100000', 'inbound');
      let name = room === undefined ? undefined : CONFERENCE_PREFIX + room;
      void stage.copy?.conferenceNameFor(call.sid).then((answered) => {
        name ??= answered;
      });
      for (let waited = 0; name === undefined && waited < 10_000; waited += 10) await stage.run(10);
      if (name === undefined) throw new Error('The call was not answered.');
      model.setCallStatus(call, 'in-progress');
      model.join(call, lamlFor(name));
      return call;
    },
    restart() {
      run.isAlive = false;
      run = { isAlive: true };
      stage.copy = start();
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
    stage.copy = start();
    await stage.run(1000);
    await play(stage);
  } finally {
    clock.uninstall();
  }
}

/** Who is in. */
export function callsIn(conference: Conference): Call[] {
  return activeParticipants(conference).map(({ call }) => call);
}
