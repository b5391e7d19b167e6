import type { Settings } from '../../settings/settings.js';
import type { Course } from '../course.js';
import type { Bracket, Observations } from '../observations.js';

/** What a space does, and whether the service can cope with it. */
export interface Result {
  /** A word, or how long something takes; null if it isn't known. */
  value: string | Bracket | null;
  verdict: 'ok' | 'not ok' | 'unknown';
  /** What follows from it, or what is known besides, in a sentence; null if nothing. */
  note: string | null;
}

/** One thing that isn't documented: what this space does, and what the service takes for granted. */
export interface Finding extends Result {
  /** Its name in the report. */
  id: string;
  /** What it is about, for example "a paused recording reads". */
  what: string;
  /** What the service assumes. */
  assumes: string;
}

/** How one thing is found out. */
export interface Question extends Pick<Finding, 'what' | 'assumes'> {
  /** Must cope with a rehearsal that was cut short anywhere. */
  answer(evidence: Evidence): Result;
}

export type PolicySettings = Pick<Settings, 'resyncIntervalMs' | 'pauseBehavior' | 'signingKeys'>;

/** What the answers are drawn from. */
export interface Evidence {
  seen: Observations;
  course: Course;
  settings: PolicySettings;
  /** How far single reads lag. */
  readLag: Bracket | undefined;
}
