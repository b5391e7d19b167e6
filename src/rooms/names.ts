/** A conference's name (SignalWire's FriendlyName) is at most this many characters. Source: SignalWire's OpenAPI document. */
export const MAX_NAME_LENGTH = 64;

/** Characters in a CallSid: SignalWire's SIDs are UUIDs. Source: SignalWire's OpenAPI document. */
const SID_LENGTH = 36;

/** The longest prefix that leaves room for a caller's CallSid behind it. */
export const MAX_PREFIX_LENGTH = MAX_NAME_LENGTH - SID_LENGTH;

// XML 1.0 has no way to write control characters, lone surrogates or the two noncharacters; tab and line breaks it
// has, but a parser may fold them, and then the name that comes back isn't the one that was sent.
const UNWRITABLE = /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u;

/**
 * What is wrong with a conference name, if anything.
 *
 * @param name the whole name, prefix included
 * @returns the end of a sentence that begins with what the name is of ("The room …"), or undefined when the name is fine
 */
export function nameFault(name: string): string | undefined {
  if ([...name].length > MAX_NAME_LENGTH) {
    return `is too long: with its prefix a conference's name may have ${MAX_NAME_LENGTH} characters.`;
  }
  if (UNWRITABLE.test(name)) return 'holds characters that XML cannot carry, such as control characters.';
  return undefined;
}
