import { setTimeout as delay } from 'node:timers/promises';
import { makeCertificate } from './certificate.js';
import { ms, quantile, withSlack } from './figures.js';
import { openRooms, startService, watchReactions } from './space.js';
import { besideSpace, type Stage } from './stage.js';
import type { Row } from './table.js';

const ROUND_TRIP_MS = 100;
/** The time between two events in a conference. */
const EVENT_MS = 60_000;
/** The interval of resyncs: about a fourth of the default, so that their cost shows in a short time. */
const SECONDS = 8;
/** Ten times the cost for ten times the conferences, and some tolerance. */
const LINEAR = 10.5;
/** The time between two leaves before the measurement begins. */
const WARM_UP_PAUSE_MS = 5;
const LATE_MS = 5000;
/** The last settling read comes about 15 s after the last callback. */
const SETTLED_MS = 16_000;

/** Measures reactions, processor time, requests and memory with many conferences, each with one event a minute. */
export async function measureScale(): Promise<Row[]> {
  const certificate = await makeCertificate();
  const measure = (conferences: number) => besideSpace(certificate, ROUND_TRIP_MS, (stage) => run(stage, conferences));
  const [ten, hundred] = await Promise.all([measure(10), measure(100)]);
  const thousand = await measure(1000);

  const flat = (what: string, of: (one: Measured) => number): Row => ({
    what: `10, 100, 1,000 live conferences: ${what}`,
    ours: [ten, hundred, thousand].map((one) => ms(of(one))).join(', '),
    ratio: (of(thousand) / of(hundred)).toFixed(2),
    wanted: `flat: ${ms(withSlack(of(hundred)))}`,
    isMet: of(thousand) <= withSlack(of(hundred)),
  });
  const linear = (what: string, of: (one: Measured) => number): Row => ({
    what,
    ours: [ten, hundred, thousand].map((one) => of(one).toFixed(1)).join(', '),
    ratio: (of(thousand) / of(hundred)).toFixed(1),
    wanted: `at most ${LINEAR}`,
    isMet: of(thousand) <= LINEAR * of(hundred),
  });
  return [
    flat(`resume p95, ${ROUND_TRIP_MS} ms a request`, ({ resumes }) => quantile(resumes, 0.95)),
    flat(`pause p95, ${ROUND_TRIP_MS} ms a request`, ({ pauses }) => quantile(pauses, 0.95)),
    linear(
      `10, 100, 1,000 live conferences, read every ${SECONDS} s: % of a processor`,
      ({ cpuShare }) => 100 * cpuShare,
    ),
    linear(`10, 100, 1,000 live conferences, read every ${SECONDS} s: requests a second`, ({ perSecond }) => perSecond),
    {
      what: '10, 100, 1,000 live conferences: resident memory',
      ours: [ten, hundred, thousand].map(({ rss }) => `${Math.round(rss / 1e6)} MB`).join(', '),
    },
    {
      what: 'heap for each live conference',
      ours: `${((thousand.heap - ten.heap) / (1000 - 10) / 1000).toFixed(1)} kB`,
    },
  ];
}

type Measured = Awaited<ReturnType<typeof run>>;

async function run({ simulator, url, trust }: Stage, conferences: number) {
  const service = await startService(simulator, url, { ...trust, SWEEP_INTERVAL_SECONDS: String(SECONDS) });
  const rooms = await openRooms(simulator, service, conferences);
  const isAlone = (index: number) => index % 2 === 1;
  for (const { leave } of rooms.filter((_room, index) => isAlone(index))) {
    leave();
    await delay(WARM_UP_PAUSE_MS);
  }
  // By then there were resyncs as well.
  await delay(SETTLED_MS);

  const before = await service.usage();
  const beganAt = performance.now();
  const reactions = watchReactions(simulator);
  let requests = 0;
  simulator.events.on('request', () => {
    requests += 1;
  });
  const busy = rooms.slice(0, Math.ceil((1000 * SECONDS * conferences) / EVENT_MS));
  for (const [index, room] of busy.entries()) {
    void (isAlone(index) ? room.comeBack() : room.leave());
    await delay(EVENT_MS / conferences);
  }
  const lastedMs = performance.now() - beganAt;
  const { cpuMs, rss } = await service.usage();
  const { pauses, resumes } = reactions;
  while (pauses.length + resumes.length < busy.length) {
    if (performance.now() - beganAt > lastedMs + LATE_MS) throw new Error('The service did not react to every event.');
    await delay(20);
  }
  const heap = await service.heap();
  await service.stop();
  return {
    pauses,
    resumes,
    cpuShare: (cpuMs - before.cpuMs) / lastedMs,
    perSecond: (1000 * requests) / lastedMs,
    rss,
    heap,
  };
}
