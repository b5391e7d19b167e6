// Quotes and invisible characters come along when somebody copies a value from a web page or a document.

const QUOTE = /^["'`“”„‘’«»]|["'`“”„‘’«»]$/;

// White space, control characters, and what Unicode lets a font leave out, such as a zero-width space.
const INVISIBLE = /[\s\p{C}\p{Default_Ignorable_Code_Point}]/u;

/** Whether a value has no quotes around it. `docker run --env-file`, for one, makes them part of the value. */
export function isUnquoted(text: string): boolean {
  return !QUOTE.test(text);
}

/** Whether a value has neither white space nor invisible characters. */
export function isVisible(text: string): boolean {
  return !INVISIBLE.test(text);
}

/** Reported for a value in quotes. Later checks are skipped, because they would complain about the same thing. */
export const QUOTED = { error: 'must be given without quotes.', abort: true };

/** Reported for a value with white space or invisible characters in it. */
export const NOT_VISIBLE = {
  error: 'contains a space or an invisible character: type it, or copy it again without what surrounds it.',
  abort: true,
};
