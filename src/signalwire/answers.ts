import { z } from 'zod';
import { SID } from './sid.js';
import { SpaceError } from './space-error.js';

// The parts of SignalWire's answers that we use, in its own names. Source: its OpenAPI document of the compatibility API. If a
// required part is missing, the whole answer is unreadable: a list that we believed in part could pause two people talking.

const sid = z.string().regex(SID);
const word = z.string().min(1);
/** Null if it isn't a date: the SDK would read a missing date as the present time. */
const date = z.string().nullable().catch(null);

const friendlyName = z
  .string()
  .nullish()
  .transform((name) => name ?? '');

const conference = z.object({
  sid,
  friendly_name: friendlyName,
  status: word.optional().catch(undefined),
  date_created: date,
});

const participant = z.object({
  call_sid: sid,
  status: word.optional().catch(undefined),
  hold: z.boolean().catch(false),
  coaching: z.boolean().catch(false),
});

/** A recording. */
export const RECORDING = z.object({
  sid,
  status: word,
  date_created: date,
  /** Only the account's list has it. Null for a recording of a call. */
  conference_sid: sid.optional().catch(undefined),
  duration: z.union([z.number(), word]).optional().catch(undefined),
});

const phoneNumber = z.object({
  sid,
  phone_number: word,
  voice_url: z.string().catch(''),
  voice_method: z.string().catch(''),
  voice_fallback_url: z.string().catch(''),
  voice_fallback_method: z.string().catch(''),
  voice_application_sid: z.string().optional().catch(undefined),
});

/** A page of a list. Other members are dropped, because they would make the SDK look for the items elsewhere. */
function page<Items extends z.ZodType>(name: string, items: Items) {
  return z.object({ [name]: items, next_page_uri: z.string().nullish() });
}

/** A page of the list of a conference's participants. */
export const PARTICIPANTS = z.object({ participants: z.array(participant), next_page_uri: z.string().nullish() });

/** Drops the items that can't be read, so that an odd conference of another application doesn't hide ours. */
function readableItems<Item extends z.ZodType>(item: Item) {
  return z.array(z.unknown()).transform((listed) =>
    listed.flatMap((one) => {
      const result = item.safeParse(one);
      return result.success ? [result.data] : [];
    }),
  );
}

/** For updates, whose HTTP status is all we need. Whether they answer 200, 202 or 204, and with what body, isn't documented. */
const anyBody = z.unknown().transform(() => ({}));

const ANSWERS: Readonly<Record<string, z.ZodType>> = {
  'GET Conferences': page('conferences', readableItems(conference)),
  'GET Conferences/SID': z.object({ status: word, friendly_name: friendlyName.catch('') }),
  'GET Participants': PARTICIPANTS,
  'GET Recordings': page('recordings', z.array(RECORDING)),
  'GET Recordings/SID': RECORDING,
  'POST Recordings/SID': anyBody,
  'GET Calls/SID': z.object({ status: word }),
  'POST Calls': z.object({ sid }),
  'GET IncomingPhoneNumbers': page('incoming_phone_numbers', readableItems(phoneNumber)),
  'GET IncomingPhoneNumbers/SID': phoneNumber,
  'POST IncomingPhoneNumbers/SID': anyBody,
};

const linked = z.object({ next_page_uri: z.string().min(1) });

/**
 * Checks an answer of SignalWire's, and keeps only what we use.
 *
 * @param path the path of the request, or its whole URL
 * @param status the HTTP status of the answer
 * @param body the parsed JSON
 * @returns the answer, in SignalWire's names
 * @throws SpaceError with that status if the answer doesn't fit the request
 */
export function checkAnswer(method: string, path: string, status: number, body: unknown): unknown {
  const kind = kindOf(path);
  const request = `${method} ${kind}`;
  const schema = ANSWERS[request];
  if (!schema) throw unreadable(request, status, 'this kind of answer is unknown');
  return parseAnswer(schema, method, kind, status, body);
}

/**
 * Checks an answer of a known kind.
 *
 * @param kind the kind of resource
 * @param status the HTTP status of the answer
 * @throws SpaceError with that status if the answer doesn't fit
 */
export function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  method: string,
  kind: string,
  status: number,
  body: unknown,
): z.output<Schema> {
  const request = `${method} ${kind}`;
  const result = schema.safeParse(body);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw unreadable(request, status, [issue?.path.join('.'), issue?.message].filter(Boolean).join(': '));
  }
  const next = linked.safeParse(result.data);
  if (next.success && kindOf(next.data.next_page_uri) !== kind)
    throw unreadable(request, status, 'its next page belongs to something else');
  return result.data;
}

function unreadable(request: string, status: number, reason: string): SpaceError {
  return new SpaceError(`SignalWire's answer to ${request} could not be read: ${reason}`, { status });
}

/**
 * The kind of resource at a path: `…/Accounts/A/Conferences/C/Recordings/R.json?x=y` is
 * `Recordings/SID`, and `…/Accounts/A/Conferences` is `Conferences`.
 */
function kindOf(path: string): string {
  const [, below = ''] = /\/Accounts\/[^/]+\/([^?#]+?)(?:\.json)?(?:[?#]|$)/.exec(path) ?? [];
  const parts = below.split('/');
  return parts.length % 2 === 1 ? (parts.at(-1) ?? '') : `${parts.at(-2)}/SID`;
}
