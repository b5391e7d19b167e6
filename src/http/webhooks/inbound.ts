import type { Request, RequestHandler } from 'express';
import createHttpError from 'http-errors';
import { z } from 'zod';
import { invalidNameReason } from '../../rooms/names.js';
import type { Settings } from '../../settings/settings.js';
import { conferenceResponse } from '../../signalwire/laml.js';
import { readParameters, sid, text } from './parameters.js';

export interface InboundOptions {
  /** Puts a caller into the open room. @returns the conference's name, prefix included */
  placeCaller: (callSid: string) => string | Promise<string>;
  /** Settles when the first discovery is complete, or has taken as long as a caller may wait. Never rejects. */
  ready: Promise<unknown>;
  /** Where SignalWire reaches this service. It is known by now, because requireSignature refuses webhooks until it is. */
  publicUrl: () => string | undefined;
  settings: Pick<Settings, 'announcement' | 'countHeld' | 'conferenceName' | 'conferencePrefix'>;
}

const parameters = z.object({ room: text.trim().optional() });
const caller = z.object({ CallSid: sid });

/**
 * A call comes in. Answers with LaML that puts the caller into a recorded conference, or refuses an invalid room (400). It
 * sends SignalWire no request, because a caller is waiting. Callers without a room wait for the first discovery, so that a
 * restart doesn't split them from people who are already talking. Source of the parameters: SignalWire's cXML reference.
 */
export function inbound(options: InboundOptions): RequestHandler {
  const { placeCaller, ready, publicUrl, settings } = options;
  const { conferenceName, conferencePrefix } = settings;

  async function nameFor(request: Request): Promise<string> {
    const room = readParameters(request, parameters).room || conferenceName;
    if (room) return conferencePrefix + room;
    const { CallSid } = readParameters(request, caller);
    await ready;
    return placeCaller(CallSid);
  }

  return async (request, response) => {
    const name = await nameFor(request);
    const invalid = invalidNameReason(name);
    if (invalid) throw createHttpError(400, `The room ${invalid}`);
    response.type('text/xml').send(conferenceResponse(name, publicUrl() ?? '', settings));
  };
}
