import { createServer, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import { listen } from '../../src/http/server.js';
import type { Simulator, SimulatorOptions } from '../../src/simulator/simulator.js';
import { eventNameOf } from './event-name.js';
import { simulated } from './simulated.js';

/** A request that an application received from the space. */
export interface Received {
  method: string;
  url: string;
  signature: string;
  contentType: string;
  body: string;
  /** The parameters in the body, which is a form or JSON. */
  parameters: Record<string, string>;
}

/** Attributes of a conference that is recorded, with callbacks for every event. */
export const RECORDED =
  'record="record-from-start" statusCallback="URL/status" statusCallbackEvent="start end join leave mute hold" ' +
  'recordingStatusCallback="URL/recording" recordingStatusCallbackEvent="in-progress completed"';

/** Starts a simulator whose calls don't ring, and closes it when the test is over. `problems` are those that it reports. */
export async function startSpace(
  options: SimulatorOptions = {},
): Promise<{ simulator: Simulator; problems: string[] }> {
  const simulator = await simulated({ ringMs: 0, unansweredMs: 0, ...options });
  const problems: string[] = [];
  simulator.events.on('problem', (sentence) => problems.push(sentence));
  return { simulator, problems };
}

/**
 * Starts an application on loopback that puts every caller into the conference `room`, and collects the requests.
 *
 * @param attributes of the conference; `URL` in them is replaced by the application's URL
 * @param answer returns the status to answer with; undefined means 200. If its promise never settles, neither does the request.
 */
export async function startApplication(
  attributes = '',
  answer?: (request: IncomingMessage) => number | undefined | Promise<number>,
): Promise<{ url: string; received: Received[]; callbacks(): Received[]; events(): string[] }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('');
    const contentType = request.headers['content-type'] ?? '';
    received.push({
      method: request.method ?? '',
      url: `http://${request.headers.host}${request.url}`,
      signature: String(request.headers['x-signalwire-signature']),
      contentType,
      body,
      parameters: contentType === 'application/json' ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body)),
    });
    response.statusCode = (await answer?.(request)) ?? 200;
    response.setHeader('content-type', 'text/xml');
    const own = attributes.replaceAll('URL', `http://${request.headers.host}`);
    response.end(`<Response><Dial><Conference ${own}>room</Conference></Dial></Response>`);
  });
  const port = await listen(server, 0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const callbacks = () => received.filter(({ url }) => /\/(status|recording)\b/.test(new URL(url).pathname));
  return { url: `http://127.0.0.1:${port}`, received, callbacks, events: () => callbacks().map(eventNameOf) };
}

/** Sends a request to the REST API, as curl would: a GET, a POST with a form, or a DELETE. */
export async function requestApi(
  simulator: Simulator,
  path: string,
  form?: Record<string, string> | 'DELETE',
  password = simulator.apiToken,
) {
  const base = path.startsWith('/') ? '' : `/api/laml/2010-04-01/Accounts/${simulator.projectId}/`;
  const response = await fetch(simulator.url + base + path, {
    method: form === undefined ? 'GET' : form === 'DELETE' ? form : 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${simulator.projectId}:${password}`).toString('base64')}` },
    ...(typeof form === 'object' && { body: new URLSearchParams(form) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? text : JSON.parse(text) };
}
