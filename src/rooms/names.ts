/** The longest name of a conference (SignalWire's FriendlyName), in characters. Source: SignalWire's OpenAPI document. */
export const MAX_NAME_LENGTH = 64;

/** The length of a CallSid: SignalWire's SIDs are UUIDs. Source: SignalWire's OpenAPI document. */
const SID_LENGTH = 36;

/** The longest prefix that leaves room for a CallSid. */
export const MAX_PREFIX_LENGTH = MAX_NAME_LENGTH - SID_LENGTH;

// XML 1.0 cannot represent control characters, lone surrogates or the two noncharacters. It can represent tabs and line
// breaks, but a parser may normalise them, and the name that comes back would differ from the one we sent.
const UNWRITABLE = /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u;

/**
 * Says why a name is not a valid conference name.
 *
 * @param name the whole name, prefix included
 * @returns the rest of a sentence that begins with what the name belongs to ("The room …"); undefined if the name is valid
 */
export function invalidNameReason(name: string): string | undefined {
  if ([...name].length > MAX_NAME_LENGTH) {
    return `is too long: with its prefix, a conference's name may have ${MAX_NAME_LENGTH} characters.`;
  }
  if (!isWritable(name)) return 'contains characters that XML cannot represent, such as control characters.';
  return undefined;
}

/** Whether XML can represent a text that is a single line. */
export function isWritable(text: string): boolean {
  return !UNWRITABLE.test(text);
}
