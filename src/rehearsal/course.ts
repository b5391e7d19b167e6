import type { PlacedCall } from './observations.js';

/** What was done, and when (ms since 1970); the observations are read with it. Undefined: not yet. */
export interface Course {
  first?: PlacedCall;
  second?: PlacedCall;
  /** The second phone's second call. */
  third?: PlacedCall;
  /** When somebody was told to hang up the second phone, and when that was seen. */
  toldAt?: number;
  leftAt?: number;
  hungUpBy?: 'a person' | 'the program';
  /** When the recording was paused and resumed; infinity if that was waited for in vain. */
  pausedAt?: number;
  resumedAt?: number;
  /** When the program hung up the last call. */
  endedAt?: number;
}
