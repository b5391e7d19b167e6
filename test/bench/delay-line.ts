import { connect, createServer, type Socket } from 'node:net';
import { listen } from '../../src/http/server.js';

/** A proxy to a local port that adds latency, like the connection to a distant server. */
export interface DelayLine {
  port: number;
  /** How many connections were opened through it. */
  opened: number;
  /** Breaks every connection, as a distant server does after a long idle time. */
  cut(): void;
  close(): void;
}

/**
 * @param roundTripMs every byte takes half of it in each direction. The first byte of a connection takes one round trip more, for
 *   TCP's handshake.
 */
export async function startDelayLine(port: number, roundTripMs: number): Promise<DelayLine> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    line.opened += 1;
    const far = connect(port, '127.0.0.1');
    pass(near, far, roundTripMs / 2, roundTripMs);
    pass(far, near, roundTripMs / 2, 0);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
  });
  const line: DelayLine = {
    port: await listen(server, 0, '127.0.0.1'),
    opened: 0,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    close() {
      server.close();
      line.cut();
    },
  };
  return line;
}

/** Passes the bytes and the end of one socket to another, in order, after a delay. */
function pass(from: Socket, to: Socket, ms: number, firstMs: number): void {
  const notBefore = performance.now() + firstMs + ms;
  const later = (act: () => void) => setTimeout(act, Math.max(performance.now() + ms, notBefore) - performance.now());
  from.on('data', (bytes) => later(() => to.writable && to.write(bytes)));
  from.on('end', () => later(() => to.end()));
  from.on('close', () => later(() => to.destroySoon()));
}
