import type { RequestHandler } from 'express';
import { z } from 'zod';
import { nameFault } from '../conferences/name.js';
import type { Registry } from '../conferences/registry.js';
import { Refusal } from '../refusal.js';
import { conferenceResponse } from '../signalwire/laml.js';
import { readParameters, sid, text } from './parameters.js';
import { sendLaml } from './send-laml.js';

export interface InboundOptions {
  registry: Registry;
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
 * one. Does no I/O: a caller waits. Source of the parameters: SignalWire's cXML reference.
 */
export function inbound({ registry, publicUrl, conferenceName, conferencePrefix }: InboundOptions): RequestHandler {
  // To build the document takes long beside the rest, and those who call mostly join the room of the one before.
  let last: { name: string; base: string; document: string } | undefined;

  return (request, response) => {
    const { room } = readParameters(request, parameters);
    const named = room || conferenceName;
    const name = named ? conferencePrefix + named : registry.roomFor(readParameters(request, caller).CallSid);
    const fault = nameFault(name);
    if (fault) throw new Refusal(400, `The room ${fault}`);
    const base = publicUrl() ?? '';
    if (last?.name !== name || last.base !== base) last = { name, base, document: conferenceResponse(name, base) };
    sendLaml(response, last.document);
  };
}
