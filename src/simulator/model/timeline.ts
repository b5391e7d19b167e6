/** What something was, and since when (ms since 1970), oldest first. */
export type Timeline<Value> = { at: number; value: Value }[];

/** What it is from now on. */
export function turn<Value>(timeline: Timeline<Value>, at: number, value: Value): void {
  timeline.push({ at, value });
}

/** What it was at that time; undefined where it wasn't there yet. */
export function valueAt<Value>(timeline: Timeline<Value>, at: number): Value | undefined {
  return timeline.findLast((entry) => entry.at <= at)?.value;
}

/** What it is. @throws Error where it never was anything */
export function current<Value>(timeline: Timeline<Value>): Value {
  const last = timeline.at(-1);
  if (!last) throw new Error('An empty timeline has no value.');
  return last.value;
}
