import { createHmac } from 'node:crypto';
import type { Webhook } from '../model/callbacks.js';
import type { Traits } from '../model/traits.js';

/** A webhook, encoded and signed. */
export interface SignedRequest {
  url: string;
  method: 'GET' | 'POST';
  /** Null for a GET, whose parameters are in the URL. */
  body: string | null;
  headers: Record<string, string>;
}

/**
 * Encodes and signs a webhook. The signature is an HMAC: in base64 over the URL for a GET, whose parameters are in the URL; in
 * base64 over the URL and the parameters in the order of their names for a form (source: SignalWire's guide "Webhook
 * security"); in hex over the URL and the body for JSON, with a SHA-256 signature in a second header, as in SignalWire's SWML
 * and RELAY webhooks (source: other projects that receive them).
 */
export function signWebhook(webhook: Webhook, signingKey: string, encoding: Traits['parameters']): SignedRequest {
  const { url, method, parameters } = webhook;
  const query = new URLSearchParams(parameters).toString();
  if (method === 'GET') {
    const fullUrl = query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`;
    const headers = signatureHeader(hmac('sha1', signingKey, fullUrl, 'base64'));
    return { url: fullUrl, method, body: null, headers };
  }
  if (encoding === 'json') {
    const body = JSON.stringify(parameters);
    const headers = {
      ...signatureHeader(hmac('sha1', signingKey, url + body, 'hex')),
      'x-signalwire-sha256-signature': hmac('sha256', signingKey, url + body, 'hex'),
      'content-type': 'application/json',
    };
    return { url, method, body, headers };
  }
  const sortedParameters = Object.keys(parameters)
    .sort()
    .map((name) => `${name}${parameters[name]}`)
    .join('');
  const headers = {
    ...signatureHeader(hmac('sha1', signingKey, url + sortedParameters, 'base64')),
    'content-type': 'application/x-www-form-urlencoded',
  };
  return { url, method, body: query, headers };
}

const signatureHeader = (signature: string) => ({ 'x-signalwire-signature': signature });

function hmac(algorithm: 'sha1' | 'sha256', key: string, text: string, encoding: 'base64' | 'hex'): string {
  return createHmac(algorithm, key).update(text).digest(encoding);
}
