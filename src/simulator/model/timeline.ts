/** The values that something had, each with the time from which it had it (ms since 1970), oldest first. */
export type Timeline<Value> = { at: number; value: Value }[];

export function appendValue<Value>(timeline: Timeline<Value>, at: number, value: Value): void {
  timeline.push({ at, value });
}

/** The value at that time; undefined if there was none yet. */
export function valueAt<Value>(timeline: Timeline<Value>, at: number): Value | undefined {
  return timeline.findLast((entry) => entry.at <= at)?.value;
}

/** The present value. @throws Error if the timeline is empty */
export function current<Value>(timeline: Timeline<Value>): Value {
  const last = timeline.at(-1);
  if (!last) throw new Error('An empty timeline has no value.');
  return last.value;
}
