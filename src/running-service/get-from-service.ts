import { connectionFailure } from '../http/connection-failure.js';

const TIMEOUT_MS = 5000;

/**
 * Requests a path of a service.
 *
 * @param url the service's URL, without a path
 * @throws Error whose message completes a sentence that begins with the address: it doesn't answer within 5 s
 */
export async function getFromService(url: string, path: string, headers?: Record<string, string>): Promise<Response> {
  try {
    return await fetch(url + path, {
      ...(headers && { headers }),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    const isTimeout = error.name === 'TimeoutError';
    throw new Error(isTimeout ? 'does not answer within 5 s' : `does not answer (${connectionFailure(error)})`, {
      cause,
    });
  }
}
