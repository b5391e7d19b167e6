import type { Course } from '../course.js';
import type { Sample } from '../observations.js';
import { type RehearsalOptions, readLagAfter, waitFor } from './stage.js';

/** Hangs up all calls, and waits until the ends of the conference and of the recording can be read. */
export async function end(course: Course, options: RehearsalOptions): Promise<void> {
  const { watch, calls, waits, say } = options;
  const { seen } = watch;
  say('Hanging up. How the end reads takes some more seconds; the phones can be put away.');
  course.endedAt = Date.now();
  await calls.hangUpAll();
  const { endedAt } = course;
  const isOver = ({ answeredAt, http, value }: Sample<string | undefined>) =>
    answeredAt >= endedAt && (http === 404 || !['init', 'in-progress'].includes(value ?? ''));
  await waitFor(options, () => seen.conference.some(isOver), waits.end, 'The conference has not read as over');
  const hasStory = () => (seen.reported?.recordings.length ?? 0) > 0;
  await waitFor(options, hasStory, waits.end, 'The service has not learned what became of the recording');
  const readableAt = Date.now() + readLagAfter(seen, course) + waits.poll;
  await watch.until(() => seen.recording.some(({ sentAt }) => sentAt >= readableAt), waits.list);
}
