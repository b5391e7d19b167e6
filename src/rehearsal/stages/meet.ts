import type { Course } from '../course.js';
import {
  becameAt,
  firstShown,
  hasIn,
  hasListed,
  isKnown,
  joinReportedAt,
  type Observations,
  readsOf,
} from '../observations.js';
import { join } from './join.js';
import { changeLimit, NOT_RESUMED, type RehearsalOptions, seconds, waitFor } from './stage.js';

/** Calls the second phone, and waits until lists show both and the recording has run for some seconds. */
export async function meet(course: Course, options: RehearsalOptions): Promise<void> {
  const { watch, waits, say } = options;
  const { seen } = watch;
  const { first } = course;
  const second = await join('second', options);
  course.second = second;
  const joinedAt = Date.now();
  say(`Both phones are in. Please say something for ${seconds(waits.talk)} s, so that the file has something in it.`);
  const callSids = [first, second].flatMap((call) => call?.sid ?? []);
  const areListed = () => seen.participants.some((one) => callSids.every((sid) => hasIn(sid)(one)));
  await waitFor(options, areListed, waits.list, 'The list of participants has not had both');
  const hasRecording = () => seen.recordingSid !== undefined;
  if (await waitFor(options, hasRecording, waits.list, 'The service has not learned of a recording')) {
    const canBeRead = () => seen.recording.some(isKnown);
    await waitFor(options, canBeRead, waits.list, 'The recording could not be read');
  }
  // Whatever a list shows, it shows within the lag that its sister has had.
  const lag = firstShown(seen.participants, joinReportedAt(seen, second) ?? second.placedAt, hasListed(second.sid));
  const listedBy = Date.now() + (lag?.atMostMs ?? waits.list) + waits.quiet;
  const sid = seen.recordingSid?.toLowerCase() ?? '';
  const isRecordingListed = () =>
    seen.conferenceRecordings.some(hasListed(sid)) && seen.accountRecordings.some(hasListed(sid));
  await watch.until(() => isRecordingListed() || Date.now() >= listedBy, waits.list * 2);
  // After a pause while one person waited, the word of a resumed recording is waited for, so that it isn't taken for a pause's.
  const pausedAt = becameAt(seen, 'paused', 0);
  if (pausedAt !== undefined) {
    const isResumed = () => becameAt(seen, 'in-progress', pausedAt) !== undefined;
    await waitFor(options, isResumed, changeLimit(options, course), NOT_RESUMED);
    const settledBy = Date.now() + readLagLimit(seen) + waits.lateWord;
    await watch.until(() => seen.recording.at(-1)?.value.word === 'resumed' || Date.now() >= settledBy, waits.list * 2);
  }
  await watch.until(() => Date.now() >= joinedAt + waits.talk, waits.talk);
}

/** How far single reads may lag, by how long it took until the calls were known (ms). */
function readLagLimit(seen: Observations): number {
  const lags = seen.calls.map((call) => firstShown(readsOf(seen, call), call.placedAt, isKnown)?.atMostMs ?? 0);
  return Math.max(0, ...lags);
}
