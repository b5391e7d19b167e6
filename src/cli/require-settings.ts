import { readProcessSettings } from '../settings/dotenv.js';
import type { Settings } from '../settings/settings.js';
import { UsageError } from './usage-error.js';

/** Reads the settings of this process. @throws UsageError with every mistake in them */
export function requireSettings(): Settings {
  try {
    return readProcessSettings();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
