import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Announcement } from '../recorder-events.js';
import type { History } from './history.js';

/** What is counted and timed, for Prometheus. */
export interface Metrics {
  readonly contentType: string;
  hear(announcement: Announcement): void;
  /** All of it, in Prometheus' text format. */
  text(): Promise<string>;
}

/** In seconds, from a near SignalWire to a request that times out; beyond that it's an outage. */
const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const ACTIONS = { paused: 'pause', 'in-progress': 'resume' } as const;

/** Names and units (seconds) follow Prometheus' conventions. What alerts are about begins with zero, as a rate needs it. */
export function createMetrics(history: History): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  new Gauge({
    name: 'recorder_conferences',
    help: 'Conferences in progress, by what their recording does.',
    labelNames: ['recording'],
    registers,
    collect() {
      for (const recording of ['in-progress', 'paused', 'none']) this.set({ recording }, 0);
      for (const { recording } of history.live()) this.inc({ recording });
    },
  });
  const webhooks = new Counter({
    name: 'recorder_webhooks_total',
    help: 'Webhooks answered, by route and status.',
    labelNames: ['route', 'status'],
    registers,
  });
  const requests = new Histogram({
    name: 'recorder_signalwire_request_duration_seconds',
    help: 'What SignalWire was asked, and how long that took, by operation and outcome.',
    labelNames: ['operation', 'outcome'],
    buckets: BUCKETS,
    registers,
  });
  const reactions = new Histogram({
    name: 'recorder_reaction_seconds',
    help: 'From the arrival of a callback until SignalWire has taken the pause or resume that answers it.',
    labelNames: ['action'],
    buckets: BUCKETS,
    registers,
  });
  const sweeps = new Counter({
    name: 'recorder_sweeps_total',
    help: "Discoveries that got one of SignalWire's lists of conferences.",
    registers,
  });
  const lastSweep = new Gauge({
    name: 'recorder_last_sweep_timestamp_seconds',
    help: "When a discovery last got one of SignalWire's lists of conferences.",
    registers,
  });
  const corrections = new Counter({
    name: 'recorder_corrections_total',
    help: 'Pauses and resumes that no callback asked for, by what found that they were needed.',
    labelNames: ['action', 'found_by'],
    registers,
  });
  const retries = new Counter({
    name: 'recorder_retries_total',
    help: 'Reads, writes and discoveries that failed and were to be tried again.',
    registers,
  });

  for (const action of Object.values(ACTIONS)) {
    reactions.zero({ action });
    for (const found_by of ['resync', 'settling read']) corrections.inc({ action, found_by }, 0);
  }

  function hear(announcement: Announcement): void {
    switch (announcement.what) {
      case 'webhook':
        webhooks.inc({ route: announcement.route, status: announcement.status });
        break;
      case 'request': {
        const { operation, outcome, ms } = announcement;
        requests.observe({ operation, outcome }, ms / 1000);
        break;
      }
      case 'written': {
        const { state, cause, reactionMs } = announcement;
        const action = ACTIONS[state];
        if (reactionMs === undefined) corrections.inc({ action, found_by: cause.what });
        else reactions.observe({ action }, reactionMs / 1000);
        break;
      }
      case 'discovered':
        sweeps.inc();
        lastSweep.setToCurrentTime();
        break;
      case 'failed':
        retries.inc();
        break;
    }
  }

  return { contentType: registry.contentType, hear, text: () => registry.metrics() };
}
