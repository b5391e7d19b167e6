import { connectionFailure } from '../http/connection-failure.js';
import { NoAnswer } from './redis-clients.js';

/** What Redis' errors begin with, and what they mean. Source: Redis' and Valkey's documentation of AUTH and ACL. */
const ANSWERS: Record<string, string> = {
  WRONGPASS: 'Redis refuses the user name or the password of REDIS_URL (WRONGPASS)',
  NOAUTH: 'Redis wants a password, and REDIS_URL has none (NOAUTH)',
  NOPERM: "Redis doesn't let the user of REDIS_URL publish and subscribe to the channel (NOPERM)",
};

/**
 * Says in a sentence, without a full stop, why Redis can't be used.
 *
 * @param error from the client; its message may contain the URL, and the sentence never does
 */
export function redisFailure(error: Error, url: string): string {
  return withoutSecrets(sentenceFor(error), url);
}

function sentenceFor(error: Error): string {
  if (error instanceof NoAnswer || /timeout/i.test(error.message)) return "Redis doesn't answer";
  const { message } = error;
  const answer = ANSWERS[/^[A-Z]+/.exec(message)?.[0] ?? ''];
  if (answer !== undefined) return answer;
  if (/^ERR AUTH .*without any password/.test(message)) {
    return 'Redis has no password, and REDIS_URL has one: it may be another Redis';
  }
  if (/^(ERR|LOADING|MASTERDOWN|DENIED)\b/.test(message)) return `Redis answers: ${message}`;
  if (/^Unknown RESP type/.test(message)) return "What answers at REDIS_URL isn't Redis";
  const code = codeOf(error);
  if (/^Socket closed/.test(message) || ['ECONNRESET', 'EPIPE'].includes(code))
    return 'Redis has closed the connection';
  if (/SSL|EPROTO/.test(code))
    return "What answers at REDIS_URL doesn't speak TLS: it may need redis:// instead of rediss://";
  if (/CERT|SIGNATURE|ISSUER/.test(code)) return `Redis' certificate isn't trusted (${message})`;
  return `Redis can't be reached (${connectionFailure(error).replace(/^connect /, '')})`;
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}

function withoutSecrets(text: string, url: string): string {
  const { password = '' } = URL.parse(url) ?? {};
  const secrets = [url, password, decoded(password)].filter((secret) => secret !== '');
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
