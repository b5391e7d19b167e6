import { onTestFinished } from 'vitest';
import type { OpenTunnel } from '../../src/http/tunnel.js';
import type { Durations } from '../../src/recording/durations.js';
import { type Service, startService } from '../../src/service.js';
import { readSettings, type Settings } from '../../src/settings/settings.js';
import { createSpace } from '../../src/signalwire/rest-space.js';
import type { Space } from '../../src/signalwire/space.js';
import type { Conference } from '../../src/simulator/model/resources.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { keepLog, type LogLine } from './log.js';
import { simulated } from './simulated.js';
import { isOver } from './space-state.js';

export interface Options {
  settings?: Partial<Settings>;
  durations?: Partial<Durations>;
  openTunnel?: OpenTunnel;
  /** How long each announcement takes that a caller hears, in milliseconds. */
  announcementMs?: number;
  /** Called with the simulator before the service starts. */
  before?: (simulator: Simulator) => unknown;
}

/** The service and a simulated space, over real HTTP. Both are closed when the test is over. */
export interface Pair {
  simulator: Simulator;
  service: Service;
  /** The service's requests to the REST API, for example `GET Conferences`. The test may empty the list. */
  requests: string[];
  /** The lines that the service has logged. */
  log: LogLine[];
  /** The problems that the simulator reports. */
  problems: string[];
  /** Closes the service, and starts another one on another port, with the same settings except for the changes. */
  restart(changes?: Partial<Settings>): Promise<void>;
}

/** The settings of a service that listens on a free port of loopback, as the environment would give them. */
export function settingsFor(
  simulator: Pick<Simulator, 'url' | 'projectId' | 'apiToken' | 'signingKey'>,
  changes: Partial<Settings> = {},
): Settings {
  const settings = readSettings({
    SIGNALWIRE_SPACE_URL: simulator.url,
    SIGNALWIRE_PROJECT_ID: simulator.projectId,
    SIGNALWIRE_API_TOKEN: simulator.apiToken,
    SIGNALWIRE_SIGNING_KEY: simulator.signingKey,
    NGROK_AUTHTOKEN: 'unused',
    HOST: '127.0.0.1',
    PORT: '0',
    SWEEP_INTERVAL_SECONDS: '0',
    LOG_LEVEL: 'debug',
  });
  return { ...settings, ...changes };
}

/** Creates the space of a service with these settings, and closes it when the test is over. */
export function spaceOf(settings: Settings): Space {
  const space = createSpace({ ...settings, timeoutMs: 5000, onRequest: () => {} });
  onTestFinished(() => space.close());
  return space;
}

/** Used in place of ngrok. The public URL is the local one. */
export const loopbackTunnel = async (port: number) => ({ url: `http://127.0.0.1:${port}`, close: async () => {} });

export async function startPair({
  settings = {},
  durations = {},
  openTunnel = loopbackTunnel,
  announcementMs = 0,
  before,
}: Options = {}): Promise<Pair> {
  const simulator = await simulated({ ringMs: 0, announcementMs });
  const requests: string[] = [];
  const problems: string[] = [];
  simulator.events.on('request', (request) => requests.push(kindOf(request)));
  simulator.events.on('problem', (sentence) => problems.push(sentence));
  await before?.(simulator);

  const { log, lines } = keepLog();
  const start = async (changes: Partial<Settings> = {}) => {
    const options = {
      settings: settingsFor(simulator, { ...settings, ...changes }),
      log,
      openTunnel,
      durations: { drain: 300, ...durations },
    };
    const service = await startService(options);
    simulator.pointNumber(`${service.publicUrl}/inbound`);
    return service;
  };
  const pair: Pair = {
    simulator,
    service: await start(),
    requests,
    log: lines,
    problems,
    async restart(changes) {
      await pair.service.close();
      pair.service = await start(changes);
    },
  };
  onTestFinished(() => pair.service.close());
  return pair;
}

/** The simulator's only conference that isn't over. @throws Error if there are none or several */
export function liveConference(simulator: Simulator): Conference {
  const [conference, ...others] = simulator.conferences().filter((one) => !isOver(one));
  if (!conference || others.length > 0)
    throw new Error(`There are ${others.length + (conference ? 1 : 0)} conferences.`);
  return conference;
}

/** Formats a request without its SIDs: `GET PROJECT/Conferences/SID/Recordings/SID` becomes `GET Conferences Recordings`. */
export function kindOf({ method, path }: { method: string; path: string }): string {
  const names = path.split('/').filter((part) => part && !/^[\da-f-]{36}$/.test(part));
  return [method, ...names].join(' ');
}
