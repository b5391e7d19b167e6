import { setTimeout as delay } from 'node:timers/promises';
import { headCount } from '../support/space-state.js';
import { openRoom, openSpace, startGuide, startService, untilQuiet } from './space.js';
import type { Row } from './table.js';

const PEOPLE = 200;
const MAX_REQUESTS = 20;
const ROUND_TRIP_MS = 20;
const INTERVAL_SECONDS = 1;
const INTERVALS = 20;
/** How many lists of conferences are read in each interval. */
const LISTS = 2;
/** Two, and a tenth more as tolerance. */
const MAX_READS = 2.2;
/** The last settling read comes about 15 s after the last callback. */
const SETTLED_MS = 16_000;

/** Counts the requests when many people join and leave at once, and when nothing happens. */
export async function countRequests(): Promise<Row[]> {
  const ours = await crowd(startService);
  const [guide, quiet] = await Promise.all([crowd(startGuide), readsWhenQuiet()]);
  return [
    {
      what: `requests when ${PEOPLE} people join and leave at once`,
      ours: String(ours),
      guide: String(guide),
      wanted: `at most ${MAX_REQUESTS}`,
      isMet: ours <= MAX_REQUESTS,
    },
    {
      what: 'reads of a quiet conference in an interval',
      ours: quiet.toFixed(1),
      wanted: `at most ${MAX_READS}`,
      isMet: quiet <= MAX_READS,
    },
  ];
}

async function crowd(start: typeof startService): Promise<number> {
  const simulator = await openSpace();
  simulator.latencyMs = ROUND_TRIP_MS;
  // Without resyncs, so that the requests end when the service has settled.
  const server = await start(simulator, simulator.url, { SWEEP_INTERVAL_SECONDS: '0' });
  await openRoom(simulator, server, 'crowd');
  await untilQuiet(simulator, SETTLED_MS);
  let requests = 0;
  simulator.events.on('request', () => {
    requests += 1;
  });
  const url = `${server.url}/inbound?room=crowd`;
  const people = await Promise.all(Array.from({ length: PEOPLE }, () => simulator.call({ url })));
  const [conference] = simulator.conferences();
  if (!conference || headCount(conference) !== PEOPLE + 2) throw new Error('Not everybody is in.');
  for (const call of people) simulator.hangUp(call);
  await untilQuiet(simulator, SETTLED_MS);
  await server.stop();
  await simulator.close();
  return requests;
}

/** Counts the reads per interval of a conference in which nothing happens. */
async function readsWhenQuiet(): Promise<number> {
  const simulator = await openSpace();
  const service = await startService(simulator, simulator.url, { SWEEP_INTERVAL_SECONDS: String(INTERVAL_SECONDS) });
  const { conferenceSid } = await openRoom(simulator, service, 'quiet');
  await delay(SETTLED_MS);
  const counted = { lists: 0, reads: 0 };
  simulator.events.on('request', ({ path }) => {
    if (!path.includes(conferenceSid)) counted.lists += 1;
    else if (counted.lists >= 1 && counted.lists <= LISTS * INTERVALS) counted.reads += 1;
  });
  // From one list to the one that is INTERVALS later.
  while (counted.lists <= LISTS * INTERVALS) await delay(20);
  await service.stop();
  await simulator.close();
  return counted.reads / INTERVALS;
}
