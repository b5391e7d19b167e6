import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished } from 'vitest';
import { listen } from '../../src/http/server.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

// Debian's nginx is where only root looks for programs.
const env = { PATH: `${process.env.PATH}:/usr/sbin` };
const hasNginx = spawnSync('nginx', ['-v'], { env }).status === 0;
if (!hasNginx) console.warn("nginx isn't installed, so a balancer of a few lines stands in for it.");

/** As in docs/deploying.md: a copy that doesn't answer for so long is passed over. */
const READ_TIMEOUT_MS = 2000;

/** Starts nginx, which leads requests to these ports of loopback in turn. @returns its URL */
export async function startBalancer(ports: number[]): Promise<string> {
  return hasNginx ? startNginx(ports) : startProxy(ports);
}

async function startNginx(ports: number[]): Promise<string> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'nginx-'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`);
  const configuration = `
    daemon off; master_process off; pid nginx.pid; error_log stderr crit;
    events {}
    http {
      access_log off; ${temporary.join(' ')}
      upstream recorder { ${ports.map((one) => `server 127.0.0.1:${one} max_fails=0;`).join(' ')} keepalive 16; }
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass http://recorder; proxy_http_version 1.1; proxy_set_header Connection "";
          proxy_set_header Host $http_host;
          proxy_connect_timeout 1s; proxy_read_timeout ${READ_TIMEOUT_MS}ms;
          proxy_next_upstream error timeout non_idempotent;
        }
      }
    }`;
  await writeFile(join(folder, 'nginx.conf'), configuration);
  const child: ChildProcess = spawn('nginx', ['-p', folder, '-c', 'nginx.conf'], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exit = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
    await rm(folder, { recursive: true });
  });
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => expect((await fetch(url).catch(() => undefined))?.status).toBeDefined());
  return url;
}

async function startProxy(ports: number[]): Promise<string> {
  let turn = 0;

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    for (const _attempt of ports) {
      const port = ports[turn++ % ports.length];
      const answer = await ask(port, incoming, body).catch(() => undefined);
      if (!answer) continue;
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      return;
    }
    outgoing.writeHead(502).end();
  }

  const server = createServer((incoming, outgoing) => void forward(incoming, outgoing));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
}

function ask(
  port: number | undefined,
  { url, method, headers }: IncomingMessage,
  body: Buffer,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`http://127.0.0.1:${port}${url}`, { method, headers, timeout: READ_TIMEOUT_MS }, resolve);
    outgoing.on('error', reject).on('timeout', () => outgoing.destroy(new Error('timeout')));
    outgoing.end(body);
  });
}
