import type { ObservedState } from './space.js';

/** Statuses of a recording that is over. Source: SignalWire's OpenAPI document; `failed` comes from its callbacks. */
const RECORDING_OVER = ['completed', 'absent', 'stopped', 'failed'];

/** Statuses of a call that is over. Source: SignalWire's OpenAPI document. */
const CALL_OVER = ['completed', 'canceled', 'busy', 'failed', 'no-answer'];

/** What the status of a recording means. An unknown status counts as running, so that a pause is still attempted. */
export function recordingState(status: string): ObservedState {
  if (status === 'paused') return status;
  return RECORDING_OVER.includes(status) ? 'over' : 'in-progress';
}

/** What the status of a call means. An unknown status counts as alive, so that nothing is forgotten too early. */
export function callState(status: string): 'alive' | 'over' {
  return CALL_OVER.includes(status) ? 'over' : 'alive';
}
