import { Agent, createServer, request } from 'node:http';
import { listen } from '../../src/server.js';

/** A round-robin balancer on loopback: each request goes to the next of the copies. */
export interface Balancer {
  url: string;
  /** The ports of the copies; may be changed at any time. */
  ports: number[];
  close(): void;
}

export async function startBalancer(): Promise<Balancer> {
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  const server = createServer((incoming, response) => {
    turn += 1;
    const { method, url: path, headers } = incoming;
    const port = balancer.ports[turn % balancer.ports.length];
    if (port === undefined) return response.writeHead(502).end();
    const outgoing = request({ agent, host: '127.0.0.1', port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.writeHead(502).end());
    incoming.pipe(outgoing);
  });
  const balancer: Balancer = {
    url: `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`,
    ports: [],
    close() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
  return balancer;
}
