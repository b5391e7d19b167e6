import type { Server } from 'node:http';
import type { Logger } from 'pino';
import { announceTo } from './announcements.js';
import { DEFAULT_DURATIONS, type Durations } from './conferences/durations.js';
import { createReconciler } from './conferences/reconciler.js';
import { createRegistry } from './conferences/registry.js';
import { pointNumber } from './point-number.js';
import { createWebhookServer, listen, stopListening } from './server.js';
import type { Settings } from './settings.js';
import { createSpace } from './signalwire/space.js';
import { isUnauthorized } from './signalwire/space-error.js';
import type { Status } from './status/status.js';
import { ngrokTunnel, type OpenTunnel, type Tunnel } from './tunnel.js';

export interface ServiceOptions {
  settings: Settings;
  log: Logger;
  /** Takes the place of ngrok where the settings have no public URL. */
  openTunnel?: OpenTunnel;
  /** Waits that differ from the defaults, in milliseconds. */
  durations?: Partial<Durations>;
}

/** A service that listens. */
export interface Service {
  /** Where SignalWire reaches it. */
  publicUrl: string;
  /** Where it listens. */
  port: number;
  /**
   * Takes no more requests, finishes what it acknowledged (R11), closes the tunnel and the connections. Takes 10 s at
   * most, if the tunnel closes at once. Never rejects.
   */
  close(): Promise<void>;
}

/**
 * Starts the service: a first sweep, then listening, then the tunnel. Whether the number could be pointed at
 * it is told in the log, soon after.
 *
 * @throws Error with a sentence for a person when SignalWire refuses the credentials, the port can't be had, or the
 *   tunnel can't be opened; nothing is left running then
 */
export async function startService({ settings, log, openTunnel, durations }: ServiceOptions): Promise<Service> {
  const waits = { ...DEFAULT_DURATIONS, ...durations };
  const { spaceUrl, projectId, apiToken, pauseBehavior, conferencePrefix, minParticipants, statusPassword } = settings;
  if (settings.signingKey === undefined) {
    log.warn('ALLOW_UNSIGNED_WEBHOOKS is true: anybody who finds this service can make it pause recordings');
  }

  const status = statusPassword === undefined ? undefined : await createStatus(statusPassword, settings);
  const announce = announceTo(status?.listeners ?? [], log);
  const space = createSpace({
    spaceUrl,
    projectId,
    apiToken,
    pauseBehavior,
    timeoutMs: waits.request,
    onAnswered: (answered) => announce({ what: 'request', ...answered }),
  });
  const registry = createRegistry(conferencePrefix);
  const reconciler = createReconciler({
    space,
    registry,
    minParticipants,
    conferencePrefix,
    sharesRoom: settings.conferenceName === undefined,
    sweepIntervalMs: settings.sweepIntervalMs,
    durations: waits,
    log,
    announce,
  });
  let publicUrl = settings.publicUrl;
  let server: Server | undefined;
  let tunnel: Tunnel | undefined;

  let closing: Promise<void> | undefined;
  const close = () => (closing ??= stop());

  async function stop(): Promise<void> {
    if (server) await stopListening(server);
    await reconciler.close();
    await tunnel?.close().catch((error: unknown) => log.warn({ err: error }, 'the tunnel could not be closed'));
    space.close();
  }

  try {
    // Express is loaded while SignalWire answers (unless the status page has loaded it).
    const [{ createApp }] = await Promise.all([import('./app.js'), reconciler.start()]);
    const app = createApp({
      settings,
      registry,
      reconciler,
      log,
      announce,
      status: status?.routes,
      publicUrl: () => publicUrl,
    });
    server = createWebhookServer(app);
    const port = await listen(server, settings.port, settings.host);
    if (publicUrl === undefined) {
      tunnel = await (openTunnel ?? tunnelOf(settings))(port);
      publicUrl = tunnel.url;
    }
    // Not waited for: callbacks are taken already, and a stop has to finish what they ask for.
    if (settings.phoneNumber !== undefined) void pointNumber(space, settings.phoneNumber, publicUrl, log);
    return { publicUrl, port, close };
  } catch (error) {
    await close();
    if (!isUnauthorized(error)) throw error;
    throw new Error(
      'SignalWire refused the credentials (401). Check SIGNALWIRE_PROJECT_ID and SIGNALWIRE_API_TOKEN, and that ' +
        `SIGNALWIRE_SPACE_URL (${spaceUrl}) is the space they belong to.`,
      { cause: error },
    );
  }
}

/** Loaded only where there is a password: nobody else needs the page, nor waits for its libraries at the start. */
async function createStatus(password: string, { minParticipants, conferencePrefix }: Settings): Promise<Status> {
  const status = await import('./status/status.js');
  return status.createStatus({ password, minParticipants, conferencePrefix });
}

function tunnelOf({ ngrok, host }: Settings): OpenTunnel {
  if (!ngrok) throw new Error('Neither PUBLIC_URL nor NGROK_AUTHTOKEN is set.');
  return ngrokTunnel({ ...ngrok, host });
}
