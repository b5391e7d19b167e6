/** The time limits of a webhook, in milliseconds. */
export interface WebhookTimeouts {
  connectMs: number;
  /** From the request to the head of the response, and from one piece of the body to the next. */
  readMs: number;
  /** For all attempts together, including the waits between them. */
  totalMs: number;
}

/** Source: SignalWire's page "Common webhook errors". */
const DEFAULTS = { ot: 2000, rt: 5000, tt: 15_000 };

/**
 * Reads the time limits in a webhook's URL. Its fragment overrides the defaults, in milliseconds: `#ot=500&rt=1000&tt=3000`.
 * Source: SignalWire's guide "Webhooks". That `&` separates several limits is assumed.
 *
 * @returns the limits, and the URL without its fragment. That the fragment is neither sent nor signed is assumed.
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
