import type { ErrorRequestHandler } from 'express';
import { isHttpError } from 'http-errors';
import type { Logger } from 'pino';
import { redactUrl } from './redact-url.js';
import { signatureHeadersOf } from './webhooks/require-signature.js';

/**
 * Answers an error with its status and one sentence, and logs it. The log line has the URL that the signature was checked
 * against, because most refusals come from a wrong one.
 */
export function answerErrors(log: Logger, publicUrl: () => string | undefined): ErrorRequestHandler {
  // Express recognises an error handler by its four parameters.
  return (error, request, response, next) => {
    const { status, sentence } = describe(error);
    const { method, path } = request;
    const url = redactUrl((publicUrl() ?? '') + request.url);
    if (status >= 500) log.error({ method, path, url, err: error }, 'a request failed');
    else {
      const signatureHeaders = signatureHeadersOf(request);
      log.warn({ method, path, url, signatureHeaders, status, reason: sentence }, 'request refused');
    }
    if (response.headersSent) return next(error);
    response.status(status).type('text/plain').send(`${sentence}\n`);
  };
}

/** The message of an error that isn't meant for the client is not sent. */
function describe(error: unknown): { status: number; sentence: string } {
  if (!isHttpError(error)) return { status: 500, sentence: 'Something went wrong on our side.' };
  const { status, expose, message } = error;
  return { status, sentence: expose ? message.replace(/\s+/g, ' ') : 'Something went wrong on our side.' };
}
