import { createHmac } from 'node:crypto';

/** SignalWire's signature, computed as its documentation describes it: the URL, then each parameter by its name. */
export function sign(signingKey: string, url: string, form: Record<string, string> = {}): string {
  const parameters = Object.keys(form)
    .sort()
    .map((name) => name + form[name]);
  return createHmac('sha1', signingKey)
    .update([url, ...parameters].join(''))
    .digest('base64');
}

/** The signature of SignalWire's JSON webhooks: over the URL and the body as it is. */
export function signJson(signingKey: string, url: string, body: string | Buffer): string {
  return createHmac('sha1', signingKey).update(url).update(body).digest('hex');
}
