import { z } from 'zod';
import { isUnquoted, QUOTED } from './copied.js';

/** The space's URL. People copy it from dashboards, where the host appears alone as often as after https://. */
export const spaceUrl = z
  .string('is missing: set it to your space, for example example.signalwire.com.')
  .trim()
  .refine(isUnquoted, QUOTED)
  .transform((text, context) => {
    const reject = rejectIn(context);
    const url = URL.parse(text.includes('://') ? text : `https://${text}`);
    if (!url || !(url.hostname.includes('.') || isLoopback(url))) {
      return reject("must be your space's host or URL, for example example.signalwire.com.");
    }
    if (url.pathname !== '/' || url.search || url.hash || hasCredentials(url)) {
      return reject(
        'must be just the space, without a path, a query or credentials: for example example.signalwire.com.',
      );
    }
    if (!isSafe(url)) {
      return reject('must begin with https:// (plain http:// is only for loopback, such as the simulator).');
    }
    return url.origin;
  });

/** Where SignalWire reaches the service. */
export const publicUrl = z
  .string()
  .trim()
  .refine(isUnquoted, QUOTED)
  .transform((text, context) => {
    const reject = rejectIn(context);
    const url = URL.parse(text);
    if (!url?.hostname) return reject('must be a complete URL, for example https://recorder.example.com.');
    if (!isSafe(url)) return reject('must begin with https:// (plain http:// is only for loopback).');
    if (url.search || url.hash || hasCredentials(url))
      return reject('must not contain a query, a fragment or credentials.');
    if (/\/inbound\/?$/.test(url.pathname)) return reject('must be given without /inbound at the end.');
    return (originAsGiven(url, text) + url.pathname).replace(/\/+$/, '');
  });

/** Where alerts are sent: a chat's incoming webhook, for example. It may be on a network of one's own, so http is allowed. */
export const alertUrl = z
  .string()
  .trim()
  .refine(isUnquoted, QUOTED)
  .transform((text, context) => {
    const reject = rejectIn(context);
    const url = URL.parse(text);
    if (!url || !['https:', 'http:'].includes(url.protocol)) {
      return reject('must be a complete URL that begins with https:// or http://.');
    }
    if (hasCredentials(url)) return reject('must not contain a user name or a password.');
    return url.href;
  });

/** The Redis that the copies of the service share. */
export const redisUrl = z
  .string()
  .trim()
  .refine(isUnquoted, QUOTED)
  .transform((text, context) => {
    const reject = rejectIn(context);
    const url = URL.parse(text);
    if (!url?.hostname || !['redis:', 'rediss:'].includes(url.protocol)) {
      return reject(
        'must be a complete URL that begins with redis:// or rediss://, for example redis://localhost:6379. Special characters of the password are percent-encoded (# as %23, / as %2F).',
      );
    }
    if (!/^(\/\d*)?$/.test(url.pathname))
      return reject('must end with the port or the number of a database, such as /0.');
    if (!isDecodable(url.username + url.password)) return reject('has a % that must be written as %25.');
    return text;
  });

/** Reports a mistake in a value. */
function rejectIn(context: z.RefinementCtx): (message: string) => never {
  return (message) => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
}

/** A URL's origin with the host in the case it was given in. A URL object has it in lower case. */
function originAsGiven({ protocol, hostname, port }: URL, text: string): string {
  const start = text.toLowerCase().indexOf(hostname, protocol.length);
  const host = start === -1 ? hostname : text.slice(start, start + hostname.length);
  return `${protocol}//${host}${port && `:${port}`}`;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function isSafe(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

function hasCredentials(url: URL): boolean {
  return url.username !== '' || url.password !== '';
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
