import { setTimeout as delay } from 'node:timers/promises';
import type { Call } from '../../src/simulator/model/resources.js';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.js';
import { callSidsIn } from '../support/space-state.js';
import { type MeasuredProcess, startMeasured } from './measured-process.js';

/** Opens a simulated space, in which any problem is an error: otherwise figures might be wrong unnoticed. */
export async function openSpace(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator(options);
  simulator.events.on('problem', (sentence) => {
    throw new Error(sentence);
  });
  return simulator;
}

/** Starts the service as it is deployed. */
export function startService(simulator: Simulator, spaceUrl = simulator.url, env: Record<string, string> = {}) {
  return startMeasured('dist/main.js', {
    SIGNALWIRE_SPACE_URL: spaceUrl,
    SIGNALWIRE_PROJECT_ID: simulator.projectId,
    SIGNALWIRE_API_TOKEN: simulator.apiToken,
    SIGNALWIRE_SIGNING_KEY: simulator.signingKey,
    ...env,
  });
}

/** Starts the guide's design. */
export function startGuide(simulator: Simulator, spaceUrl = simulator.url, env: Record<string, string> = {}) {
  const { projectId: PROJECT, apiToken: TOKEN } = simulator;
  return startMeasured('test/bench/guide-process.ts', { SPACE: spaceUrl, PROJECT, TOKEN, ...env });
}

const AT_ONCE = 10;

/** A room with two people in it, one of whom leaves and comes back. */
export interface Room {
  conferenceSid: string;
  recordingSid: string;
  leave(): void;
  comeBack(): Promise<void>;
}

/** Lets two people call a room. */
export async function openRoom(simulator: Simulator, { url }: MeasuredProcess, name: string): Promise<Room> {
  const webhook = `${url}/inbound?room=${name}`;
  await simulator.call({ url: webhook });
  let second: Call = await simulator.call({ url: webhook });
  const conference = simulator.conferences().find((one) => callSidsIn(one).includes(second.sid));
  const recording = conference?.recordings[0];
  if (!recording) throw new Error(`Nobody got into ${name}.`);
  return {
    conferenceSid: conference.sid,
    recordingSid: recording.sid,
    leave: () => simulator.hangUp(second),
    async comeBack() {
      second = await simulator.call({ url: webhook });
    },
  };
}

/** Opens that many rooms, several at a time. */
export async function openRooms(simulator: Simulator, server: MeasuredProcess, count: number): Promise<Room[]> {
  const rooms: Room[] = [];
  while (rooms.length < count) {
    const names = Array.from({ length: Math.min(AT_ONCE, count - rooms.length) }, (_, one) => rooms.length + one);
    rooms.push(...(await Promise.all(names.map((name) => openRoom(simulator, server, `room-${name}`)))));
  }
  return rooms;
}

/** The times from the sending of the last callback about a conference to the arrival of the pause or resume. */
export interface Reactions {
  pauses: number[];
  resumes: number[];
}

const REACTIONS = new Map<string | undefined, keyof Reactions>([
  ['participant-leave', 'pauses'],
  ['participant-join', 'resumes'],
]);

/** Collects every reaction in a space from now on. */
export function watchReactions(simulator: Simulator): Reactions {
  const reactions: Reactions = { pauses: [], resumes: [] };
  const callbacks = new Map<string, { kind: keyof Reactions; at: number }>();
  const send = simulator.onCallback;
  simulator.onCallback = (callback, deliver) => {
    const { ConferenceSid = '', StatusCallbackEvent } = callback.parameters;
    const kind = REACTIONS.get(StatusCallbackEvent);
    if (kind) callbacks.set(ConferenceSid, { kind, at: performance.now() });
    send(callback, deliver);
  };
  simulator.events.on('request', ({ method, path }) => {
    const [, conferenceSid = ''] = /Conferences\/([^/]+)\/Recordings\//.exec(path) ?? [];
    const callback = callbacks.get(conferenceSid);
    if (method !== 'POST' || !callback) return;
    reactions[callback.kind].push(performance.now() - callback.at);
    callbacks.delete(conferenceSid);
  });
  return reactions;
}

/** Waits until the space has received no request for that many milliseconds. */
export async function untilQuiet(simulator: Simulator, ms: number): Promise<void> {
  let last = performance.now();
  const onRequest = () => {
    last = performance.now();
  };
  simulator.events.on('request', onRequest);
  while (performance.now() - last < ms) await delay(20);
  simulator.events.off('request', onRequest);
}
