import type { Course } from './course.js';
import { isCallOver, type PlacedCall, readsOf } from './observations.js';
import { end } from './stages/end.js';
import { meet } from './stages/meet.js';
import { meetAgain } from './stages/meet-again.js';
import { part } from './stages/part.js';
import type { RehearsalOptions } from './stages/stage.js';
import { waitAlone } from './stages/wait-alone.js';
import type { Watch } from './watch.js';

/**
 * Runs the rehearsal: one person waits, a second one joins, hangs up, and joins again; then all calls are ended. What was seen
 * is in `options.watch.seen`, and what was done is in `course`, also if this fails.
 *
 * @throws Error with a sentence if a phone isn't answered or leaves too early, or the service refuses SignalWire's request for a
 *   call
 */
export async function rehearse(course: Course, given: RehearsalOptions): Promise<void> {
  const options = { ...given, watch: failIfSomebodyLeaves(course, given.watch) };
  await waitAlone(course, options);
  await meet(course, options);
  await part(course, options);
  if (options.resumes) await meetAgain(course, options);
  await end(course, options);
}

/** A watch whose waits end with an Error when a phone hangs up that should not. */
function failIfSomebodyLeaves(course: Course, watch: Watch): Watch {
  const { seen } = watch;
  const isOver = (call: PlacedCall | undefined) => call !== undefined && readsOf(seen, call).some(isCallOver);
  const phoneThatLeft = () => {
    const { first, second, third, toldAt, endedAt } = course;
    if (endedAt !== undefined) return undefined;
    if (isOver(first)) return 'first';
    return (toldAt === undefined && isOver(second)) || isOver(third) ? 'second' : undefined;
  };
  return {
    ...watch,
    async until(condition, limitMs) {
      const isMet = await watch.until(() => phoneThatLeft() !== undefined || condition(seen), limitMs);
      const phone = phoneThatLeft();
      if (phone !== undefined) throw new Error(`The ${phone} phone hung up too early, so the rehearsal can't go on.`);
      return isMet;
    },
  };
}
