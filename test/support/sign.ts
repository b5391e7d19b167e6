import { createHmac } from 'node:crypto';

/** Computes SignalWire's signature of a form as documented: over the URL and the parameters, sorted by name. */
export function sign(signingKey: string, url: string, form: Record<string, string> = {}): string {
  const parameters = Object.keys(form)
    .sort()
    .map((name) => name + form[name]);
  return createHmac('sha1', signingKey)
    .update([url, ...parameters].join(''))
    .digest('base64');
}

/** Computes SignalWire's signature of a JSON webhook: over the URL and the raw body. */
export function signJson(signingKey: string, url: string, body: string | Buffer): string {
  return createHmac('sha1', signingKey).update(url).update(body).digest('hex');
}
