import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import { createApp } from '../../src/http/app.js';
import { createReadiness } from '../../src/http/readiness.js';
import { createRoutes, type RoutesOptions } from '../../src/http/routes.js';
import { listen } from '../../src/http/server.js';
import type { CallbackReceiver } from '../../src/recording/callback-receiver.js';
import { readSettings, type Settings } from '../../src/settings/settings.js';
import { keepLog, type LogLine } from './log.js';
import { sign, signJson } from './sign.js';

export const KEY = 'PSK_test';
export const PROJECT = 'b3877c40-da60-4998-90ad-b792e98472af';
export const PUBLIC_URL = 'https://recorder.example.com';

type Report = 'conferenceReported' | 'participantChanged' | 'conferenceEnded' | 'recordingReported';

/** The Express app over real HTTP, with a reconciler and an open room that only collect what they receive. */
export interface AppAlone {
  /** Where it listens. Its public URL differs, as behind a proxy. */
  url: string;
  port: number;
  /** The calls to the reconciler, for example `['conferenceEnded', { conferenceSid, name }]`. */
  reports: [Report, unknown][];
  /** CallSids of the callers who were put into the open room, which is named after the first of them. */
  callers: string[];
  log: LogLine[];
}

export interface Options extends Partial<Pick<RoutesOptions, 'publicUrl'>> {
  ready?: Promise<unknown>;
  settings?: Partial<Settings>;
}

export async function startApp({ settings, ready = Promise.resolve(), publicUrl }: Options = {}): Promise<AppAlone> {
  const reports: AppAlone['reports'] = [];
  const callers: string[] = [];
  const { log, lines } = keepLog();
  const collect = (kind: Report) => (report: unknown) => void reports.push([kind, report]);
  const reconciler: CallbackReceiver = {
    conferenceReported: collect('conferenceReported'),
    participantChanged: collect('participantChanged'),
    conferenceEnded: collect('conferenceEnded'),
    recordingReported: collect('recordingReported'),
    nameOf: ({ name }) => name,
    size: 3,
  };
  const read = readSettings({
    SIGNALWIRE_SPACE_URL: 'example.signalwire.com',
    SIGNALWIRE_PROJECT_ID: PROJECT,
    SIGNALWIRE_API_TOKEN: 'PT',
    SIGNALWIRE_SIGNING_KEY: KEY,
    PUBLIC_URL,
  });
  const routes = createRoutes({
    settings: { ...read, ...settings },
    placeCaller(callSid) {
      callers.push(callSid);
      return `recorded-${callers[0]}`;
    },
    ready,
    readiness: createReadiness(() => PUBLIC_URL, undefined),
    reconciler,
    log,
    emit: () => {},
    status: undefined,
    publicUrl: publicUrl ?? (() => PUBLIC_URL),
  });
  const server = createServer(createApp(routes));
  const port = await listen(server, 0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${port}`, port, reports, callers, log: lines };
}

export type Transport = 'form' | 'JSON' | 'GET';

/**
 * Sends a webhook as SignalWire does, with the parameters in a form, in JSON or in a query.
 *
 * @param headers replace the header with the correct signature
 */
export function send(
  { url }: AppAlone,
  transport: Transport,
  path: string,
  parameters: Record<string, string>,
  headers?: Record<string, string>,
): Promise<Response> {
  if (transport === 'GET') {
    const target = `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(parameters)}`;
    const signature = sign(KEY, PUBLIC_URL + target);
    return fetch(url + target, { headers: headers ?? { 'x-signalwire-signature': signature } });
  }
  if (transport === 'form') {
    const signature = sign(KEY, PUBLIC_URL + path, parameters);
    const body = new URLSearchParams(parameters);
    return fetch(url + path, { method: 'POST', body, headers: headers ?? { 'x-signalwire-signature': signature } });
  }
  const body = JSON.stringify(parameters);
  return fetch(url + path, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      ...(headers ?? { 'x-signalwire-signature': signJson(KEY, PUBLIC_URL + path, body) }),
    },
  });
}
