import pino from 'pino';
import { startService } from '../../src/service.js';
import { readSettings } from '../../src/settings.js';

/** A simulated space, as a contender is told of it. */
export interface Space {
  url: string;
  projectId: string;
  apiToken: string;
  signingKey: string;
}

/** A copy of a contender that listens on loopback. */
export interface Running {
  port: number;
  close(): Promise<void>;
}

/** Starts one copy; `publicUrl` is where the space's webhooks go. */
export type Start = (space: Space, publicUrl: string) => Promise<Running>;

/** The service, with its default settings. */
export async function startOurs(space: Space, publicUrl: string): Promise<Running> {
  const settings = readSettings({
    SIGNALWIRE_SPACE_URL: space.url,
    SIGNALWIRE_PROJECT_ID: space.projectId,
    SIGNALWIRE_API_TOKEN: space.apiToken,
    SIGNALWIRE_SIGNING_KEY: space.signingKey,
    PUBLIC_URL: publicUrl,
    HOST: '127.0.0.1',
    PORT: '0',
  });
  return startService({ settings, log: pino({ level: 'silent' }) });
}
