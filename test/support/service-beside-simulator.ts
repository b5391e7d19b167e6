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

export { eventually } from './eventually.js';
export { keepLog };

export interface Options {
  settings?: Partial<Settings>;
  durations?: Partial<Durations>;
  openTunnel?: OpenTunnel;
  /** Does something with the simulator before the service starts. */
  before?: (simulator: Simulator) => unknown;
}

/** The service and a simulated space, over real HTTP; both are closed when the test is over. */
export interface Pair {
  simulator: Simulator;
  service: Service;
  /** What the service asked of the REST API since the last `forgetRequests`, for example `GET Conferences`. */
  requests: string[];
  /** Everything that the service logged. */
  log: LogLine[];
  /** What the simulator found wrong with the service. */
  problems: string[];
  /** Closes the service and starts another one at another port, with the same settings but for the changes. */
  restart(changes?: Partial<Settings>): Promise<void>;
}

/** Settings as the environment gives them, for a service that listens on loopback at a free port. */
export function settingsFor(simulator: Simulator, changes: Partial<Settings> = {}): Settings {
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

/** The space as the service with these settings asks it; closed when the test is over. */
export function spaceOf(settings: Settings): Space {
  const space = createSpace({ ...settings, timeoutMs: 5000, onRequest: () => {} });
  onTestFinished(() => space.close());
  return space;
}

/** Stands in for ngrok: the public URL is the local one. */
export const loopbackTunnel = async (port: number) => ({ url: `http://127.0.0.1:${port}`, close: async () => {} });

export async function startPair({
  settings = {},
  durations = {},
  openTunnel = loopbackTunnel,
  before,
}: Options = {}): Promise<Pair> {
  const simulator = await simulated({ ringMs: 0 });
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

/** The simulator's only conference that isn't over. */
export function liveConference(simulator: Simulator): Conference {
  const [conference, ...others] = simulator.conferences().filter((one) => !isOver(one));
  if (!conference || others.length > 0)
    throw new Error(`There are ${others.length + (conference ? 1 : 0)} conferences.`);
  return conference;
}

/** A request without its SIDs: `GET PROJECT/Conferences/SID/Recordings/SID` is `GET Conferences Recordings`. */
export function kindOf({ method, path }: { method: string; path: string }): string {
  const names = path.split('/').filter((part) => part && !/^[\da-f-]{36}$/.test(part));
  return [method, ...names].join(' ');
}
