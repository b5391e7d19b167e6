// What may surround or get into a value that somebody copies from a web page or a document.

const QUOTE = /^["'`“”„‘’«»]|["'`“”„‘’«»]$/;

// White space, control characters, and what Unicode lets a font leave out, such as a zero-width space.
const INVISIBLE = /[\s\p{C}\p{Default_Ignorable_Code_Point}]/u;

/** Whether a value has no quotes around it. `docker run --env-file`, for one, makes them part of the value. */
export function isUnquoted(text: string): boolean {
  return !QUOTE.test(text);
}

/** Whether a value has neither white space nor characters that can't be seen. */
export function isVisible(text: string): boolean {
  return !INVISIBLE.test(text);
}

/** The mistake of a value that isn't `isUnquoted`. It keeps later checks from reporting the same. */
export const QUOTED = { error: 'must be given without quotes.', abort: true };

/** The mistake of a value that isn't `isVisible`. */
export const NOT_VISIBLE = {
  error: 'contains a space or an invisible character: type it, or copy it again without what surrounds it.',
  abort: true,
};
