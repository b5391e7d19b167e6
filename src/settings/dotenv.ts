import { config } from 'dotenv';
import { readSettings, type Settings } from './settings.js';

/**
 * The settings of this process: from its environment, and from `.env` in the folder it runs in for what isn't there.
 *
 * @throws SettingsError, or an Error with a sentence when there is a `.env` that can't be read
 */
export function settingsOfProcess(): Settings {
  const { error } = config({ quiet: true });
  if (error && !error.message.startsWith('ENOENT')) throw new Error(`.env could not be read: ${error.message}`);
  return readSettings(process.env);
}
