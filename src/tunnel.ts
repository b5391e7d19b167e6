/** A public URL that leads to a local port. */
export interface Tunnel {
  url: string;
  close(): Promise<void>;
}

export type OpenTunnel = (port: number) => Promise<Tunnel>;

/**
 * How to open a tunnel through ngrok.
 *
 * @param authtoken ngrok's authtoken; without one ngrok's own error doesn't say what is missing
 * @param domain a domain reserved with ngrok; undefined takes a random one
 * @returns a function that rejects with a sentence naming the cause when the tunnel can't be opened
 */
export function ngrokTunnel(authtoken: string, domain: string | undefined): OpenTunnel {
  return async (port) => {
    try {
      // Loaded here because its native binary is of no use to those who have a public URL.
      const ngrok = await import('@ngrok/ngrok');
      const listener = await ngrok.forward({ addr: port, authtoken, ...(domain && { domain }) });
      const url = listener.url();
      if (!url) throw new Error('ngrok gave no URL');
      return { url, close: () => listener.close() };
    } catch (cause) {
      const why = (cause instanceof Error ? cause.message : String(cause)).replaceAll(authtoken, '[NGROK_AUTHTOKEN]');
      throw new Error(`The ngrok tunnel could not be opened: ${why.replace(/\s+/g, ' ').trim()}`, { cause });
    }
  };
}
