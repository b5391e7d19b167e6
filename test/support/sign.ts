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
