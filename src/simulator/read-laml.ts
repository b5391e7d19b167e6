import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { z } from 'zod';
import type { ConferenceLaml } from './model/resources.js';

/** Source: SignalWire's page "Common webhook errors". */
const MAX_BYTES = 64 * 1024;

/** In characters. Source: SignalWire's OpenAPI document, for a conference's FriendlyName. */
const MAX_NAME_LENGTH = 64;

/** In characters. Source: SignalWire's cXML reference, Say. */
const MAX_SAY_LENGTH = 4096;

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const method = z.enum(['GET', 'POST']).default('POST');
const url = z.url({ protocol: /^https?$/ });
const listOf = <const Events extends readonly string[]>(events: Events) =>
  z
    .string()
    .transform((list) => list.trim().split(/\s+/))
    .pipe(z.array(z.enum(events)));

// The attributes in SignalWire's cXML reference. Others are refused, so that a typo is noticed.
const conferenceAttributes = z.strictObject({
  beep: z.enum(['true', 'false', 'onEnter', 'onExit']).optional(),
  coach: z.guid().optional(),
  endConferenceOnExit: flag.default(false),
  eventCallbackUrl: url.optional(),
  maxParticipants: z.coerce.number().int().min(1).optional(),
  muted: flag.default(false),
  record: z.enum(['do-not-record', 'record-from-start']).default('do-not-record'),
  recordingStatusCallback: url.optional(),
  recordingStatusCallbackEvent: listOf(['in-progress', 'completed', 'failed', 'absent']).default([
    'completed',
    'failed',
  ]),
  recordingStatusCallbackMethod: method,
  startConferenceOnEnter: flag.default(true),
  statusCallback: url.optional(),
  statusCallbackEvent: listOf(['start', 'end', 'join', 'leave', 'mute', 'hold', 'speaker']).default([]),
  statusCallbackMethod: method,
  trim: z.enum(['trim-silence', 'do-not-trim']).default('trim-silence'),
  waitMethod: method,
  waitUrl: url.optional(),
});

const dialAttributes = z.strictObject({
  action: url.optional(),
  answerOnBridge: flag.optional(),
  callerId: z.string().optional(),
  callerName: z.string().optional(),
  hangupOnStar: flag.optional(),
  method: method.optional(),
  record: z.string().optional(),
  recordingStatusCallback: url.optional(),
  recordingStatusCallbackEvent: z.string().optional(),
  recordingStatusCallbackMethod: method.optional(),
  recordingStorageUrl: url.optional(),
  recordingStorageUrlMethod: method.optional(),
  recordingTrack: z.enum(['inbound', 'outbound', 'both']).optional(),
  ringTone: z.string().optional(),
  timeLimit: z.coerce.number().int().optional(),
  timeout: z.coerce.number().int().optional(),
  trim: z.enum(['trim-silence', 'do-not-trim']).optional(),
});

/** The document is not valid LaML, or not LaML that the simulator supports. */
export class LamlError extends Error {
  override name = 'LamlError';
}

interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

const sayAttributes = z.strictObject({
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z\d]{2,8})*$/i)
    .optional(),
  loop: z.coerce.number().int().min(0).optional(),
  voice: z.string().optional(),
});

const playAttributes = z.strictObject({
  digits: z.string().optional(),
  loop: z.coerce.number().int().min(0).optional(),
});

/** What a caller hears, and then the conference that the caller joins. */
export interface Laml {
  /** Texts that are spoken, and URLs of files that are played. */
  announcements: string[];
  conference: ConferenceLaml;
}

/**
 * Reads `<Response><Dial><Conference …>name</Conference></Dial></Response>`, with `<Say>` and `<Play>` before `<Dial>`: the only
 * LaML that the simulator supports.
 *
 * @throws LamlError if SignalWire would refuse the document (not XML, wrong content type, over 64 kB), if SignalWire's reference
 *   lacks an attribute or value, or if the simulator doesn't support an element
 */
export function readLaml(contentType: string, body: string): Laml {
  if (!/^(text|application)\/([\w.+-]+\+)?xml\s*(;|$)/i.test(contentType)) {
    throw new LamlError(`The content type is ${contentType || 'missing'}, not XML.`);
  }
  if (Buffer.byteLength(body) > MAX_BYTES) throw new LamlError('The document is larger than 64 kB.');
  const response = parseXml(body);
  const announcements = takeAnnouncements(response);
  const dial = onlyChild(response, 'Response', 'Dial');
  const conference = onlyChild(dial, 'Dial', 'Conference');
  if (conference.children.length > 0) throw new LamlError('<Conference> must contain only text.');
  const name = conference.text.trim();
  if (!name) throw new LamlError('The conference has no name.');
  if ([...name].length > MAX_NAME_LENGTH) {
    throw new LamlError(`The conference's name is longer than ${MAX_NAME_LENGTH} characters.`);
  }
  readAttributes(response, z.strictObject({}));
  readAttributes(dial, dialAttributes);
  return { announcements, conference: { name, ...readAttributes(conference, conferenceAttributes) } };
}

/** Removes what is spoken or played before the last element, and returns it. */
function takeAnnouncements(response: Element): string[] {
  return response.children.splice(0, response.children.length - 1).map((element) => {
    const text = element.text.trim();
    if (element.children.length > 0) throw new LamlError(`<${element.name}> must contain only text.`);
    if (element.name === 'Say') {
      readAttributes(element, sayAttributes);
      if (!text || [...text].length > MAX_SAY_LENGTH) {
        throw new LamlError(`<Say> must contain a text of at most ${MAX_SAY_LENGTH} characters.`);
      }
      return text;
    }
    if (element.name !== 'Play') throw new LamlError(`The simulator does not support <${element.name}> before <Dial>.`);
    readAttributes(element, playAttributes);
    if (!url.safeParse(text).success) throw new LamlError('<Play> must contain the URL of a sound file.');
    return text;
  });
}

function readAttributes<Schema extends z.ZodType>({ name, attributes }: Element, schema: Schema): z.output<Schema> {
  const result = schema.safeParse(attributes);
  if (!result.success) throw new LamlError(`<${name}> has invalid attributes: ${z.prettifyError(result.error)}`);
  return result.data;
}

function onlyChild(element: Element, expected: string, childName: string): Element {
  if (element.name !== expected) throw new LamlError(`The document has <${element.name}> instead of <${expected}>.`);
  const [child, ...others] = element.children;
  if (child?.name !== childName || others.length > 0) {
    throw new LamlError(`<${expected}> must contain exactly one <${childName}>: the simulator supports nothing else.`);
  }
  if (element.text.trim()) throw new LamlError(`<${expected}> must not contain text.`);
  return child;
}

function parseXml(text: string): Element {
  const document: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [document];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw new LamlError(`The document is not well-formed XML: ${error.message}`);
  });
  parser.on('opentag', ({ name, attributes }: SaxesTagPlain) => {
    const element: Element = { name, attributes, children: [], text: '' };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('text', (piece) => {
    const element = open.at(-1);
    if (element) element.text += piece;
  });
  parser.on('closetag', () => open.pop());
  parser.write(text).close();
  const root = document.children[0];
  if (!root) throw new LamlError('The document is empty.');
  return root;
}
