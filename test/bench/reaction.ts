import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Simulator } from '../../src/simulator/simulator.js';
import { unmeasured } from './attempt.js';
import { makeCertificate } from './certificate.js';
import { median, ms, quantile, withSlack } from './figures.js';
import { stopAll } from './measured-process.js';
import { openRooms, type Reactions, type Room, startGuide, startService, watchReactions } from './space.js';
import { beside, type Stage } from './stage.js';
import type { Row } from './table.js';

const ROUND_TRIPS_MS = [20, 100, 300];
/** In each of them somebody leaves and comes back. */
const ROOMS = 50;
/** In so many more the connections are cut before somebody comes back. */
const COLD_ROOMS = 3;
/** In so many the requests are made without the service. */
const BARE_ROOMS = 25;
/** How far apart those are who leave, or come back: at random, so that nothing keeps in step with the waits inside. */
interface Apart {
  minMs: number;
  maxMs: number;
}
const APART: Apart = { minMs: 40, maxMs: 80 };
const HASTE: Apart = { minMs: 10, maxMs: 30 };
/** The service reads once more some 15 s after the last callback. */
const SETTLED_MS = 16_000;
/** Whatever hasn't come by then never comes. */
const LATE_MS = 10_000;

/**
 * How long it takes from a callback's sending until the pause or resume arrives at SignalWire, over TLS: the service, the
 * guide's design, and the bare round trips.
 */
export async function measureReaction(): Promise<Row[]> {
  const certificate = await makeCertificate();
  const ours: PromiseSettledResult<PlayedByService>[] = [];
  // One after the other: to each the milliseconds count. To the guide's design they don't.
  for (const roundTripMs of ROUND_TRIPS_MS) {
    ours.push(...(await Promise.allSettled([beside(certificate, roundTripMs, playService)])));
    // What one that failed has left behind.
    await stopAll();
  }
  const guides = await Promise.allSettled(
    ROUND_TRIPS_MS.map((roundTripMs) => beside(certificate, roundTripMs, playGuide)),
  );
  return ROUND_TRIPS_MS.flatMap((roundTripMs, index) => {
    const [our, guide] = [ours[index], guides[index]];
    if (our?.status === 'fulfilled' && guide?.status === 'fulfilled') return rowsOf(our.value, guide.value);
    const failed = [our, guide].find((one) => one?.status === 'rejected');
    return [unmeasured(`resume and pause, ${roundTripMs} ms a request`, failed?.reason)];
  });
}

function rowsOf(ours: PlayedByService, guide: Played): Row[] {
  const { roundTripMs, limit } = ours;
  return [
    row(`resume, ${roundTripMs} ms a request: median, p95`, ours.resumes, guide.resumes, limit.resumes),
    row(`pause, ${roundTripMs} ms a request: median, p95`, ours.pauses, guide.pauses, limit.pauses),
    {
      what: `resume over a cold connection, ${roundTripMs} ms a request: median of ${COLD_ROOMS}`,
      ours: ms(median(ours.cold)),
      // It opens one each time.
      guide: ms(median(guide.resumes)),
      // TCP and TLS take a round trip each.
      limit: ms(median(limit.resumes) + 2 * roundTripMs),
    },
    {
      what: `connections opened in ${2 * ROOMS} crossings, ${roundTripMs} ms a request`,
      ours: String(ours.opened),
      guide: String(guide.opened),
    },
  ];
}

function row(what: string, ours: number[], guide: number[], limit: number[]): Row {
  const max = (share: number) => withSlack(quantile(limit, share));
  const both = (values: number[]) => `${ms(median(values))}, ${ms(quantile(values, 0.95))}`;
  return {
    what,
    ours: both(ours),
    guide: both(guide),
    limit: both(limit),
    ratio: (median(ours) / median(limit)).toFixed(2),
    wanted: `${ms(max(0.5))}, ${ms(max(0.95))}`,
    isMet: median(ours) <= max(0.5) && quantile(ours, 0.95) <= max(0.95),
  };
}

interface Played extends Reactions {
  /** Connections opened while people came and went, once the rooms were there. */
  opened: number;
}

async function playGuide(stage: Stage): Promise<Played> {
  const guide = await startGuide(stage.simulator, stage.url, stage.trust);
  const rooms = await openRooms(stage.simulator, guide, ROOMS);
  const played = await crossings(stage, rooms);
  await guide.stop();
  return played;
}

interface PlayedByService extends Played {
  roundTripMs: number;
  /** Resumes over a connection that had to be opened first. */
  cold: number[];
  limit: Reactions;
}

async function playService(stage: Stage): Promise<PlayedByService> {
  const { line, roundTripMs } = stage;
  const service = await startService(stage.simulator, stage.url, stage.trust);
  const rooms = await openRooms(stage.simulator, service, ROOMS + COLD_ROOMS);
  // A round in which the process warms up.
  await oneByOne(rooms, ({ leave }) => leave(), HASTE);
  await oneByOne(rooms, ({ comeBack }) => comeBack(), HASTE);
  const played = await crossings(stage, rooms.slice(COLD_ROOMS));

  const reactions = watchReactions(stage.simulator);
  const cold = rooms.slice(0, COLD_ROOMS);
  for (const { leave } of cold) leave();
  for (const { comeBack } of cold) {
    await delay(4 * roundTripMs);
    line.cut();
    // Either side has to notice.
    await delay(20);
    await comeBack();
  }
  await delay(4 * roundTripMs);
  await service.stop();
  return {
    roundTripMs,
    ...played,
    cold: reactions.resumes,
    limit: await bareRoundTrips(stage, rooms.slice(0, BARE_ROOMS)),
  };
}

/** Has somebody leave each room, and then come back. */
async function crossings({ simulator, line, roundTripMs }: Stage, rooms: Room[]): Promise<Played> {
  await delay(SETTLED_MS + roundTripMs);
  const { pauses, resumes } = watchReactions(simulator);
  line.opened = 0;
  await oneByOne(rooms, ({ leave }) => leave(), APART);
  await toBeAsMany(pauses, rooms.length);
  await oneByOne(rooms, ({ comeBack }) => comeBack(), APART);
  await toBeAsMany(resumes, rooms.length);
  return { pauses: [...pauses], resumes: [...resumes], opened: line.opened };
}

/** Waits for the last reactions. @throws Error when some never come */
async function toBeAsMany(reactions: number[], count: number): Promise<void> {
  const beganAt = performance.now();
  while (reactions.length < count) {
    if (performance.now() - beganAt > LATE_MS) throw new Error(`Of ${count} reactions ${reactions.length} came.`);
    await delay(20);
  }
}

/** How long the same requests take without anybody who decides: a write alone, and one that waits for two reads. */
async function bareRoundTrips({ simulator, url, certificate }: Stage, rooms: Room[]): Promise<Reactions> {
  const dispatcher = new Agent({ connect: { ca: certificate.cert } });
  const { projectId, apiToken } = simulator;
  const headers = {
    authorization: `Basic ${Buffer.from(`${projectId}:${apiToken}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  const ask = async (path: string, body?: string) => {
    const asked = `${url}/api/laml/2010-04-01/Accounts/${projectId}/Conferences/${path}`;
    const method = body === undefined ? 'GET' : 'POST';
    const answer = await request(asked, { dispatcher, method, headers, body: body ?? null });
    if (answer.statusCode !== 200) throw new Error(`${path} was answered ${answer.statusCode}.`);
    await answer.body.json();
  };
  const read = ({ conferenceSid, recordingSid }: Room) =>
    Promise.all([ask(`${conferenceSid}/Participants.json`), ask(`${conferenceSid}/Recordings/${recordingSid}.json`)]);
  const write = ({ conferenceSid, recordingSid }: Room) =>
    ask(`${conferenceSid}/Recordings/${recordingSid}.json`, 'Status=in-progress');

  // Opens the connections.
  await Promise.all(rooms.map(read));
  const resumes = await timesToWrite(simulator, rooms, write);
  const pauses = await timesToWrite(simulator, rooms, (room) => read(room).then(() => write(room)));
  await dispatcher.close();
  return { resumes, pauses };
}

/** Has each room written to, and returns how long it took from the beginning until each write arrived. */
async function timesToWrite(
  simulator: Simulator,
  rooms: Room[],
  act: (room: Room) => Promise<void>,
): Promise<number[]> {
  const times: number[] = [];
  const begun = new Map<string, number>();
  const note = ({ method, path }: { method: string; path: string }) => {
    const [, sid = ''] = /Conferences\/([^/]+)/.exec(path) ?? [];
    if (method === 'POST') times.push(performance.now() - (begun.get(sid) ?? Number.NaN));
  };
  simulator.events.on('request', note);
  const acts: Promise<void>[] = [];
  await oneByOne(
    rooms,
    (room) => {
      begun.set(room.conferenceSid, performance.now());
      acts.push(act(room));
    },
    HASTE,
  );
  await Promise.all(acts);
  simulator.events.off('request', note);
  return times;
}

async function oneByOne(rooms: Room[], act: (room: Room) => void | Promise<void>, apart: Apart): Promise<void> {
  for (const room of rooms) {
    void act(room);
    await delay(apart.minMs + Math.random() * (apart.maxMs - apart.minMs));
  }
}
