import type { Server } from 'node:http';
import type { Logger } from 'pino';
import { createWebhookServer, listen, stopListening } from './http/server.js';
import { ngrokTunnel, type OpenTunnel, type Tunnel } from './http/tunnel.js';
import { createJournal } from './log/event-log.js';
import { pointNumber } from './phone-numbers/point-number.js';
import { announceTo } from './recorder-events.js';
import { DEFAULT_DURATIONS, type Durations } from './recording/durations.js';
import { createOutage } from './recording/outage.js';
import { createReconciler } from './recording/reconciler.js';
import { createOpenRoom } from './rooms/open-room.js';
import type { Settings } from './settings/settings.js';
import { createSpace } from './signalwire/rest-space.js';
import { isUnauthorized } from './signalwire/space-error.js';
import type { Status } from './status/status-routes.js';

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
 * Starts the service: it listens at once, then discovers what goes on, then opens the tunnel. Whether the number could be
 * pointed at it is told in the log, soon after.
 *
 * @throws Error with a sentence for a person when SignalWire refuses the credentials, the port can't be had, or the
 *   tunnel can't be opened; nothing is left running then
 */
export async function startService({ settings, log, openTunnel, durations }: ServiceOptions): Promise<Service> {
  const waits = { ...DEFAULT_DURATIONS, ...durations };
  const { spaceUrl, projectId, apiToken, pauseBehavior, conferencePrefix, minParticipants, statusPassword } = settings;
  if (settings.signingKeys.length === 0) {
    log.warn('ALLOW_UNSIGNED_WEBHOOKS is true: anybody who finds this service can make it pause recordings');
  }

  const status = statusPassword === undefined ? undefined : await createStatus(statusPassword, settings);
  const outage = createOutage(log, (announcement) => announce(announcement));
  const announce = announceTo([createJournal(log), outage, ...(status?.listeners ?? [])], log);
  const space = createSpace({
    spaceUrl,
    projectId,
    apiToken,
    pauseBehavior,
    timeoutMs: waits.request,
    onAnswered: (answered) => announce({ what: 'request', ...answered }),
  });
  const openRoom = createOpenRoom({
    space,
    prefix: conferencePrefix,
    occupancyOf: (name) => reconciler.occupancyOf(name),
  });
  const reconciler = createReconciler({
    space,
    openRoom,
    announce,
    durations: waits,
    minParticipants,
    conferencePrefix,
    resyncIntervalMs: settings.resyncIntervalMs,
    random: Math.random,
  });
  let publicUrl = settings.publicUrl;
  let server: Server | undefined;
  let tunnel: Tunnel | undefined;

  let closing: Promise<void> | undefined;
  const close = () => (closing ??= stop());

  async function stop(): Promise<void> {
    if (server) await stopListening(server);
    openRoom.close();
    await reconciler.close();
    await tunnel?.close().catch((error: unknown) => log.warn({ err: error }, 'the tunnel could not be closed'));
    space.close();
  }

  try {
    const started = reconciler.start();
    // Who calls meanwhile waits for it; whether it failed matters here alone.
    const ready = started.catch(() => {});
    // Express is loaded while SignalWire answers (unless the status page has loaded it).
    const { createApp } = await import('./http/webhook-routes.js');
    const app = createApp({
      settings,
      openRoom,
      ready,
      reconciler,
      log,
      announce,
      status: status?.routes,
      publicUrl: () => publicUrl,
    });
    server = createWebhookServer(app);
    const port = await listen(server, settings.port, settings.host);
    await started;
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
  const status = await import('./status/status-routes.js');
  return status.createStatus({ password, minParticipants, conferencePrefix });
}

function tunnelOf({ ngrok, host }: Settings): OpenTunnel {
  if (!ngrok) throw new Error('Neither PUBLIC_URL nor NGROK_AUTHTOKEN is set.');
  return ngrokTunnel({ ...ngrok, host });
}
