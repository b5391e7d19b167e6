import type { Logger } from 'pino';
import { createApp } from './http/app.js';
import { createWebhookServer, listen, stopListening } from './http/server.js';
import { type OpenTunnel, type Tunnel, tunnelFor } from './http/tunnel.js';
import { createRecorder, type RecorderOptions } from './recorder.js';
import type { Settings } from './settings/settings.js';

export interface ServiceOptions extends Pick<RecorderOptions, 'durations'> {
  settings: Settings;
  log: Logger;
  /** Used in place of ngrok if the settings have no public URL. */
  openTunnel?: OpenTunnel;
}

/** A recorder that listens on a port. */
export interface Service {
  /** Where SignalWire reaches it. */
  publicUrl: string;
  port: number;
  /**
   * Accepts no more requests, finishes what was acknowledged (R11), and closes the tunnel and the connections. Takes 10 s at
   * most if the tunnel closes at once. Never rejects.
   */
  close(): Promise<void>;
}

/**
 * Starts the service. It listens at once, then discovers the conferences in progress, then opens the tunnel. The phone number is
 * pointed at it after that, as soon as SignalWire lets it be; the log says whether that worked.
 *
 * @throws Error with a human-readable message if SignalWire refuses the credentials, the port is in use, or the tunnel can't be
 *   opened; nothing is left running
 */
export async function startService({ settings, log, openTunnel, ...options }: ServiceOptions): Promise<Service> {
  let publicUrl = settings.publicUrl;
  let tunnel: Tunnel | undefined;
  const recorder = createRecorder(settings, { ...options, log, publicUrl: () => publicUrl });
  const server = createWebhookServer(createApp(recorder.router));

  let closing: Promise<void> | undefined;
  const close = () => (closing ??= stop());

  async function stop(): Promise<void> {
    recorder.prepareToStop();
    await stopListening(server);
    await recorder.close();
    await tunnel?.close().catch((error: unknown) => log.warn({ err: error }, 'the tunnel could not be closed'));
  }

  try {
    const started = recorder.start();
    // If listening fails first, the failure of the start is of no interest.
    started.catch(() => {});
    const port = await listen(server, settings.port, settings.host);
    await started;
    if (publicUrl === undefined) {
      tunnel = await (openTunnel ?? tunnelFor(settings))(port);
      publicUrl = tunnel.url;
    }
    // Not awaited: it goes on for as long as SignalWire fails, and a stop must be able to end it.
    void recorder.pointNumber();
    return { publicUrl, port, close };
  } catch (error) {
    await close();
    throw error;
  }
}
