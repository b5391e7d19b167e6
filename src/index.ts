/** The package's exports, for mounting the recorder in an Express app of one's own. See docs/embedding.md. */
export { createRecorder, type Recorder, type RecorderOptions } from './recorder.js';
export { readSettings, type Settings, SettingsError } from './settings/settings.js';
