/** A public URL that leads to a local port. */
export interface Tunnel {
  /** Without a slash at the end. */
  url: string;
  /** Rejects when the tunnel can't be closed. */
  close(): Promise<void>;
}

const EVERYWHERE = ['0.0.0.0', '::'];

/** Opens a tunnel to that port; rejects with a sentence for a person when it can't. */
export type OpenTunnel = (port: number) => Promise<Tunnel>;

export interface NgrokOptions {
  authtoken: string;
  /** A domain reserved with ngrok; undefined takes a random one. */
  domain: string | undefined;
  /** The address that the service listens on. */
  host: string;
}

/**
 * How to open a tunnel through ngrok.
 *
 * @returns a function that rejects with a sentence naming the cause when the tunnel can't be opened
 */
export function ngrokTunnel({ authtoken, domain, host }: NgrokOptions): OpenTunnel {
  return async (port) => {
    try {
      // Loaded here because its native binary is of no use to those who have a public URL.
      const ngrok = await import('@ngrok/ngrok');
      // A port alone means localhost, where a service with an address of its own isn't.
      const addr = EVERYWHERE.includes(host) ? port : `${host.includes(':') ? `[${host}]` : host}:${port}`;
      const listener = await ngrok.forward({ addr, authtoken, ...(domain && { domain }) });
      const url = listener.url();
      if (!url) throw new Error('ngrok gave no URL');
      return { url, close: () => listener.close() };
    } catch (cause) {
      const why = (cause instanceof Error ? cause.message : String(cause)).replaceAll(authtoken, '[NGROK_AUTHTOKEN]');
      throw new Error(`The ngrok tunnel could not be opened: ${why.replace(/\s+/g, ' ').trim()}`, { cause });
    }
  };
}
