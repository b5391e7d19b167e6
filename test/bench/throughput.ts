import autocannon from 'autocannon';
import { startSimulator } from '../../src/simulator/simulator.js';
import type { Webhook } from '../../src/simulator/webhooks.js';
import { type MeasuredProcess, startMeasured } from './measured-process.js';
import { calm, startService } from './space.js';
import type { Row } from './table.js';
import { lastJoins, type SignedRequest, signed } from './webhooks.js';

/** Each has a connection of its own. */
const CONFERENCES = 10;
const LATENCY_MS = 300;
const SECONDS = { first: 3, measured: 3 };
/** Ours may do so much of what a bare Express app does. */
const LEAST_SHARE = 0.6;

/** How many webhooks a second one process answers, and what each costs it, signatures checked and written to the log. */
export async function measureThroughput(): Promise<Row[]> {
  const simulator = await startSimulator();
  const bare = await startMeasured('test/bench/bare-express.ts');
  const service = await startService(simulator);
  const callbacks = await lastJoins(simulator, service, CONFERENCES);
  await calm(simulator, 1000);
  simulator.latencyMs = LATENCY_MS;
  const calls = callbacks.map(({ parameters }) => callOf(service, simulator.projectId, parameters.CallSid ?? ''));

  const rows: Row[] = [];
  for (const [path, webhooks] of Object.entries({ '/inbound': calls, '/callback': callbacks })) {
    const requests = webhooks.map((webhook) => signed(webhook, simulator.signingKey));
    const limit = await saturate(bare, requests);
    const ours = await saturate(service, requests);
    rows.push(row(`${path}: requests a second`, ours.perSecond, limit.perSecond, ours.perSecond / limit.perSecond, 0));
    rows.push(row(`${path}: ms of processor a request`, ours.cpuMs, limit.cpuMs, limit.cpuMs / ours.cpuMs, 2));
  }
  await service.stop();
  await bare.stop();
  await simulator.close();
  return rows;
}

function row(what: string, ours: number, limit: number, share: number, digits: number): Row {
  return {
    what,
    ours: ours.toFixed(digits),
    limit: limit.toFixed(digits),
    ratio: share.toFixed(2),
    wanted: `at least ${LEAST_SHARE}`,
    isMet: share >= LEAST_SHARE,
  };
}

/** What SignalWire asks when somebody calls. */
function callOf({ url }: MeasuredProcess, projectId: string, CallSid: string): Webhook {
  const caller = { CallSid, AccountSid: projectId, From: '+15550200001', To: '+15550100000' };
  const parameters = { ...caller, ApiVersion: '2010-04-01', CallStatus: 'ringing', Direction: 'inbound' };
  return { url: `${url}/inbound`, method: 'POST', parameters };
}

/** Sends each over a connection of its own, again as soon as it is answered. */
async function saturate(server: MeasuredProcess, requests: SignedRequest[]) {
  const fire = (seconds: number) => {
    let connections = 0;
    return autocannon({
      url: server.url,
      connections: requests.length,
      duration: seconds,
      setupClient(client) {
        client.setRequests(requests.slice(connections, connections + 1));
        connections += 1;
      },
    });
  };
  await fire(SECONDS.first);
  const before = await server.usage();
  const { requests: sent, non2xx, errors } = await fire(SECONDS.measured);
  const after = await server.usage();
  if (non2xx + errors > 0) throw new Error(`${non2xx} webhooks were refused, ${errors} failed.`);
  return { perSecond: sent.total / SECONDS.measured, cpuMs: (after.cpuMs - before.cpuMs) / sent.total };
}
