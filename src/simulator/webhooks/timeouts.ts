/** How long an application has to answer a webhook, in milliseconds. */
export interface WebhookTimeouts {
  connectMs: number;
  /** From the request to the head of its answer, and between the pieces of its body. */
  readMs: number;
  /** For all tries together, and the waits between them. */
  totalMs: number;
}

/** Source: SignalWire's page "Common webhook errors". */
const DEFAULTS = { ot: 2000, rt: 5000, tt: 15_000 };

/**
 * The time limits of a webhook's URL. Its fragment can change them, each in milliseconds: `#ot=500&rt=1000&tt=3000` (that
 * several are separated by `&` is assumed). Source: SignalWire's guide "Webhooks".
 *
 * @returns the URL without the fragment, which is neither sent nor signed (assumed), and the limits
 */
export function readTimeouts(url: string): { url: string; timeouts: WebhookTimeouts } {
  const [bare = url, fragment = ''] = url.split('#', 2);
  const given = new URLSearchParams(fragment);
  const limit = (name: keyof typeof DEFAULTS) => {
    const text = given.get(name) ?? '';
    return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : DEFAULTS[name];
  };
  return { url: bare, timeouts: { connectMs: limit('ot'), readMs: limit('rt'), totalMs: limit('tt') } };
}
