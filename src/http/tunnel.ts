import type { Settings } from '../settings/settings.js';

/** A public URL that leads to a local port. */
export interface Tunnel {
  /** Without a trailing slash. */
  url: string;
  /** Rejects if the tunnel can't be closed. */
  close(): Promise<void>;
}

/** Opens a tunnel to a local port. Rejects with a human-readable message if it can't. */
export type OpenTunnel = (port: number) => Promise<Tunnel>;

export interface NgrokOptions {
  authtoken: string;
  /** A domain reserved with ngrok; undefined takes a random one. */
  domain: string | undefined;
  /** The address that the service listens on. */
  host: string;
}

/**
 * How to open the tunnel that the settings ask for.
 *
 * @throws Error if they ask for none
 */
export function tunnelFor({ ngrok, host }: Pick<Settings, 'ngrok' | 'host'>): OpenTunnel {
  if (!ngrok) throw new Error('Neither PUBLIC_URL nor NGROK_AUTHTOKEN is set.');
  return ngrokTunnel({ ...ngrok, host });
}

const EVERY_ADDRESS = ['0.0.0.0', '::'];

/** Opens tunnels through ngrok. */
export function ngrokTunnel({ authtoken, domain, host }: NgrokOptions): OpenTunnel {
  return async (port) => {
    try {
      // Loaded here because a service with a public URL has no use for ngrok's native binary.
      const ngrok = await import('@ngrok/ngrok');
      // A port alone means localhost, which a service that listens on one address may not be reached at.
      const addr = EVERY_ADDRESS.includes(host) ? port : `${host.includes(':') ? `[${host}]` : host}:${port}`;
      const listener = await ngrok.forward({ addr, authtoken, ...(domain && { domain }) });
      const url = listener.url();
      if (!url) throw new Error('ngrok gave no URL');
      return { url, close: () => listener.close() };
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      const reason = message.replaceAll(authtoken, '[NGROK_AUTHTOKEN]').replace(/\s+/g, ' ').trim();
      throw new Error(`The ngrok tunnel could not be opened: ${reason}`, { cause });
    }
  };
}
