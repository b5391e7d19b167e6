import { distance } from 'fastest-levenshtein';
import { variables } from './settings.js';

/** A shorter name, such as `PORT` or `HOST`, resembles too many others. */
const MIN_LENGTH = 8;

/** How many letters of a misspelt name may be wrong, missing or too many. */
const MAX_EDITS = 2;

/**
 * Finds variables that were probably meant as settings, such as `MIN_PARTICIPANT` or `SWEEP_INTERVAL`. Only an unset
 * setting can have been meant, so another program's `SIGNALWIRE_SPACE` causes no warning beside our `SIGNALWIRE_SPACE_URL`.
 *
 * @param env usually `process.env`, after dotenv
 * @returns a sentence for each, without its value
 */
export function findLookalikes(env: NodeJS.ProcessEnv): string[] {
  const isSet = (name: string) => Boolean(env[name]?.trim());
  const unset = variables.filter((variable) => variable.length >= MIN_LENGTH && !isSet(variable));
  const unknown = Object.keys(env).filter((name) => isSet(name) && !variables.includes(name));
  return unknown.flatMap((name) => {
    const meant = unset.find((variable) => isSimilar(name.toUpperCase(), variable));
    return meant === undefined ? [] : [`${name} is not a setting of this service: did you mean ${meant}?`];
  });
}

function isSimilar(name: string, variable: string): boolean {
  const stem = variable.split('_', 2).join('_');
  return name.startsWith(stem) || distance(name, variable) <= MAX_EDITS || isShortened(name, variable);
}

/**
 * Whether a name has at least two of the variable's words, and no others, such as `SIGNALWIRE_TOKEN` for `SIGNALWIRE_API_TOKEN`, or
 * is cut off after the first word, such as `ANNOUNCEMENT_LANG`.
 */
function isShortened(name: string, variable: string): boolean {
  const words = variable.split('_');
  const given = name.split('_');
  return given.length > 1 && (variable.startsWith(name) || given.every((word) => words.includes(word)));
}
