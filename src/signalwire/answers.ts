import { z } from 'zod';
import { SID } from './sid.js';
import { SpaceError } from './space-error.js';

// What each of SignalWire's answers must be, in its own names, and no more of it than we use. Source: its OpenAPI document
// of the compatibility API. What must be there and isn't makes the whole answer unreadable: a list that is believed in part
// would pause two people who talk.

const sid = z.string().regex(SID);
const word = z.string().min(1);
/** Anything that isn't a date is null: the SDK would take what is missing for now. */
const date = z.string().nullable().catch(null);

const conference = z.object({
  sid,
  friendly_name: z
    .string()
    .nullish()
    .transform((name) => name ?? ''),
  status: word.optional().catch(undefined),
  date_created: date,
});

const participant = z.object({
  call_sid: sid,
  status: word.optional().catch(undefined),
  hold: z.boolean().catch(false),
  coaching: z.boolean().catch(false),
});

const recording = z.object({
  sid,
  status: word,
  date_created: date,
  /** The account's list has it; null for a recording of a call. */
  conference_sid: sid.optional().catch(undefined),
});

const phoneNumber = z.object({
  sid,
  phone_number: word,
  voice_url: z.string().catch(''),
  voice_method: z.string().catch(''),
  voice_application_sid: z.string().optional().catch(undefined),
});

/** A page of a list: other members, which would have the SDK look for the items elsewhere, are dropped. */
function page<Items extends z.ZodType>(name: string, items: Items) {
  return z.object({ [name]: items, next_page_uri: z.string().nullish() });
}

/** The items that make sense, without the others: one odd conference of somebody else's must not hide ours. */
function sensible<Item extends z.ZodType>(item: Item) {
  return z.array(z.unknown()).transform((listed) =>
    listed.flatMap((one) => {
      const result = item.safeParse(one);
      return result.success ? [result.data] : [];
    }),
  );
}

/** Where the status alone counts. An update may also be answered by 202 or 204, with or without a body (not documented). */
const anything = z.unknown().transform(() => ({}));

const ANSWERS: Readonly<Record<string, z.ZodType>> = {
  'GET Conferences': page('conferences', sensible(conference)),
  'GET Conferences/SID': z.object({ status: word }),
  'GET Participants': page('participants', z.array(participant)),
  'GET Recordings': page('recordings', z.array(recording)),
  'GET Recordings/SID': recording,
  'POST Recordings/SID': anything,
  'GET Calls/SID': z.object({ status: word }),
  'POST Calls': z.object({ sid }),
  'GET IncomingPhoneNumbers': page('incoming_phone_numbers', sensible(phoneNumber)),
  'POST IncomingPhoneNumbers/SID': anything,
};

const linked = z.object({ next_page_uri: z.string().min(1) });

/**
 * Checks what SignalWire answered, and leaves only what we use of it.
 *
 * @param path the path that was asked, or a URL with it
 * @param status of the answer
 * @param body the answer's JSON
 * @returns the answer in SignalWire's names
 * @throws SpaceError with that status, when the answer can't be what was asked for
 */
export function checkAnswer(method: string, path: string, status: number, body: unknown): unknown {
  const kind = kindOf(path);
  const asked = `${method} ${kind}`;
  const unreadable = (why: string) =>
    new SpaceError(`SignalWire's answer to ${asked} could not be read: ${why}`, { status });

  const result = ANSWERS[asked]?.safeParse(body);
  if (!result) throw unreadable('nothing is known of such an answer');
  if (!result.success) {
    const [issue] = result.error.issues;
    throw unreadable([issue?.path.join('.'), issue?.message].filter(Boolean).join(': '));
  }
  const next = linked.safeParse(result.data);
  if (next.success && kindOf(next.data.next_page_uri) !== kind) throw unreadable('its next page is of something else');
  return result.data;
}

/**
 * The kind of resource at a path, whatever is before it: `…/Accounts/A/Conferences/C/Recordings/R.json?x=y` is
 * `Recordings/SID`, and `…/Accounts/A/Conferences` is `Conferences`.
 */
function kindOf(path: string): string {
  const [, below = ''] = /\/Accounts\/[^/]+\/([^?#]+?)(?:\.json)?(?:[?#]|$)/.exec(path) ?? [];
  const parts = below.split('/');
  return parts.length % 2 === 1 ? (parts.at(-1) ?? '') : `${parts.at(-2)}/SID`;
}
