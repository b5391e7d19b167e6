import type { Course } from '../course.js';
import { becameAt, isKnown, isListed, recordingCallbacksOf } from '../observations.js';
import { join } from './join.js';
import { changeLimit, NOT_PAUSED, type RehearsalOptions, waitFor } from './stage.js';

/** Calls the first phone, and waits until everything has been read that one person alone shows. */
export async function waitAlone(course: Course, options: RehearsalOptions): Promise<void> {
  const { watch, waits, say } = options;
  const { seen } = watch;
  course.first = await join('first', options);
  say('The first phone is in the conference. Please hold on: what one person alone looks like is being read.');
  const joinedAt = Date.now();
  const isShown = () =>
    seen.conference.some(isKnown) && Object.values(seen.conferences).some((one) => one.some(isListed));
  const isRead = () => isShown() && seen.conferences.init.length > 0;
  await waitFor(options, isRead, waits.alone, 'The REST API has not shown the conference');
  // Every kind of request has been answered once more by then.
  const settledAt = Math.max(joinedAt + waits.quiet, Date.now() + 3 * waits.poll);
  await watch.until(() => Date.now() >= settledAt, waits.quiet + 3 * waits.poll);
  // A recording that begins with the first person is paused at once. That is waited for, so that it isn't mixed up with later.
  const hasRecording = () => seen.recordingSid !== undefined || recordingCallbacksOf(seen).length > 0;
  const isPaused = () => becameAt(seen, 'paused', 0) !== undefined;
  if (hasRecording()) await waitFor(options, isPaused, changeLimit(options, course), NOT_PAUSED);
}
