import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../support/free-port.js';
import { makeCertificate } from './certificate.js';
import { opened, type Played, played } from './crowd-orders.js';
import { ms, quantile } from './figures.js';
import { answerOf, ROOT, startMeasured } from './measured-process.js';
import type { Row } from './table.js';

const LATENCY_MS = 150;
const INTERVAL_SECONDS = 30;
/** The time between two events in a conference. */
const PERIOD_MS = 60_000;
/** How long the service takes to read everything at its start. */
const STARTED_MS = 20_000;
/** What is wanted with 10,000 conferences; the time and the memory in proportion with fewer. */
const CONFERENCES = 10_000;
const MAX_CPU_SHARE = 0.5;
const MAX_RSS = 250e6;
/** The longest reactions, compared with round trips alone. */
const MAX_RATIO = 1.1;

export interface CrowdOptions {
  /** How many conferences are in progress. */
  conferences?: number | undefined;
  /** Another checkout of the service, built, that is measured in the same run. */
  beside?: string | undefined;
}

/**
 * Measures one copy of the service with thousands of conferences, over TLS. The space is in a process of its own, and reports how
 * busy it was.
 */
export async function measureCrowd({ conferences = CONFERENCES, beside }: CrowdOptions): Promise<Row[]> {
  const other = beside === undefined ? undefined : await run(`${beside}/dist/main.js`, conferences);
  const ours = await run('dist/main.js', conferences);
  const comparison = beside === undefined ? '' : ` (the second column: ${beside})`;
  const label = `${conferences.toLocaleString('en')} conferences, ${LATENCY_MS} ms a request${comparison}`;
  const reaction = (what: 'pauses' | 'resumes', limitMs: number): Row => {
    const middleAndLate = (one: Measured) => `${ms(quantile(one[what], 0.5))}, ${ms(quantile(one[what], 0.95))}`;
    const late = quantile(ours[what], 0.95);
    return {
      what: `${label}: ${what}, median and p95`,
      ours: middleAndLate(ours),
      ...(other && { guide: middleAndLate(other) }),
      limit: ms(limitMs),
      ratio: (late / limitMs).toFixed(2),
      wanted: `p95 ${ms(MAX_RATIO * limitMs)}`,
      isMet: late <= MAX_RATIO * limitMs,
    };
  };
  const cost = (what: string, of: (one: Measured) => number, format: (value: number) => string, max?: number): Row => ({
    what: `${label}: ${what}`,
    ours: format(of(ours)),
    ...(other && { guide: format(of(other)), ratio: (of(ours) / of(other)).toFixed(2) }),
    ...(max !== undefined && { wanted: `at most ${format(max)}`, isMet: of(ours) <= max }),
  });
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  return [
    reaction('pauses', 1.5 * LATENCY_MS),
    reaction('resumes', 0.5 * LATENCY_MS),
    cost('of one core', ({ cpuShare }) => cpuShare, percent, (MAX_CPU_SHARE * conferences) / CONFERENCES),
    cost(
      'resident memory',
      ({ rss }) => rss,
      (bytes) => `${(bytes / 1e6).toFixed(0)} MB`,
      MAX_RSS,
    ),
    cost(
      'requests a second',
      (one) => (1000 * one.requests) / one.lastedMs,
      (value) => value.toFixed(0),
    ),
    cost(
      'ms of processor a request',
      ({ cpuShare, requests, lastedMs }) => (cpuShare * lastedMs) / requests,
      (value) => value.toFixed(3),
    ),
    cost("the space's own process, of one core", (one) => one.cpuMs / one.lastedMs, percent),
    cost("the space's own process, event loop busy", ({ busy }) => busy, percent),
    cost("the space's own process, p95 of its timers' delay", ({ lateMs }) => lateMs, ms),
  ];
}

interface Measured extends Played {
  /** Processor time of the service, divided by the time that passed. */
  cpuShare: number;
  rss: number;
}

async function run(program: string, conferences: number): Promise<Measured> {
  const { key, cert, path } = await makeCertificate();
  const child = fork('test/bench/crowd-process.ts', [key, cert, String(LATENCY_MS)], {
    cwd: ROOT,
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  try {
    const space = opened.parse(await answerOf(child));
    const port = await freePort();
    child.send({ type: 'fill', publicUrl: `http://127.0.0.1:${port}`, conferences });
    await answerOf(child);
    const service = await startMeasured(program, {
      PORT: String(port),
      SIGNALWIRE_SPACE_URL: space.url,
      SIGNALWIRE_PROJECT_ID: space.projectId,
      SIGNALWIRE_API_TOKEN: space.apiToken,
      SIGNALWIRE_SIGNING_KEY: space.signingKey,
      SWEEP_INTERVAL_SECONDS: String(INTERVAL_SECONDS),
      NODE_EXTRA_CA_CERTS: path,
    });
    // In the first period, the process warms up, and the deadlines spread that the start has set together.
    await delay(STARTED_MS);
    child.send({ type: 'play', periodMs: PERIOD_MS, ms: PERIOD_MS });
    await answerOf(child);
    const before = await service.usage();
    child.send({ type: 'play', periodMs: PERIOD_MS, ms: PERIOD_MS });
    await delay(PERIOD_MS);
    const { cpuMs, rss } = await service.usage();
    const result = played.parse(await answerOf(child));
    await service.stop();
    return { ...result, cpuShare: (cpuMs - before.cpuMs) / PERIOD_MS, rss };
  } finally {
    child.kill();
    await exited;
  }
}
