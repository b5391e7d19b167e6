import type { Course } from '../course.js';
import { becameAt, type Observations } from '../observations.js';
import { join } from './join.js';
import { changeLimit, NOT_RESUMED, type RehearsalOptions, readLagAfter, seconds, waitFor } from './stage.js';

/** Calls the second phone again, and waits until the recording has resumed and reads so. */
export async function meetAgain(course: Course, options: RehearsalOptions): Promise<void> {
  const { watch, waits, say } = options;
  const { seen } = watch;
  const pausedWord = seen.recording.at(-1)?.value.word;
  const since = Date.now();
  course.third = await join('second', options);
  const joinedAt = Date.now();
  say(`Both phones are in again. Please say something for ${seconds(waits.talk)} s.`);
  const isResumed = () => becameAt(seen, 'in-progress', since) !== undefined;
  await waitFor(options, isResumed, changeLimit(options, course), NOT_RESUMED);
  course.resumedAt = becameAt(seen, 'in-progress', since) ?? Number.POSITIVE_INFINITY;
  const { resumedAt } = course;
  if (resumedAt !== Number.POSITIVE_INFINITY) {
    const readableAt = resumedAt + readLagAfter(seen, course);
    const isRead = ({ sentAt, value: { word } }: Observations['recording'][number]) =>
      sentAt >= readableAt && word !== pausedWord;
    await watch.until(() => seen.recording.some(isRead), readLagAfter(seen, course) + waits.lateWord);
  }
  await watch.until(() => Date.now() >= joinedAt + waits.talk, waits.talk);
}
