import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js';
import { makeCertificate } from './certificate.js';
import { type DelayLine, startDelayLine } from './delay-line.js';
import { median, ms, quantile } from './figures.js';
import type { MeasuredProcess } from './measured-process.js';
import { openRoom, type Reactions, type Room, startGuide, startService, watchReactions } from './space.js';
import type { Row } from './table.js';

const ROUND_TRIPS_MS = [20, 100, 300];
/** In each of them somebody leaves and comes back. */
const ROOMS = 50;
/** How many round trips lie between two who leave: with more at once a queue or the processor would be measured. */
const SPREAD = 1 / 3;
const LEAST_SPREAD_MS = 50;
/** The service looks once more two seconds after the last callback. */
const SETTLED_MS = 2500;
/** How often a connection is cut before somebody comes back. */
const COLD_STARTS = 10;
const BARE_REQUESTS = 20;

/** Ours may be so much slower than the round trips alone: in milliseconds, and as a share of them. */
const SLACK_MS = 5;
const SLACK_SHARE = 0.05;

/**
 * How long it takes from a callback's sending until the pause or resume arrives at SignalWire, over TLS: the service and
 * the guide's design at the same time on the same space, and the bare round trips.
 */
export async function measureReaction(): Promise<Row[]> {
  const certificate = await makeCertificate();
  const simulator = await startSimulator({ tls: certificate });
  const rows: Row[] = [];
  for (const roundTripMs of ROUND_TRIPS_MS) {
    const trust = { NODE_EXTRA_CA_CERTS: certificate.path };
    const [line, guideLine] = [
      await startDelayLine(portOf(simulator), roundTripMs),
      await startDelayLine(portOf(simulator), roundTripMs),
    ];
    const service = await startService(simulator, urlOf(line), trust);
    const guide = await startGuide(simulator, urlOf(guideLine), trust);
    const [warm, guides] = await Promise.all([
      play(simulator, service, line, roundTripMs, 'ours'),
      // In between, so that neither waits for the other's processor.
      delay(spreadOf(roundTripMs) / 2).then(() => play(simulator, guide, guideLine, roundTripMs, 'guide')),
    ]);
    await service.stop();
    await guide.stop();
    const limit = await bareRoundTrips(simulator, urlOf(line), certificate.cert);
    rows.push(
      row('resume', roundTripMs, warm.resumes, guides.resumes, limit.one),
      row('pause, which looks first', roundTripMs, warm.pauses, guides.pauses, limit.two),
      {
        what: `resume over a cold connection, ${roundTripMs} ms a request`,
        ours: ms(median(warm.cold)),
        guide: ms(median(guides.cold)),
        limit: ms(median(limit.one) + 2 * roundTripMs),
      },
      {
        what: `connections opened in ${2 * ROOMS} pauses and resumes, ${roundTripMs} ms a request`,
        ours: String(warm.opened),
        guide: String(guides.opened),
      },
    );
    line.close();
    guideLine.close();
  }
  await simulator.close();
  await certificate.remove();
  return rows;
}

function row(what: string, roundTripMs: number, ours: number[], guide: number[], limit: number[]): Row {
  const most = (share: number) => quantile(limit, share) * (1 + SLACK_SHARE) + SLACK_MS;
  const both = (values: number[]) => `${ms(median(values))}, ${ms(quantile(values, 0.95))}`;
  return {
    what: `${what}, ${roundTripMs} ms a request: median, p95`,
    ours: both(ours),
    guide: both(guide),
    limit: both(limit),
    ratio: (median(ours) / median(limit)).toFixed(2),
    wanted: `${ms(most(0.5))}, ${ms(most(0.95))}`,
    isMet: median(ours) <= most(0.5) && quantile(ours, 0.95) <= most(0.95),
  };
}

interface Played extends Reactions {
  /** Resumes over a connection that had to be opened first. */
  cold: number[];
  /** Connections opened while people came and went, once the rooms were there. */
  opened: number;
}

async function play(
  simulator: Simulator,
  service: MeasuredProcess,
  line: DelayLine,
  roundTripMs: number,
  name: string,
): Promise<Played> {
  const rooms: Room[] = [];
  const reactions = watchReactions(simulator, (sid) => rooms.some(({ conferenceSid }) => conferenceSid === sid));
  for (let room = 0; room < ROOMS; room += 1) {
    rooms.push(await openRoom(simulator, service, `${name}-${line.port}-${room}`));
  }
  // The guide's design opens a connection for each request: six round trips for a pause.
  const doneMs = 7 * roundTripMs;
  await delay(SETTLED_MS + doneMs);
  line.opened = 0;
  await oneByOne(rooms, roundTripMs, ({ leave }) => leave());
  await delay(doneMs);
  await oneByOne(rooms, roundTripMs, ({ comeBack }) => comeBack());
  await delay(doneMs);
  const { opened } = line;
  const resumes = reactions.resumes.splice(0);

  const few = rooms.slice(0, COLD_STARTS);
  for (const room of few) room.leave();
  await delay(SETTLED_MS + doneMs);
  for (const room of few) {
    line.cut();
    await delay(20);
    await room.comeBack();
    await delay(doneMs);
  }
  return { pauses: reactions.pauses.slice(0, ROOMS), resumes, cold: reactions.resumes, opened };
}

async function oneByOne(rooms: Room[], roundTripMs: number, act: (room: Room) => void | Promise<void>): Promise<void> {
  for (const room of rooms) {
    void act(room);
    await delay(spreadOf(roundTripMs));
  }
}

function spreadOf(roundTripMs: number): number {
  return Math.max(LEAST_SPREAD_MS, SPREAD * roundTripMs);
}

/** How long a request takes to arrive, over a warm connection, and how long one that is sent after another's answer. */
async function bareRoundTrips(simulator: Simulator, url: string, ca: string) {
  const dispatcher = new Agent({ connect: { ca } });
  const one: number[] = [];
  const two: number[] = [];
  let arrivedAt = 0;
  simulator.events.on('request', () => {
    arrivedAt = performance.now();
  });
  const ask = () => request(`${url}/2010-04-01/Accounts/x`, { dispatcher }).then(({ body }) => body.dump());
  // The first ones open the connection.
  for (let turn = 0; turn < 3; turn += 1) await ask();
  for (let turn = 0; turn < BARE_REQUESTS; turn += 1) {
    const askedAt = performance.now();
    await ask();
    one.push(arrivedAt - askedAt);
    await ask();
    two.push(arrivedAt - askedAt);
  }
  await dispatcher.close();
  return { one, two };
}

function portOf({ url }: Simulator): number {
  return Number(new URL(url).port);
}

function urlOf({ port }: DelayLine): string {
  return `https://localhost:${port}`;
}
