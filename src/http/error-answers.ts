import type { ErrorRequestHandler } from 'express';
import createHttpError, { type HttpError, isHttpError } from 'http-errors';
import type { Logger } from 'pino';
import { redactUrl } from '../log/redact-url.js';
import { signatureHeadersOf } from './webhooks/require-signature.js';

/**
 * Answers an error with its status and one sentence, and logs it. The log line has the URL that the signature was checked
 * against, because most refusals come from a wrong one.
 */
export function answerErrors(log: Logger, publicUrl: () => string | undefined): ErrorRequestHandler {
  // Express recognises an error handler by its four parameters.
  return (error, request, response, next) => {
    const { status, sentence } = describe(error);
    request.refusal = sentence;
    const { method, path } = request;
    const url = redactUrl((publicUrl() ?? '') + request.url);
    if (status >= 500) log.error({ method, path, url, err: error }, 'a webhook or page request failed');
    else {
      const signatureHeaders = signatureHeadersOf(request);
      log.warn({ method, path, url, signatureHeaders, status, reason: sentence }, 'request refused');
    }
    if (response.headersSent) return next(error);
    response.status(status).type('text/plain').send(`${sentence}\n`);
  };
}

/** Hides the message of an error that isn't meant for the client. */
function describe(error: unknown): { status: number; sentence: string } {
  const { status, expose, message } = asHttpError(error);
  return { status, sentence: expose ? message.replace(/\s+/g, ' ') : 'Something went wrong on our side.' };
}

/** Express' own errors have a status, but are not always HttpErrors. */
function asHttpError(error: unknown): HttpError {
  if (isHttpError(error)) return error;
  const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
  return createHttpError(status >= 400 && status < 500 ? status : 500, error instanceof Error ? error.message : '');
}
