import type { Request, RequestHandler, Router } from 'express';
import { fileBytes, isRecordingOver } from '../../model/resources.js';
import { createWav } from '../../model/wav.js';
import { notFound } from '../api-error.js';
import type { ApiResponse } from '../exchange.js';
import { type EndpointContext, pathSid, requireFound } from './endpoint.js';

/**
 * Adds the endpoint that serves a recording's audio as WAV, with and without `.wav`, to anyone. Source: SignalWire's REST
 * reference, "Retrieve a Recording". There is no MP3, and a recording that isn't over has no audio (assumed).
 */
export function addAudioEndpoint(router: Router, { createHandler, model, views }: EndpointContext): void {
  const fetch = createHandler(
    (request) => {
      const sid = pathSid(request, 'recording').replace(/\.wav$/, '');
      const { recording } = requireFound(views.findAccountRecording(sid));
      if (!isRecordingOver(recording)) throw notFound();
      return answerRange(request, createWav(fileBytes(recording, model.now())));
    },
    { isPublic: true },
  );

  const unlessMetadata: RequestHandler = (request, response, next) =>
    /\.json(\?|$)/.test(request.originalUrl) ? next() : fetch(request, response, next);
  router.get('/:account/Recordings/:recording', unlessMetadata);
}

/** The file, or the part of it that `Range` asks for (RFC 9110). That SignalWire supports it is assumed. */
function answerRange(request: Request, file: Buffer): ApiResponse {
  const headers = { 'content-type': 'audio/wav', 'accept-ranges': 'bytes' };
  const ranges = request.range(file.length);
  if (ranges === -1) return { status: 416, body: '', headers: { 'content-range': `bytes */${file.length}` } };
  const [range, ...others] = Array.isArray(ranges) ? ranges : [];
  if (!range || others.length > 0) return { status: 200, body: file, headers };
  const contentRange = `bytes ${range.start}-${range.end}/${file.length}`;
  return {
    status: 206,
    body: file.subarray(range.start, range.end + 1),
    headers: { ...headers, 'content-range': contentRange },
  };
}
