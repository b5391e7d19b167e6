interface SpaceErrorOptions {
  status?: number;
  retryAfterMs?: number | undefined;
  reason?: string | undefined;
  cause?: unknown;
}

/** SignalWire refused a request, didn't answer it, or answered what can't be read. The message is for the log. */
export class SpaceError extends Error {
  /**
   * HTTP status of the answer; undefined when there was none (no connection, time-out, connection lost), or the SDK
   * couldn't read it.
   */
  readonly status: number | undefined;
  /** Milliseconds after which SignalWire wants to be asked again (`Retry-After`), if it said so. */
  readonly retryAfterMs: number | undefined;
  /** Why, in SignalWire's own words, if it said so. */
  readonly reason: string | undefined;

  constructor(message: string, options: SpaceErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'SpaceError';
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
    this.reason = options.reason;
  }
}

/** Whether SignalWire answered that what we asked for isn't there (404). */
export function isNotFound(error: unknown): boolean {
  return error instanceof SpaceError && error.status === 404;
}

/** Whether SignalWire answered that the thing can't take what was asked of it (422). */
export function isUnprocessable(error: unknown): boolean {
  return error instanceof SpaceError && error.status === 422;
}

/** Whether SignalWire refused our credentials (401). */
export function isUnauthorized(error: unknown): boolean {
  return error instanceof SpaceError && error.status === 401;
}
