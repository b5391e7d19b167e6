import { setTimeout as delay } from 'node:timers/promises';
import { makeCertificate } from './certificate.js';
import { ms, quantile, withSlack } from './figures.js';
import { openRooms, startService, watchReactions } from './space.js';
import { beside, type Stage } from './stage.js';
import type { Row } from './table.js';

const ROUND_TRIP_MS = 100;
/** In each conference something happens so often. */
const EVENT_MS = 60_000;
/** The interval of resyncs: a fourth of the default, so that what they cost shows in so short a time. */
const SECONDS = 8;
/** Ten times as much for ten times as many, and some chance. */
const LINEAR = 10.5;
/** Between two who leave before the measurement begins. */
const HASTE_MS = 5;
const LATE_MS = 5000;
/** The service reads once more some 15 s after the last callback. */
const SETTLED_MS = 16_000;

/** What the service takes while many conferences go on, in each of which somebody leaves or comes back once a minute. */
export async function measureScale(): Promise<Row[]> {
  const certificate = await makeCertificate();
  const measure = (conferences: number) => beside(certificate, ROUND_TRIP_MS, (stage) => live(stage, conferences));
  const [ten, hundred] = await Promise.all([measure(10), measure(100)]);
  const thousand = await measure(1000);

  const flat = (what: string, of: (one: Lived) => number): Row => ({
    what: `10, 100, 1,000 live conferences: ${what}`,
    ours: [ten, hundred, thousand].map((one) => ms(of(one))).join(', '),
    ratio: (of(thousand) / of(hundred)).toFixed(2),
    wanted: `flat: ${ms(withSlack(of(hundred)))}`,
    isMet: of(thousand) <= withSlack(of(hundred)),
  });
  const linear = (what: string, of: (one: Lived) => number): Row => ({
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

type Lived = Awaited<ReturnType<typeof live>>;

async function live({ simulator, url, trust }: Stage, conferences: number) {
  const service = await startService(simulator, url, { ...trust, SWEEP_INTERVAL_SECONDS: String(SECONDS) });
  const rooms = await openRooms(simulator, service, conferences);
  const isAlone = (index: number) => index % 2 === 1;
  for (const { leave } of rooms.filter((_room, index) => isAlone(index))) {
    leave();
    await delay(HASTE_MS);
  }
  // By then there have been resyncs as well.
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
    if (performance.now() - beganAt > lastedMs + LATE_MS) throw new Error('Not everybody was reacted to.');
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
