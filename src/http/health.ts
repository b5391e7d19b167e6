import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { CallbackReceiver } from '../recording/callback-receiver.js';
import { version } from '../version.js';

export const health = z.object({
  status: z.literal('ok'),
  version: z.string(),
  /** Identifies the process. */
  instance: z.string(),
  /** Null until a tunnel is open. */
  publicUrl: z.string().nullable(),
  /** How many conferences this process knows. */
  conferences: z.number(),
});

/** What a service answers at `/healthz`. */
export type Health = z.output<typeof health>;

/** Answers that the process is alive. That says nothing about SignalWire. */
export function answerHealth(
  reconciler: Pick<CallbackReceiver, 'size'>,
  publicUrl: () => string | undefined,
): RequestHandler {
  const instance = randomUUID();
  return (_request, response) => {
    const { size: conferences } = reconciler;
    response.json({ status: 'ok', version, instance, publicUrl: publicUrl() ?? null, conferences } satisfies Health);
  };
}
