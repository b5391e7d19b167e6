/** SignalWire refused a request, or didn't answer it. */
export class SpaceError extends Error {
  /** HTTP status of the answer; undefined when there was none (no connection, time-out, connection lost). */
  readonly status: number | undefined;

  constructor(message: string, options: { status?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'SpaceError';
    this.status = options.status;
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
