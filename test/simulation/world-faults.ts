import { createStream } from '../../src/simulator/model/random.js';

/** What goes wrong during the storm of a world. Unless a unit is given, a fault is a probability from 0 (never) to 1 (always). */
export interface WorldFaults {
  /** A callback is lost. */
  lost: number;
  /** A callback arrives twice. */
  doubled: number;
  /** A callback is late by up to `lateMs`, so that others may overtake it. */
  late: number;
  lateMs: number;
  /** A callback arrives again, up to minutes later. */
  replayed: number;
  /** A request is refused with 400, 404 or 422. */
  refused: number;
  /** A request is answered with 500 or 503. Half of these requests take effect. */
  failed: number;
  /** A request is refused with 429, in some cases with Retry-After. */
  tooMany: number;
  /** A request takes effect, and its answer can't be read. */
  unreadable: number;
  /** A request takes up to 4 s. */
  slow: number;
  /** A request is never answered. A third takes effect at once, a third up to 8 s later, and a third never. */
  hanging: number;
  /** How often per minute a copy is stopped and started again. */
  restarts: number;
  /** How often per minute a copy is killed and started again. */
  kills: number;
  /** How often per minute the machine's wall clock jumps by an hour, forwards or back. */
  clockSteps: number;
}

export const NO_WORLD_FAULTS: WorldFaults = {
  lost: 0,
  doubled: 0,
  late: 0,
  lateMs: 0,
  replayed: 0,
  refused: 0,
  failed: 0,
  tooMany: 0,
  unreadable: 0,
  slow: 0,
  hanging: 0,
  restarts: 0,
  kills: 0,
  clockSteps: 0,
};

/** `storm`: everything goes wrong. `lossy`: callbacks are lost, and nothing else goes wrong. `well`: nothing goes wrong. */
export type WorldKind = 'storm' | 'lossy' | 'well';

/** Draws each fault from its own stream. */
export function drawWorldFaults(seed: number, kind: WorldKind): WorldFaults {
  const draw = (name: keyof WorldFaults, ...values: [number, ...number[]]) =>
    createStream(seed, `fault ${name}`).pick(values);
  if (kind === 'well') return NO_WORLD_FAULTS;
  if (kind === 'lossy') return { ...NO_WORLD_FAULTS, lost: draw('lost', 0.1, 0.3, 0.6) };
  return {
    lost: draw('lost', 0, 0, 0.1, 0.3),
    doubled: draw('doubled', 0, 0.1, 0.3),
    late: draw('late', 0, 0, 0.2, 0.5),
    lateMs: draw('lateMs', 2000, 6000, 20_000),
    replayed: draw('replayed', 0, 0.05),
    refused: draw('refused', 0, 0, 0.03),
    failed: draw('failed', 0, 0, 0.05, 0.3),
    tooMany: draw('tooMany', 0, 0, 0.1),
    unreadable: draw('unreadable', 0, 0, 0.05),
    slow: draw('slow', 0, 0, 0.1, 0.4),
    hanging: draw('hanging', 0, 0, 0.03, 0.1),
    restarts: draw('restarts', 0, 0, 1),
    kills: draw('kills', 0, 0, 1),
    clockSteps: draw('clockSteps', 0, 0, 2),
  };
}
