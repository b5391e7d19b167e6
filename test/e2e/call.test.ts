import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/http/server.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { freePort } from '../support/free-port.js';
import { CALL, environmentFor, runToEnd } from '../support/processes.js';
import { startPair } from '../support/service-beside-simulator.js';
import { simulated } from '../support/simulated.js';
import { callSidsIn } from '../support/space-state.js';

const TO = '+15551234567';

/** Runs `npm run call` beside a simulator. PUBLIC_URL leads nowhere unless `env` replaces it. */
async function place(args: string[], env: Record<string, string> = {}, simulator?: Simulator) {
  const space = simulator ?? (await simulated());
  const posts: string[] = [];
  space.events.on('request', ({ method, path }) => {
    if (method === 'POST') posts.push(path);
  });
  return { ...(await runToEnd(CALL, { ...(await environmentFor(space)), ...env }, ...args)), posts, simulator: space };
}

describe('npm run call', () => {
  it('puts the person who answers into the room, and prints only the CallSid to stdout', async () => {
    const { simulator, service } = await startPair();
    const env = { PUBLIC_URL: service.publicUrl, SIGNALWIRE_PHONE_NUMBER: simulator.phoneNumber };
    const { code, out, err } = await place([TO, '--room', 'R&D 1'], env, simulator);
    expect(err).toMatch(/^Calling \+15551234567 from \+15550100000, into the room R&D 1\.\nAnswered\.\n$/);
    expect(code).toBe(0);
    const [conference] = simulator.conferences();
    expect(conference?.name).toBe('recorded-R&D 1');
    expect(conference && callSidsIn(conference)).toEqual([out.trim()]);
  });

  it('asks the running service for its public URL if a tunnel provides it', async () => {
    const { simulator, service } = await startPair();
    const env = { PUBLIC_URL: '', NGROK_AUTHTOKEN: 'unused', PORT: String(service.port) };
    const { code, err } = await place(['+1 (555) 123-4567', '--from', simulator.phoneNumber], env, simulator);
    expect(err).toContain('Answered.');
    expect(code).toBe(0);
    expect(simulator.conferences()[0]?.laml.statusCallback).toBe(`${service.publicUrl}/callback`);
  });

  it('says that the service must be started first if only the service knows its public URL', async () => {
    const port = await freePort();
    const env = { PUBLIC_URL: '', NGROK_AUTHTOKEN: 'unused', PORT: String(port), SIGNALWIRE_PHONE_NUMBER: TO };
    const { code, out, err, posts } = await place([TO], env);
    expect({ code, out, posts }).toEqual({ code: 2, out: '', posts: [] });
    expect(err).toMatch(new RegExp(`^http://127.0.0.1:${port}/healthz does not answer .*Start the service first`));
  });

  it('calls nobody if no service answers at PUBLIC_URL', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { code, out, err, posts } = await place([TO, '--from', TO], { PUBLIC_URL: url });
    expect(err).toMatch(new RegExp(`^${url}/healthz does not answer .*Start the service first, or correct PUBLIC_URL`));
    expect({ code, out, posts }).toEqual({ code: 2, out: '', posts: [] });
  });

  it('calls nobody if something else answers at PUBLIC_URL', async () => {
    const other = createServer((_request, response) => response.end('hello'));
    const url = `http://127.0.0.1:${await listen(other, 0, '127.0.0.1')}`;
    onTestFinished(() => void other.close());
    const { code, out, err, posts } = await place([TO, '--from', TO], { PUBLIC_URL: url });
    expect(err).toMatch(/healthz is answered by something other than this service\./);
    expect({ code, out, posts }).toEqual({ code: 2, out: '', posts: [] });
  });

  it('exits with 1 and the reason if the line is busy or SignalWire refuses the call', async () => {
    const { simulator, service } = await startPair();
    const env = { PUBLIC_URL: service.publicUrl };
    simulator.unanswered.set(TO, 'busy');
    const busy = await place([TO, '--from', simulator.phoneNumber], env, simulator);
    expect(busy.err).toContain('The line is busy.');
    expect(busy.out).toMatch(/^[0-9a-f-]{36}\n$/);
    expect(busy.code).toBe(1);
    const refused = await place([TO, '--from', '+15550100009'], env, simulator);
    expect(refused.err).toMatch(/refused the call \(400\): From is not a purchased/);
    expect(refused).toMatchObject({ code: 1, out: '' });
  });

  it.each([
    ['a number that is not in E.164 form', ['5551234567', '--from', TO], {}, /E\.164/],
    ['no number to call from', [TO], {}, /--from .*SIGNALWIRE_PHONE_NUMBER/],
    ['a room without a name', [TO, '--from', TO, '--room', ' '], {}, /must not be empty/],
    ['a room whose name is too long', [TO, '--from', TO, '--room', 'x'.repeat(60)], {}, /room is too long/],
    ['wrong settings', [TO, '--from', TO], { SIGNALWIRE_API_TOKEN: '' }, /SIGNALWIRE_API_TOKEN is missing/],
  ])('exits with 2, and sends no request, for %s', async (_case, args, env, sentence) => {
    const { code, out, err, posts } = await place(args, env);
    expect(err).toMatch(sentence);
    expect({ code, out, posts }).toEqual({ code: 2, out: '', posts: [] });
  });

  it('explains its arguments and exit codes with --help', async () => {
    const { code, out } = await place(['--help']);
    for (const part of ['<number>', '--room', '--from', 'Exits with 0']) expect(out).toContain(part);
    expect(code).toBe(0);
  });
});
