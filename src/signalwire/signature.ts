import { createHmac, timingSafeEqual } from 'node:crypto';
import { RestClient } from '@signalwire/compatibility-api';

type Form = NodeJS.Dict<string | string[]>;

// The SDK's types don't know the last argument, which silences a warning that takes any wrong signature for a RELAY
// request.
const validateRequest: (key: string, signature: string, url: string, form: Form, silent: boolean) => boolean =
  RestClient.validateRequest;

/**
 * Whether SignalWire signed this form, or this GET.
 *
 * The signature is the base64 of an HMAC-SHA1 over the public URL as configured, query included, and the form's parameters
 * in the order of their names. Source: SignalWire's guide "Webhook security" and the SDK, which tries the URL with its port
 * and without, and compares in constant time.
 *
 * @param signingKey the project's signing key (not the API token)
 * @param signature the header's value, base64; whatever else it is counts as wrong
 * @param url what SignalWire called: the public URL, path and query
 * @param form the POST parameters; empty for a GET
 */
export function isFormSigned(signingKey: string, signature: string, url: string, form: Form): boolean {
  if (validateRequest(signingKey, signature, url, form, true)) return true;
  // The SDK writes the host in small letters first; the URL is signed as it was configured (assumed for capitals).
  const parameters = Object.keys(form)
    .sort()
    .flatMap((name) => [form[name] ?? ''].flat().map((value) => name + value));
  return isSame(signature, hmac(signingKey, url, ...parameters).toString('base64'));
}

/**
 * Whether SignalWire signed this JSON: with the hex of an HMAC-SHA1 over the public URL and the body's bytes. Source: others'
 * code that takes SignalWire's SWML and RELAY webhooks; for the webhooks of this service it's assumed.
 *
 * @param signature the header's value, hex; whatever else it is counts as wrong
 * @param url what SignalWire called: the public URL, path and query
 * @param body as it came
 */
export function isJsonSigned(signingKey: string, signature: string, url: string, body: Buffer): boolean {
  return isSame(signature, hmac(signingKey, url, body).toString('hex'));
}

function hmac(key: string, ...parts: (string | Buffer)[]): Buffer {
  const hash = createHmac('sha1', key);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** Compares in constant time, for texts of the same length. */
function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
