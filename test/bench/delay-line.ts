import { connect, createServer, type Socket } from 'node:net';
import { listen } from '../../src/http/server.js';

/** A way to a local port that takes time, as one to a far server does. */
export interface DelayLine {
  port: number;
  /** Connections that were opened over it. */
  opened: number;
  /** Breaks every connection, as a far server does with those that were idle for long. */
  cut(): void;
  close(): void;
}

/**
 * @param roundTripMs half of it passes on each way, for every byte; a new connection takes one more, as TCP's handshake
 *   does before the first byte
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

/** Hands on what one socket reads to another, and its end, later and in order. */
function pass(from: Socket, to: Socket, ms: number, firstMs: number): void {
  const notBefore = performance.now() + firstMs + ms;
  const later = (act: () => void) => setTimeout(act, Math.max(performance.now() + ms, notBefore) - performance.now());
  from.on('data', (bytes) => later(() => to.writable && to.write(bytes)));
  from.on('end', () => later(() => to.end()));
  from.on('close', () => later(() => to.destroySoon()));
}
