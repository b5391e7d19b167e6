import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Webhook } from '../../src/simulator/model/callbacks.js';
import { ms, quantile } from './figures.js';
import { type MeasuredProcess, startMeasured } from './measured-process.js';
import { openSpace, startService, untilQuiet } from './space.js';
import type { Row } from './table.js';
import { lastJoins, type SignedRequest, signed } from './webhooks.js';

const CONFERENCES = 200;
const LATENCIES_MS = [0, 300, 3000];
const VOLLEYS = { warmUp: 2, measured: 6 };
const BETWEEN_MS = 100;
/** How many times slower than a bare Express app the service may be. */
const MAX_TIMES = 3;

/** Measures how long SignalWire waits for answers to callbacks from many conferences at once, with an API of any speed. */
export async function measureAcknowledgement(): Promise<Row[]> {
  const simulator = await openSpace();
  const bare = await startMeasured('test/bench/bare-express.ts');
  const service = await startService(simulator);
  const joins = await lastJoins(simulator, service, CONFERENCES);
  if (joins.length !== CONFERENCES) throw new Error(`There are ${joins.length} conferences.`);
  await untilQuiet(simulator, 1000);

  const p99 = async (server: MeasuredProcess) => quantile(await volleys(server, joins, simulator.signingKey), 0.99);
  // Warms up the client.
  await p99(bare);
  const limit = await p99(bare);
  const ours: number[] = [];
  for (const latencyMs of LATENCIES_MS) {
    simulator.latencyMs = latencyMs;
    ours.push(await p99(service));
  }
  await service.stop();
  await bare.stop();
  await simulator.close();
  return ours.map((p99, index) => ({
    what: `acknowledgement, ${CONFERENCES} at once, API at ${LATENCIES_MS[index]} ms: p99`,
    ours: ms(p99),
    limit: ms(limit),
    ratio: (p99 / limit).toFixed(2),
    wanted: `at most ${MAX_TIMES} times`,
    isMet: p99 <= MAX_TIMES * limit,
  }));
}

/** Reports alternately a leave and a join in all conferences at the same time. @returns how long each answer took */
async function volleys({ url }: MeasuredProcess, joins: Webhook[], signingKey: string): Promise<number[]> {
  const pool = new Pool(url, { connections: joins.length });
  const times: number[] = [];
  for (let volley = 0; volley < VOLLEYS.warmUp + VOLLEYS.measured; volley += 1) {
    const StatusCallbackEvent = volley % 2 === 0 ? 'participant-leave' : 'participant-join';
    // SignalWire's Timestamp has whole seconds. Here, several volleys fall into one second.
    const now = { StatusCallbackEvent, Timestamp: new Date().toISOString() };
    const requests = joins.map((join) => signed({ ...join, parameters: { ...join.parameters, ...now } }, signingKey));
    const answered = await Promise.all(requests.map((request) => send(pool, request)));
    if (volley >= VOLLEYS.warmUp) times.push(...answered);
    await delay(BETWEEN_MS);
  }
  await pool.close();
  return times;
}

/** Sends a webhook. @returns how long the answer took */
async function send(pool: Pool, request: SignedRequest): Promise<number> {
  const sentAt = performance.now();
  const { statusCode, body } = await pool.request(request);
  await body.dump();
  if (statusCode !== 200) throw new Error(`A callback was answered ${statusCode}.`);
  return performance.now() - sentAt;
}
