import { AsyncLocalStorage } from 'node:async_hooks';
import type { Link, LinkListener, OpenLink } from '../../src/copies/link.js';
import type { Streams } from './streams.js';

/** What goes wrong with Redis. */
export interface RedisFaults {
  /** Nobody reaches it. */
  isDown: boolean;
  /** The copy that doesn't reach it, by its number; undefined if there is none. */
  cutOff: number | undefined;
  /** How long a text takes in addition (ms). */
  slowMs: number;
  /** The probability that a text is lost on the way to one copy. */
  lost: number;
}

export const NO_REDIS_FAULTS: RedisFaults = { isDown: false, cutOff: undefined, slowMs: 0, lost: 0 };

/** Redis, as far as it carries texts between copies of the service. */
export interface MemoryRedis {
  /** Opens a link for a copy. @param isAlive whether the process that opens it still runs */
  linkFor(copy: number, isAlive: () => boolean): OpenLink;
  setFaults(faults: RedisFaults): void;
}

/** How long it takes until a link is up again (ms). */
const RECONNECT_MS = 250;

/** How long a text takes (ms). */
const DELAY_MS: [number, number] = [1, 3];

interface Connection extends LinkListener {
  copy: number;
  isUp: boolean;
  isClosed: boolean;
  isAlive: () => boolean;
  /** Runs code as part of the process that opened the link. */
  run: (code: () => void) => void;
  /** When the last text arrives: a connection keeps their order. */
  busyUntil: number;
}

export function createMemoryRedis(stream: Streams): MemoryRedis {
  const connections = new Set<Connection>();
  let faults = NO_REDIS_FAULTS;

  const isReachable = ({ copy }: Connection) => !faults.isDown && faults.cutOff !== copy;

  function deliver(connection: Connection, text: string): void {
    if (stream('redis lost').happens(faults.lost)) return;
    const delayMs = stream('redis').integer(...DELAY_MS) + faults.slowMs;
    connection.busyUntil = Math.max(connection.busyUntil, performance.now() + delayMs);
    const waitMs = connection.busyUntil - performance.now();
    connection.run(() => {
      setTimeout(() => {
        const { isUp, isClosed, isAlive } = connection;
        if (isUp && !isClosed && isAlive()) connection.onText(text);
      }, waitMs);
    });
  }

  /** Connections notice at once that Redis is gone, and try again until it is back. */
  function update(connection: Connection): void {
    if (connection.isClosed || connection.isUp === isReachable(connection)) return;
    if (connection.isUp) {
      connection.isUp = false;
      connection.run(() => setTimeout(() => connection.isAlive() && connection.onDown('Redis is down.')));
      return;
    }
    connection.run(() => {
      setTimeout(() => {
        if (connection.isUp || connection.isClosed || !isReachable(connection)) return;
        connection.isUp = true;
        if (connection.isAlive()) connection.onUp();
      }, RECONNECT_MS);
    });
  }

  return {
    linkFor: (copy, isAlive) => (listener) => {
      const run = AsyncLocalStorage.snapshot();
      const state = { isUp: false, isClosed: false, busyUntil: 0 };
      const connection: Connection = { ...listener, ...state, copy, isAlive, run };
      connections.add(connection);
      const link: Link = {
        publish(text) {
          if (!connection.isUp || connection.isClosed || !isAlive() || !isReachable(connection)) return;
          for (const one of connections) if (one.isUp && isReachable(one)) deliver(one, text);
        },
        async close() {
          connection.isClosed = true;
          connections.delete(connection);
        },
      };
      setTimeout(() => {
        if (connection.isClosed) return;
        connection.isUp = isReachable(connection);
        if (connection.isUp) connection.onUp();
        else connection.onDown('Redis is down.');
      }, DELAY_MS[0]);
      return link;
    },
    setFaults(next) {
      faults = next;
      for (const connection of connections) update(connection);
    },
  };
}
