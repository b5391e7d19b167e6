import { createHttpClient } from './http-client.js';
import type { SpaceOptions } from './rest-space.js';
import { SpaceError } from './space-error.js';

/** An answer of the REST API as it came. */
export interface RawAnswer {
  /** The HTTP status. */
  status: number;
  /** The parsed JSON; undefined unless the answer is a 2xx with JSON in it. */
  body: unknown;
}

/**
 * The REST API in its own words: HTTP statuses and unchecked JSON, which `Space` hides. Only for finding out what a space does,
 * never for the recorder. Nothing here rejects, and nothing is retried.
 */
export interface RawSpace {
  /** Paths are those below the account, without `.json`. Undefined if SignalWire didn't answer. */
  get(path: string, query?: Record<string, string>): Promise<RawAnswer | undefined>;
  post(path: string, form: Record<string, string>): Promise<RawAnswer | undefined>;
  /** Closes the connections. Requests in flight fail. */
  close(): void;
}

export function createRawSpace(options: Omit<SpaceOptions, 'onRequest'>): RawSpace {
  const { spaceUrl, projectId, apiToken, timeoutMs } = options;
  const http = createHttpClient({ origin: spaceUrl, timeoutMs, onDate: () => {} });
  // Without the ending, a recording's address leads to its audio.
  const request = (path: string) => ({
    uri: `${spaceUrl}/api/laml/2010-04-01/Accounts/${projectId}/${path}.json`,
    username: projectId,
    password: apiToken,
  });
  return {
    get: (path, query = {}) => answerOf(http.request({ method: 'GET', ...request(path), params: query })),
    post: (path, form) =>
      answerOf(
        http.request({
          method: 'POST',
          ...request(path),
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          data: form,
        }),
      ),
    close: () => http.close(),
  };
}

async function answerOf(sent: Promise<{ statusCode: number; body: unknown }>): Promise<RawAnswer | undefined> {
  try {
    const { statusCode, body } = await sent;
    return { status: statusCode, body };
  } catch (error) {
    const { status } = error instanceof SpaceError ? error : {};
    return status === undefined ? undefined : { status, body: undefined };
  }
}
