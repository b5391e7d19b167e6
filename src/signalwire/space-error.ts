interface SpaceErrorOptions {
  status?: number;
  retryAfterMs?: number | undefined;
  reason?: string | undefined;
  cause?: unknown;
}

/** A request to SignalWire that was refused, wasn't answered, or got an unreadable answer. The message is for the log. */
export class SpaceError extends Error {
  /** HTTP status of the answer; undefined if there was none (no connection, time-out), or the SDK couldn't read it. */
  readonly status: number | undefined;
  /** SignalWire's `Retry-After` in milliseconds; undefined if it sent none. */
  readonly retryAfterMs: number | undefined;
  /** Why SignalWire refused, in its own words; undefined if it didn't say. */
  readonly reason: string | undefined;

  constructor(message: string, options: SpaceErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'SpaceError';
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
    this.reason = options.reason;
  }
}

/** 404: SignalWire doesn't know the resource. */
export function isNotFound(error: unknown): boolean {
  return error instanceof SpaceError && error.status === 404;
}

/** 422: the resource can't be changed in this way. */
export function isUnprocessable(error: unknown): boolean {
  return error instanceof SpaceError && error.status === 422;
}

/** 401: SignalWire refused our credentials, or the token lacks a scope. */
export function isUnauthorized(error: unknown): boolean {
  return error instanceof SpaceError && error.status === 401;
}

/**
 * No answer, 408, 429 or 5xx: the same request may succeed later. An answer that the SDK couldn't read counts, too, because it has
 * no status.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof SpaceError)) return false;
  const { status = 500 } = error;
  return status === 408 || status === 429 || status >= 500;
}
