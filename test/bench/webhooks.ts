import type { Webhook } from '../../src/simulator/model/callbacks.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { sign } from '../support/sign.js';
import type { MeasuredProcess } from './measured-process.js';
import { openRooms } from './space.js';

/** A webhook, encoded and signed. */
export interface SignedRequest {
  method: 'POST';
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** Lets two people call each of that many rooms. @returns the callback of the last join in each room */
export async function lastJoins(simulator: Simulator, server: MeasuredProcess, rooms: number): Promise<Webhook[]> {
  const joins = new Map<string, Webhook>();
  const send = simulator.onCallback;
  simulator.onCallback = (callback, deliver) => {
    const { StatusCallbackEvent, ConferenceSid = '' } = callback.parameters;
    if (StatusCallbackEvent === 'participant-join') joins.set(ConferenceSid, callback);
    send(callback, deliver);
  };
  await openRooms(simulator, server, rooms);
  simulator.onCallback = send;
  return [...joins.values()];
}

export function signed({ url, parameters }: Webhook, signingKey: string): SignedRequest {
  const { pathname, search } = new URL(url);
  return {
    method: 'POST',
    path: `${pathname}${search}`,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-signalwire-signature': sign(signingKey, url, parameters),
    },
    body: new URLSearchParams(parameters).toString(),
  };
}
