import type { Course } from '../course.js';
import { becameAt, isCallOver, lastWebhookOf, leaveReportedAt, readsOf } from '../observations.js';
import { changeLimit, NOT_PAUSED, type RehearsalOptions, readLagAfter, seconds, waitFor } from './stage.js';

/** Has the second phone hung up, and waits until the pause, and the leave, show in all that is read. */
export async function part(course: Course, options: RehearsalOptions): Promise<void> {
  const { watch, waits, calls, hangsUp, say } = options;
  const { seen } = watch;
  const { second } = course;
  if (!second) return;
  const lastWebhook = lastWebhookOf(seen);
  const hasLeft = () => leaveReportedAt(seen, lastWebhook) !== undefined || readsOf(seen, second).some(isCallOver);
  course.toldAt = Date.now();
  course.hungUpBy = 'the program';
  if (!hangsUp) {
    say('Hang up the second phone now. Keep the first one.');
    if (await watch.until(hasLeft, waits.person)) course.hungUpBy = 'a person';
    else say(`Nobody has hung up within ${seconds(waits.person)} s, so this program does it.`);
  }
  if (course.hungUpBy === 'the program') {
    say('Hanging up the second phone.');
    await calls.hangUp(second.sid);
  }
  await watch.until(hasLeft, waits.list);
  // Either may be seen first. The read tells, too, whether it was the right phone.
  const isOver = () => readsOf(seen, second).some(isCallOver);
  await watch.until(() => leaveReportedAt(seen, lastWebhook) !== undefined && isOver(), waits.quiet);
  course.leftAt = leaveReportedAt(seen, lastWebhook) ?? Date.now();
  say('The second phone has left. The recording should be paused now; this takes some seconds to read.');
  await waitFor(options, isOver, waits.list, 'The second call has not read as over');
  const since = course.toldAt;
  const isPaused = () => becameAt(seen, 'paused', since) !== undefined;
  await waitFor(options, isPaused, changeLimit(options, course), NOT_PAUSED);
  course.pausedAt = becameAt(seen, 'paused', since) ?? Number.POSITIVE_INFINITY;
  const isGone = () => seen.participants.at(-1)?.value.some(({ sid }) => sid === second.sid) === false;
  await waitFor(options, isGone, waits.gone, 'The second phone has not gone from the list of participants');
  const { pausedAt } = course;
  if (pausedAt === Number.POSITIVE_INFINITY) return;
  const readableAt = pausedAt + readLagAfter(seen, course) + waits.poll;
  await watch.until(() => seen.recording.some(({ sentAt }) => sentAt >= readableAt), waits.list);
  await update(options, 'paused', 'nothing');
  // An update that changes something, and back: the recording of a rehearsal may have a blink of one person alone.
  await update(options, 'in-progress', 'something');
  await update(options, 'paused', 'something');
}

/** Updates the recording of the rehearsal's own conference. */
async function update(
  { watch: { seen }, space, pauseBehavior }: RehearsalOptions,
  state: 'paused' | 'in-progress',
  changes: 'nothing' | 'something',
): Promise<void> {
  const { conferenceSid, recordingSid } = seen;
  const form = { Status: state, ...(state === 'paused' && { PauseBehavior: pauseBehavior }) };
  const answer = await space.post(`Conferences/${conferenceSid}/Recordings/${recordingSid}`, form);
  seen.updates.push({ state, changes, http: answer?.status });
}
