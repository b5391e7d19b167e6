import { setTimeout as delay } from 'node:timers/promises';
import { calm, openRoom, openSpace, startGuide, startService } from './space.js';
import type { Row } from './table.js';

const PEOPLE = 200;
const MOST_REQUESTS = 20;
const ROUND_TRIP_MS = 20;
const SWEEP_SECONDS = 1;
const SWEEPS = 5;
/** The service looks once more two seconds after the last callback. */
const SETTLED_MS = 2500;

/** How many requests it takes when many people come and go at once, and when nothing happens. */
export async function countRequests(): Promise<Row[]> {
  const ours = await crowd(startService);
  const [guide, quiet] = await Promise.all([crowd(startGuide), sweeps()]);
  return [
    {
      what: `requests for ${PEOPLE} who come and leave at once`,
      ours: String(ours),
      guide: String(guide),
      wanted: `at most ${MOST_REQUESTS}`,
      isMet: ours <= MOST_REQUESTS,
    },
    {
      what: 'reads of a quiet conference in a sweep',
      ours: quiet.toFixed(1),
      wanted: 'at most 2',
      isMet: quiet <= 2,
    },
  ];
}

async function crowd(start: typeof startService): Promise<number> {
  const simulator = await openSpace();
  simulator.latencyMs = ROUND_TRIP_MS;
  const server = await start(simulator);
  await openRoom(simulator, server, 'crowd');
  await calm(simulator, SETTLED_MS);
  let requests = 0;
  simulator.events.on('request', () => {
    requests += 1;
  });
  const url = `${server.url}/inbound?room=crowd`;
  const people = await Promise.all(Array.from({ length: PEOPLE }, () => simulator.call({ url })));
  const [conference] = simulator.conferences();
  if (conference?.participants.size !== PEOPLE + 2) throw new Error(`${conference?.participants.size} are in.`);
  for (const call of people) simulator.hangUp(call);
  await calm(simulator, SETTLED_MS);
  await server.stop();
  await simulator.close();
  return requests;
}

/** Reads of a conference in which nothing happens, for each sweep. */
async function sweeps(): Promise<number> {
  const simulator = await openSpace();
  const service = await startService(simulator, simulator.url, { SWEEP_INTERVAL_SECONDS: String(SWEEP_SECONDS) });
  const { conferenceSid } = await openRoom(simulator, service, 'quiet');
  await delay(SETTLED_MS);
  const counted = { lists: 0, reads: 0 };
  simulator.events.on('request', ({ path }) => {
    if (!path.includes(conferenceSid)) counted.lists += 1;
    else if (counted.lists >= 1 && counted.lists <= SWEEPS) counted.reads += 1;
  });
  // From one list to that which is so many sweeps later.
  while (counted.lists <= SWEEPS) await delay(20);
  await service.stop();
  await simulator.close();
  return counted.reads / SWEEPS;
}
