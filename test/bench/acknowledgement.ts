import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { startSimulator } from '../../src/simulator/simulator.js';
import { ms, quantile } from './figures.js';
import { type MeasuredProcess, startMeasured } from './measured-process.js';
import { calm, startService } from './space.js';
import type { Row } from './table.js';
import { lastJoins, type SignedRequest, signed } from './webhooks.js';

const CONFERENCES = 200;
const LATENCIES_MS = [0, 300, 3000];
const VOLLEYS = { first: 3, measured: 6 };
const BETWEEN_MS = 100;
/** Ours may be so many times slower than a bare Express app. */
const MOST_TIMES = 3;

/** How long SignalWire waits for its answer when something happens in many conferences at once, however slow its API is. */
export async function measureAcknowledgement(): Promise<Row[]> {
  const simulator = await startSimulator();
  const bare = await startMeasured('test/bench/bare-express.ts');
  const service = await startService(simulator);
  const joins = await lastJoins(simulator, service, CONFERENCES);
  const requests = joins.map((join) => signed(join, simulator.signingKey));
  await calm(simulator, 1000);

  const ours: number[] = [];
  for (const latencyMs of LATENCIES_MS) {
    simulator.latencyMs = latencyMs;
    ours.push(quantile(await volleys(service, requests), 0.99));
  }
  const limit = quantile(await volleys(bare, requests), 0.99);
  await service.stop();
  await bare.stop();
  await simulator.close();
  return ours.map((p99, index) => ({
    what: `acknowledgement, ${CONFERENCES} at once, API at ${LATENCIES_MS[index]} ms: p99`,
    ours: ms(p99),
    limit: ms(limit),
    ratio: (p99 / limit).toFixed(2),
    wanted: `at most ${MOST_TIMES} times`,
    isMet: p99 <= MOST_TIMES * limit,
  }));
}

/** Sends all of them at the same moment, some times over; returns how long each answer took. */
async function volleys({ url }: MeasuredProcess, requests: SignedRequest[]): Promise<number[]> {
  const pool = new Pool(url, { connections: requests.length });
  const send = async (request: SignedRequest) => {
    const sentAt = performance.now();
    const { statusCode, body } = await pool.request(request);
    await body.dump();
    if (statusCode !== 200) throw new Error(`A callback was answered ${statusCode}.`);
    return performance.now() - sentAt;
  };
  const times: number[] = [];
  for (let volley = 0; volley < VOLLEYS.first + VOLLEYS.measured; volley += 1) {
    const answered = await Promise.all(requests.map(send));
    if (volley >= VOLLEYS.first) times.push(...answered);
    await delay(BETWEEN_MS);
  }
  await pool.close();
  return times;
}
