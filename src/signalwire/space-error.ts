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
