import { config } from 'dotenv';
import { findLookalikes } from './lookalikes.js';
import { readSettings, type Settings, SettingsError } from './settings.js';

/**
 * Reads the settings of this process from its environment, and from `.env` in the working directory for variables that the
 * environment lacks.
 *
 * @throws SettingsError, or an Error with a sentence if there is a `.env` that can't be read
 */
export function readProcessSettings(): Settings {
  const { error } = config({ quiet: true });
  if (error && !error.message.startsWith('ENOENT')) throw new Error(`.env could not be read: ${error.message}`);
  try {
    return readSettings(process.env);
  } catch (cause) {
    // A setting that is missing may be there under a misspelt name.
    if (cause instanceof SettingsError) throw new SettingsError(cause.mistakes, findLookalikes(process.env));
    throw cause;
  }
}
