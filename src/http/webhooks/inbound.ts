import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { Refusal } from '../../refusal.js';
import { nameFault } from '../../rooms/names.js';
import type { OpenRoom } from '../../rooms/open-room.js';
import { conferenceResponse } from '../../signalwire/laml.js';
import { readParameters, sid, text } from './parameters.js';

export interface InboundOptions {
  openRoom: Pick<OpenRoom, 'nameFor'>;
  /** Settles when the first discovery is done, or has taken as long as a caller may wait for it. Never rejects. */
  ready: Promise<unknown>;
  /** Where SignalWire reaches this service; requireSignature lets nobody in before it is known. */
  publicUrl: () => string | undefined;
  /** The room of those who ask for none; undefined lets them share one of their own. */
  conferenceName: string | undefined;
  conferencePrefix: string;
}

const parameters = z.object({ room: text.trim().optional() });
const caller = z.object({ CallSid: sid });

/**
 * A call comes in: answers the LaML that puts the caller into a recorded conference, or refuses (400) a room that can't be
 * one. Asks nothing of SignalWire, as a caller waits; only those who ask for no room wait for the first discovery, else a
 * restart would split them from those who talk. Source of the parameters: SignalWire's cXML reference.
 */
export function inbound(options: InboundOptions): RequestHandler {
  const { openRoom, ready, publicUrl, conferenceName, conferencePrefix } = options;

  async function nameFor(request: Request): Promise<string> {
    const named = readParameters(request, parameters).room || conferenceName;
    if (named) return conferencePrefix + named;
    const { CallSid } = readParameters(request, caller);
    await ready;
    return openRoom.nameFor(CallSid);
  }

  return async (request, response) => {
    const name = await nameFor(request);
    const fault = nameFault(name);
    if (fault) throw new Refusal(400, `The room ${fault}`);
    response.type('text/xml').send(conferenceResponse(name, publicUrl() ?? ''));
  };
}
