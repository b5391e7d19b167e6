/** The `Date` header is in whole seconds, cut off: on average the true time is half a second later. */
const MEAN_ROUNDING_MS = 500;

/** SignalWire's clock, by the `Date` headers of its answers. */
export interface SpaceClock {
  /** @param date the `Date` header of an answer that arrives now (ms since 1970) */
  set(date: number): void;
  /** ms since 1970: the last `Date` header plus the time since then. Our own clock until SignalWire has answered. */
  now(): number;
  /** How far our clock is ahead of SignalWire's (ms, good to about half a second); undefined until SignalWire has answered. */
  differenceMs(): number | undefined;
}

export function createClock(): SpaceClock {
  let last: { date: number; at: number; differenceMs: number } | undefined;
  return {
    set(date) {
      last = { date, at: performance.now(), differenceMs: Date.now() - (date + MEAN_ROUNDING_MS) };
    },
    now: () => (last ? last.date + performance.now() - last.at : Date.now()),
    differenceMs: () => last?.differenceMs,
  };
}
