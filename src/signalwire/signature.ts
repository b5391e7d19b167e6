import { createHmac, timingSafeEqual } from 'node:crypto';
import { RestClient } from '@signalwire/compatibility-api';

type Form = NodeJS.Dict<string | string[]>;

// The SDK's types lack the last argument. It silences a warning that mistakes any wrong signature for a RELAY request.
const validateRequest: (key: string, signature: string, url: string, form: Form, silent: boolean) => boolean =
  RestClient.validateRequest;

/**
 * Whether SignalWire signed this form, or this GET.
 *
 * The signature is the base64 of an HMAC-SHA1 over the public URL as configured, query included, and the form's parameters in
 * the order of their names. Source: SignalWire's guide "Webhook security" and the SDK, which tries the URL with and without its
 * port, and compares in constant time.
 *
 * @param signingKey the project's signing key (not the API token)
 * @param signature the value of the header, base64; anything else is wrong
 * @param url the URL that SignalWire requested: public URL, path and query
 * @param form the POST parameters; empty for a GET
 */
export function isFormSigned(signingKey: string, signature: string, url: string, form: Form): boolean {
  if (validateRequest(signingKey, signature, url, form, true)) return true;
  // The SDK writes the host in lower case. That SignalWire signs the URL as configured, upper case included, is assumed.
  const parameters = Object.keys(form)
    .sort()
    .flatMap((name) => [form[name] ?? ''].flat().map((value) => name + value));
  return isEqual(signature, hmac(signingKey, url, ...parameters).toString('base64'));
}

/**
 * Whether SignalWire signed this JSON body: with the hex of an HMAC-SHA1 over the public URL and the raw bytes. Source: other
 * projects that receive SignalWire's SWML and RELAY webhooks. That it holds for the webhooks of this service is assumed.
 *
 * @param signature the value of the header, hex; anything else is wrong
 * @param url the URL that SignalWire requested: public URL, path and query
 * @param body the raw bytes
 */
export function isJsonSigned(signingKey: string, signature: string, url: string, body: Buffer): boolean {
  return isEqual(signature, hmac(signingKey, url, body).toString('hex'));
}

function hmac(key: string, ...parts: (string | Buffer)[]): Buffer {
  const hash = createHmac('sha1', key);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** Compares texts of the same length in constant time. */
function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
