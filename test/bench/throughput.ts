import autocannon from 'autocannon';
import type { Webhook } from '../../src/simulator/model/callbacks.js';
import { median } from './figures.js';
import { type MeasuredProcess, startMeasured } from './measured-process.js';
import { openSpace, startService, untilQuiet } from './space.js';
import type { Row } from './table.js';
import { lastJoins, type SignedRequest, signed } from './webhooks.js';

const CONNECTIONS = 10;
const LATENCY_MS = 300;
const WARM_SECONDS = 2;
const ROUNDS = 3;
/** The share of a bare Express app's throughput that the service must reach. */
const MIN_SHARE = 0.6;

/**
 * Measures how many webhooks per second one process answers, and the processor time of each, including signatures and logging. All
 * are about one conference. scale.ts measures the cost of many conferences.
 */
export async function measureThroughput(): Promise<Row[]> {
  const simulator = await openSpace();
  const bare = await startMeasured('test/bench/bare-express.ts');
  const service = await startService(simulator);
  const [join] = await lastJoins(simulator, service, 1);
  if (!join) throw new Error('Nobody joined.');
  await untilQuiet(simulator, 1000);
  simulator.latencyMs = LATENCY_MS;
  const call = callOf(service, simulator.projectId, join.parameters.CallSid ?? '');

  const rows: Row[] = [];
  for (const [path, webhook] of Object.entries({ '/inbound': call, '/callback': join })) {
    const request = signed(webhook, simulator.signingKey);
    for (const server of [bare, service]) await saturate(server, request, WARM_SECONDS);
    const rounds: { limit: Load; ours: Load }[] = [];
    // In turns, because the machine's speed changes from second to second.
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({ limit: await saturate(bare, request, 1), ours: await saturate(service, request, 1) });
    }
    const middle = (of: (round: { limit: Load; ours: Load }) => number) => median(rounds.map(of));
    rows.push(
      row(`${path}: requests a second`, {
        ours: middle(({ ours }) => ours.perSecond).toFixed(0),
        limit: middle(({ limit }) => limit.perSecond).toFixed(0),
        share: middle(({ ours, limit }) => ours.perSecond / limit.perSecond),
      }),
      row(`${path}: ms of processor a request`, {
        ours: middle(({ ours }) => ours.cpuMs).toFixed(2),
        limit: middle(({ limit }) => limit.cpuMs).toFixed(2),
        share: middle(({ ours, limit }) => limit.cpuMs / ours.cpuMs),
      }),
    );
  }
  await service.stop();
  await bare.stop();
  await simulator.close();
  return rows;
}

function row(what: string, { share, ...figures }: { ours: string; limit: string; share: number }): Row {
  const wanted = `at least ${MIN_SHARE}`;
  return { what, ...figures, ratio: share.toFixed(2), wanted, isMet: share >= MIN_SHARE };
}

/** The voice webhook of a call. */
function callOf({ url }: MeasuredProcess, projectId: string, CallSid: string): Webhook {
  const caller = { CallSid, AccountSid: projectId, From: '+15550200001', To: '+15550100000' };
  const parameters = { ...caller, ApiVersion: '2010-04-01', CallStatus: 'ringing', Direction: 'inbound' };
  return { url: `${url}/inbound`, method: 'POST', parameters };
}

interface Load {
  perSecond: number;
  /** The server's processor time per request. */
  cpuMs: number;
}

/** Sends requests over all connections, each as soon as the one before is answered. */
async function saturate(server: MeasuredProcess, { path, ...request }: SignedRequest, duration: number): Promise<Load> {
  const before = await server.usage();
  const options = { url: `${server.url}${path}`, ...request, connections: CONNECTIONS, duration };
  const { requests, non2xx, errors } = await autocannon(options);
  const after = await server.usage();
  if (non2xx + errors > 0) throw new Error(`${non2xx} webhooks were refused, ${errors} failed.`);
  return { perSecond: requests.total / duration, cpuMs: (after.cpuMs - before.cpuMs) / requests.total };
}
