import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { LinkStatus } from '../copies/link-status.js';
import type { Problems } from '../monitoring/problems.js';
import type { RecorderEvent } from '../recorder-events.js';
import type { History } from './history.js';
import type { LinkedCopies } from './linked-copies.js';

export interface MetricsOptions {
  history: Pick<History, 'live'>;
  problems: Pick<Problems, 'wrongForMs'>;
  resyncIntervalMs: number;
  /** Undefined without REDIS_URL. */
  linkStatus?: Pick<LinkStatus, 'current'> | undefined;
  /** Undefined if nothing links this copy with others. */
  copies?: () => LinkedCopies | undefined;
}

/** Counters and timings for Prometheus. */
export interface Metrics {
  readonly contentType: string;
  record(event: RecorderEvent): void;
  /** Records what another copy has done. That is counted there, and nowhere else. */
  recordOthers(event: RecorderEvent): void;
  /** All metrics in Prometheus' text format. */
  text(): Promise<string>;
}

/** In seconds, from a fast answer to a request that times out. */
const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** In seconds. Timestamps are whole seconds, and SignalWire tries a callback for 15 s. */
const DELAY_BUCKETS = [1, 2, 3, 5, 10, 30, 60, 300];

/** The routes of webhooks. */
const ROUTES = ['/inbound', '/callback', '/store_recording_sid'];

const ACTIONS = { paused: 'pause', 'in-progress': 'resume' } as const;

/** Names and units follow Prometheus' conventions. Series that alerts use begin at zero, because a rate needs that. */
export function createMetrics({
  history,
  problems,
  resyncIntervalMs,
  linkStatus,
  copies = () => undefined,
}: MetricsOptions): Metrics {
  /** A sum over the copies counts each conference once. */
  const isOurs = (sid: string) => {
    const linked = copies();
    return linked === undefined || linked.ownerOf(sid) === linked.id;
  };
  const wrong = () => problems.wrongForMs().filter(({ conferenceSid }) => isOurs(conferenceSid));
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  new Gauge({
    name: 'recorder_conferences',
    help: 'Conferences in progress that this copy works on, by the state of their recording.',
    labelNames: ['recording'],
    registers,
    collect() {
      for (const recording of ['in-progress', 'paused', 'none']) this.set({ recording }, 0);
      for (const { sid, recording } of history.live()) if (isOurs(sid)) this.inc({ recording });
    },
  });
  new Gauge({
    name: 'recorder_conferences_wrong',
    help: 'Conferences whose recording does not do what it should; for a moment, that is normal after each join and leave.',
    registers,
    collect() {
      this.set(wrong().length);
    },
  });
  new Gauge({
    name: 'recorder_longest_wrong_seconds',
    help: 'How long the recording that has been wrong for the longest time has been wrong; 0 if none is.',
    registers,
    collect() {
      this.set(wrong().reduce((longest, { ms }) => Math.max(longest, ms), 0) / 1000);
    },
  });
  new Gauge({
    name: 'recorder_copies',
    help: 'Copies of the service that share the conferences, this one included; 1 if it works alone.',
    registers,
    collect() {
      this.set(copies()?.ids.length ?? 1);
    },
  });
  new Gauge({
    name: 'recorder_sweep_interval_seconds',
    help: 'The setting SWEEP_INTERVAL_SECONDS.',
    registers,
  }).set(resyncIntervalMs / 1000);
  const webhooks = new Counter({
    name: 'recorder_webhooks_total',
    help: 'Webhooks answered, by route and status.',
    labelNames: ['route', 'status'],
    registers,
  });
  const requests = new Histogram({
    name: 'recorder_signalwire_request_duration_seconds',
    help: 'Duration of requests to SignalWire, by operation and outcome.',
    labelNames: ['operation', 'outcome'],
    buckets: BUCKETS,
    registers,
  });
  const reactions = new Histogram({
    name: 'recorder_reaction_seconds',
    help:
      "Time from an event, by its callback's Timestamp, until SignalWire has acknowledged the pause or resume that it asks " +
      'for. Without a Timestamp, from the arrival of the callback.',
    labelNames: ['action'],
    buckets: BUCKETS,
    registers,
  });
  const handling = new Histogram({
    name: 'recorder_handling_seconds',
    help: 'Time from the arrival of a callback until SignalWire has acknowledged the pause or resume that it triggered.',
    labelNames: ['action'],
    buckets: BUCKETS,
    registers,
  });
  const delays = new Histogram({
    name: 'recorder_callback_delay_seconds',
    help: "How long after its Timestamp a conference's callback arrived, good to about a second.",
    labelNames: ['event'],
    buckets: DELAY_BUCKETS,
    registers,
  });
  const sweeps = new Counter({
    name: 'recorder_sweeps_total',
    help: 'Lists of conferences that SignalWire has returned.',
    registers,
  });
  const lastSweep = new Gauge({
    name: 'recorder_last_sweep_timestamp_seconds',
    help: 'Unix time when SignalWire last returned a list of conferences to this copy or one that it is linked with; 0 before the first.',
    registers,
  });
  const resyncLag = new Gauge({
    name: 'recorder_resync_lag_seconds',
    help: 'How late the last resync began. It grows when there is more to read than this process or SignalWire can take.',
    registers,
  });
  const corrections = new Counter({
    name: 'recorder_corrections_total',
    help: 'Pauses and resumes that a read found necessary, without a callback, by kind of read.',
    labelNames: ['action', 'found_by'],
    registers,
  });
  const retries = new Counter({
    name: 'recorder_retries_total',
    help: 'Reads, writes and discoveries that failed and were retried.',
    registers,
  });

  const signalwireUp = new Gauge({
    name: 'recorder_signalwire_up',
    help: 'Whether SignalWire answers: 1, or 0 during an outage.',
    registers,
  });

  if (linkStatus) {
    new Gauge({
      name: 'recorder_redis_up',
      help: 'Whether Redis links this copy with the others: 1, or 0 while each works by itself.',
      registers,
      collect() {
        this.set(linkStatus.current().ok ? 1 : 0);
      },
    });
  }

  signalwireUp.set(1);
  for (const route of ROUTES) for (const status of [200, 403]) webhooks.inc({ route, status }, 0);
  for (const event of ['join', 'leave']) delays.zero({ event });
  for (const action of Object.values(ACTIONS)) {
    reactions.zero({ action });
    handling.zero({ action });
    for (const found_by of ['resync', 'settling read']) corrections.inc({ action, found_by }, 0);
  }

  function record(event: RecorderEvent): void {
    switch (event.type) {
      case 'webhook-answered':
        webhooks.inc({ route: event.route, status: event.status });
        break;
      case 'request-finished': {
        const { operation, outcome, ms } = event;
        requests.observe({ operation, outcome }, ms / 1000);
        break;
      }
      case 'recording-written': {
        const { state, trigger } = event;
        const action = ACTIONS[state];
        const { kind, receivedAt, delayMs = 0 } = trigger;
        if (receivedAt === undefined) {
          corrections.inc({ action, found_by: kind });
          break;
        }
        const ms = performance.now() - receivedAt;
        handling.observe({ action }, ms / 1000);
        reactions.observe({ action }, (delayMs + ms) / 1000);
        break;
      }
      case 'conference-reported':
      case 'participant-reported': {
        const { kind, delayMs } = event.trigger;
        if (delayMs !== undefined) delays.observe({ event: kind }, delayMs / 1000);
        break;
      }
      case 'conferences-listed':
        sweeps.inc();
        lastSweep.setToCurrentTime();
        break;
      case 'resync-began':
        resyncLag.set(event.lateMs / 1000);
        break;
      case 'requests-failed':
        retries.inc();
        break;
      case 'outage-began':
      case 'outage-ended':
        signalwireUp.set(event.type === 'outage-ended' ? 1 : 0);
        break;
    }
  }

  function recordOthers(event: RecorderEvent): void {
    // Copies that are linked share the lists, so one that makes none itself isn't blind.
    if (event.type === 'conferences-listed') lastSweep.setToCurrentTime();
  }

  return { contentType: registry.contentType, record, recordOthers, text: () => registry.metrics() };
}
