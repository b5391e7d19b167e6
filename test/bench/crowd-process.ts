import { createServer } from 'node:https';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { listen } from '../../src/http/server.js';
import { conferenceResponse } from '../../src/signalwire/laml.js';
import type { Call } from '../../src/simulator/model/resources.js';
import { readLaml } from '../../src/simulator/read-laml.js';
import { startSimulator } from '../../src/simulator/simulator.js';
import { type Order, order, type Played } from './crowd-orders.js';
import { createQuickApi } from './quick-api.js';
import { watchReactions } from './space.js';

// A space with many conferences, in a process of its own, which follows the bench's orders.

/** How often events that are due are let happen (ms). */
const TICK_MS = 5;
/** How long the last reactions may take (ms). */
const LATE_MS = 5000;
/** `monitorEventLoopDelay` counts its own wait as delay. */
const RESOLUTION_MS = 5;

/** A conference in which one person stays, and another leaves and comes back. */
interface Room {
  webhook: string;
  /** Undefined while the other person is out. */
  second: Call | undefined;
}

const [key = '', cert = '', latency = ''] = process.argv.slice(2);
const simulator = await startSimulator();
/** Calls and callbacks that the service did not answer in time. */
let unanswered = 0;
simulator.events.on('problem', () => {
  unanswered += 1;
});
const server = createServer({ key, cert }, createQuickApi(simulator, Number(latency)));
server.keepAliveTimeout = 65_000;
const rooms: Room[] = [];
let acted = 0;

/** Everybody is in their conference before the service starts, as after a restart; in every other one somebody is alone. */
function fill(publicUrl: string, conferences: number): void {
  const { model, phoneNumber, onCallback } = simulator;
  simulator.onCallback = () => {};
  for (let index = 0; index < conferences; index += 1) {
    const name = `recorded-${index}`;
    const xml = conferenceResponse(name, publicUrl, { announcement: undefined, countHeld: true });
    const { conference } = readLaml('text/xml', xml);
    const [, second] = ['first', 'second'].map(() => {
      const call = model.addCall('+15550200000', phoneNumber, 'inbound');
      model.setCallStatus(call, 'in-progress');
      model.join(call, conference);
      return call;
    });
    if (second && index % 2 === 1) model.endCall(second);
    rooms.push({ webhook: `${publicUrl}/inbound?room=${index}`, second: index % 2 === 1 ? undefined : second });
  }
  simulator.onCallback = onCallback;
}

async function act(room: Room): Promise<void> {
  if (room.second) {
    simulator.hangUp(room.second);
    room.second = undefined;
  } else room.second = await simulator.call({ url: room.webhook });
}

async function play({ periodMs, ms }: Extract<Order, { type: 'play' }>): Promise<Played> {
  const { pauses, resumes } = watchReactions(simulator);
  let requests = 0;
  const count = () => {
    requests += 1;
  };
  simulator.events.on('request', count);
  const timers = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  timers.enable();
  const cpu = process.cpuUsage();
  const loop = performance.eventLoopUtilization();
  const beganAt = performance.now();
  const before = acted;
  unanswered = 0;
  while (performance.now() - beganAt < ms) {
    const due = before + ((performance.now() - beganAt) / periodMs) * rooms.length;
    for (; acted < due; acted += 1) {
      const room = rooms[acted % rooms.length];
      if (room) void act(room);
    }
    await delay(TICK_MS);
  }
  const lastedMs = performance.now() - beganAt;
  const { user, system } = process.cpuUsage(cpu);
  const busy = performance.eventLoopUtilization(loop).utilization;
  timers.disable();
  simulator.events.off('request', count);
  const missing = () => acted - before - pauses.length - resumes.length;
  for (const until = performance.now() + LATE_MS; missing() > 0 && performance.now() < until; ) await delay(20);
  return {
    pauses: [...pauses],
    resumes: [...resumes],
    missing: missing(),
    unanswered,
    requests,
    lastedMs,
    cpuMs: (user + system) / 1000,
    busy,
    lateMs: timers.percentile(95) / 1e6 - RESOLUTION_MS,
  };
}

process.on('message', async (message) => {
  const wanted = order.parse(message);
  if (wanted.type === 'play') process.send?.(await play(wanted));
  else {
    fill(wanted.publicUrl, wanted.conferences);
    process.send?.('filled');
  }
});
process.on('disconnect', () => process.exit());
const { projectId, apiToken, signingKey } = simulator;
const url = `https://localhost:${await listen(server, 0, '127.0.0.1')}`;
process.send?.({ url, projectId, apiToken, signingKey });
