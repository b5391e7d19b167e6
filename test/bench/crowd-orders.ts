import { z } from 'zod';

/** What the bench orders the process of a crowded space to do, one order at a time. */
export const order = z.discriminatedUnion('type', [
  /** Fills conferences whose callbacks go to the service at that URL. The service isn't running yet, so none is sent. */
  z.object({ type: z.literal('fill'), publicUrl: z.string(), conferences: z.number() }),
  /** Lets somebody leave each conference or come back, once in `periodMs`, for that long. */
  z.object({ type: z.literal('play'), periodMs: z.number(), ms: z.number() }),
]);
export type Order = z.output<typeof order>;

/** The answer of the process when it is up. */
export const opened = z.object({
  url: z.string(),
  projectId: z.string(),
  apiToken: z.string(),
  signingKey: z.string(),
});

/** The answer to `play`. */
export const played = z.object({
  /** See `Reactions`. */
  pauses: z.array(z.number()),
  resumes: z.array(z.number()),
  /** How many reactions are missing that should have come while it played. */
  missing: z.number(),
  /** How many calls and callbacks the service did not answer in time. */
  unanswered: z.number(),
  requests: z.number(),
  lastedMs: z.number(),
  /** The processor time of the space's own process. */
  cpuMs: z.number(),
  /** The share of the time (0 to 1) in which the space's event loop was busy. */
  busy: z.number(),
  /** How late the space's own timers were (ms): 95 % were no later. */
  lateMs: z.number(),
});
export type Played = z.output<typeof played>;
