import { createHmac } from 'node:crypto';
import type { Webhook } from '../model/callbacks.js';
import type { Traits } from '../model/traits.js';

/** A webhook as it goes over the wire. */
export interface SignedRequest {
  url: string;
  method: 'GET' | 'POST';
  /** Null for a GET, whose parameters are in the URL. */
  body: string | null;
  headers: Record<string, string>;
}

/**
 * Encodes a webhook and signs it. A GET is signed over the URL that carries its parameters, a form over the URL and each
 * parameter in the order of the names, both in base64. Source: SignalWire's guide "Webhook security". JSON is signed in
 * hex over the URL and the body, as SignalWire signs its SWML and RELAY webhooks, which carry the SHA-256 as well.
 */
export function signWebhook(webhook: Webhook, signingKey: string, encoding: Traits['parameters']): SignedRequest {
  const { url, method, parameters } = webhook;
  const query = new URLSearchParams(parameters).toString();
  if (method === 'GET') {
    const full = query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`;
    return { url: full, method, body: null, headers: signatureHeader(hmacOf('sha1', signingKey, full, 'base64')) };
  }
  if (encoding === 'json') {
    const body = JSON.stringify(parameters);
    const headers = {
      ...signatureHeader(hmacOf('sha1', signingKey, url + body, 'hex')),
      'x-signalwire-sha256-signature': hmacOf('sha256', signingKey, url + body, 'hex'),
      'content-type': 'application/json',
    };
    return { url, method, body, headers };
  }
  const signed = Object.keys(parameters)
    .sort()
    .map((name) => `${name}${parameters[name]}`)
    .join('');
  const headers = {
    ...signatureHeader(hmacOf('sha1', signingKey, url + signed, 'base64')),
    'content-type': 'application/x-www-form-urlencoded',
  };
  return { url, method, body: query, headers };
}

const signatureHeader = (signature: string) => ({ 'x-signalwire-signature': signature });

function hmacOf(algorithm: 'sha1' | 'sha256', key: string, text: string, encoding: 'base64' | 'hex'): string {
  return createHmac(algorithm, key).update(text).digest(encoding);
}
