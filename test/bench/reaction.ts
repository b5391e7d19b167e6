import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Simulator } from '../../src/simulator/simulator.js';
import { unmeasured } from './attempt.js';
import { makeCertificate } from './certificate.js';
import { median, ms, quantile, withSlack } from './figures.js';
import { stopAll } from './measured-process.js';
import { openRooms, type Reactions, type Room, startGuide, startService, watchReactions } from './space.js';
import { besideSpace, type Stage } from './stage.js';
import type { Row } from './table.js';

const ROUND_TRIPS_MS = [20, 100, 300];
/** The rooms in which somebody leaves and comes back. */
const ROOMS = 50;
/** The additional rooms in which the connections are cut before somebody comes back. */
const COLD_ROOMS = 3;
/** The rooms for which the same requests are sent without the service. */
const BARE_ROOMS = 25;
/** The time between two events. It is random, so that the events don't coincide with the service's own waits. */
interface Pace {
  minMs: number;
  maxMs: number;
}
const PACE: Pace = { minMs: 40, maxMs: 80 };
const WARM_UP_PACE: Pace = { minMs: 10, maxMs: 30 };
/** The last settling read comes about 15 s after the last callback. */
const SETTLED_MS = 16_000;
/** How long the bench waits for the last reactions. */
const LATE_MS = 10_000;

/**
 * Measures the time from the sending of a callback to the arrival of the pause or resume at SignalWire, over TLS: for the service,
 * the guide's design, and the bare round trips.
 */
export async function measureReaction(): Promise<Row[]> {
  const certificate = await makeCertificate();
  const ours: PromiseSettledResult<PlayedByService>[] = [];
  // The service is measured once at a time, because milliseconds matter. For the guide's design they don't.
  for (const roundTripMs of ROUND_TRIPS_MS) {
    ours.push(...(await Promise.allSettled([besideSpace(certificate, roundTripMs, playService)])));
    // A run that failed may have left processes behind.
    await stopAll();
  }
  const guides = await Promise.allSettled(
    ROUND_TRIPS_MS.map((roundTripMs) => besideSpace(certificate, roundTripMs, playGuide)),
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
      // It opens a connection each time.
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
  /** How many connections were opened after the rooms had been opened. */
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
  /** The resumes for which a connection had to be opened. */
  cold: number[];
  limit: Reactions;
}

async function playService(stage: Stage): Promise<PlayedByService> {
  const { line, roundTripMs } = stage;
  const service = await startService(stage.simulator, stage.url, stage.trust);
  const rooms = await openRooms(stage.simulator, service, ROOMS + COLD_ROOMS);
  // Warms up the process.
  await oneByOne(rooms, ({ leave }) => leave(), WARM_UP_PACE);
  await oneByOne(rooms, ({ comeBack }) => comeBack(), WARM_UP_PACE);
  const played = await crossings(stage, rooms.slice(COLD_ROOMS));

  const reactions = watchReactions(stage.simulator);
  const cold = rooms.slice(0, COLD_ROOMS);
  for (const { leave } of cold) leave();
  for (const { comeBack } of cold) {
    await delay(4 * roundTripMs);
    line.cut();
    // Both sides have to notice.
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

/** Lets somebody leave each room, and then come back. */
async function crossings({ simulator, line, roundTripMs }: Stage, rooms: Room[]): Promise<Played> {
  await delay(SETTLED_MS + roundTripMs);
  const { pauses, resumes } = watchReactions(simulator);
  line.opened = 0;
  await oneByOne(rooms, ({ leave }) => leave(), PACE);
  await untilAllArrived(pauses, rooms.length);
  await oneByOne(rooms, ({ comeBack }) => comeBack(), PACE);
  await untilAllArrived(resumes, rooms.length);
  return { pauses: [...pauses], resumes: [...resumes], opened: line.opened };
}

/** Waits for the last reactions. @throws Error if some never arrive */
async function untilAllArrived(reactions: number[], count: number): Promise<void> {
  const beganAt = performance.now();
  while (reactions.length < count) {
    if (performance.now() - beganAt > LATE_MS)
      throw new Error(`Only ${reactions.length} of ${count} reactions arrived.`);
    await delay(20);
  }
}

/** Measures the same requests without a service: a write alone, and a write after two reads. */
async function bareRoundTrips({ simulator, url, certificate }: Stage, rooms: Room[]): Promise<Reactions> {
  const dispatcher = new Agent({ connect: { ca: certificate.cert } });
  const { projectId, apiToken } = simulator;
  const headers = {
    authorization: `Basic ${Buffer.from(`${projectId}:${apiToken}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  const send = async (path: string, body?: string) => {
    const target = `${url}/api/laml/2010-04-01/Accounts/${projectId}/Conferences/${path}`;
    const method = body === undefined ? 'GET' : 'POST';
    const answer = await request(target, { dispatcher, method, headers, body: body ?? null });
    if (answer.statusCode !== 200) throw new Error(`${path} was answered ${answer.statusCode}.`);
    await answer.body.json();
  };
  const read = ({ conferenceSid, recordingSid }: Room) =>
    Promise.all([send(`${conferenceSid}/Participants.json`), send(`${conferenceSid}/Recordings/${recordingSid}.json`)]);
  const write = ({ conferenceSid, recordingSid }: Room) =>
    send(`${conferenceSid}/Recordings/${recordingSid}.json`, 'Status=in-progress');

  // Opens the connections.
  await Promise.all(rooms.map(read));
  const resumes = await timesToWrite(simulator, rooms, write);
  const pauses = await timesToWrite(simulator, rooms, (room) => read(room).then(() => write(room)));
  await dispatcher.close();
  return { resumes, pauses };
}

/** Writes to each room. @returns the times from the beginning of `act` to the arrival of the write */
async function timesToWrite(
  simulator: Simulator,
  rooms: Room[],
  act: (room: Room) => Promise<void>,
): Promise<number[]> {
  const times: number[] = [];
  const begun = new Map<string, number>();
  const onRequest = ({ method, path }: { method: string; path: string }) => {
    const [, sid = ''] = /Conferences\/([^/]+)/.exec(path) ?? [];
    if (method === 'POST') times.push(performance.now() - (begun.get(sid) ?? Number.NaN));
  };
  simulator.events.on('request', onRequest);
  const acts: Promise<void>[] = [];
  await oneByOne(
    rooms,
    (room) => {
      begun.set(room.conferenceSid, performance.now());
      acts.push(act(room));
    },
    WARM_UP_PACE,
  );
  await Promise.all(acts);
  simulator.events.off('request', onRequest);
  return times;
}

async function oneByOne(rooms: Room[], act: (room: Room) => void | Promise<void>, pace: Pace): Promise<void> {
  for (const room of rooms) {
    void act(room);
    await delay(pace.minMs + Math.random() * (pace.maxMs - pace.minMs));
  }
}
