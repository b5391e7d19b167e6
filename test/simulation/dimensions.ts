import { createStream, type Random } from '../../src/simulator/model/random.js';
import { DOCUMENTED, drawTraits, type Traits } from '../../src/simulator/model/traits.js';
import { drawWorldFaults, type WorldFaults, type WorldKind } from './world-faults.js';

/** What a seed decides about a world before it begins. What happens in the world is drawn as it happens. */
export interface Dimensions {
  seed: number;
  kind: WorldKind;
  traits: Traits;
  faults: WorldFaults;
  /** The number of copies of the service. */
  copies: number;
  /** Whether the copies share a Redis, and how that is. */
  redis: RedisKind;
  minParticipants: number;
  /** 0: conferences are only read after callbacks. */
  resyncIntervalMs: number;
  /** The longest time that a request to SignalWire or a callback takes; the shortest is half of it. */
  latencyMs: number;
  /** How long people join and leave. */
  stormMs: number;
  /** The average time between two joins or leaves. */
  paceMs: number;
  /** Whether people on hold count. */
  countHeld: boolean;
  /** How long callers listen to an announcement before they join. */
  announcementMs: number;
  /** The number of rooms that callers ask for by name. */
  namedRooms: number;
  /** Whether some callers ask for no room. */
  isOpenRoomUsed: boolean;
}

/** `none`: each copy works as if it were the only one. `bad`: it fails in every way that it can. */
export type RedisKind = 'none' | 'good' | 'bad';

/** Replaces what the seed decides. */
export interface Overrides {
  copies?: number | undefined;
  resyncIntervalMs?: number | undefined;
  traits?: ((drawn: Traits) => Traits) | undefined;
  faults?: Partial<WorldFaults> | undefined;
  kind?: WorldKind | undefined;
  /** The default is 0, because old seeds would lose their meaning. */
  announcementMs?: number;
  /** The default is true, for the same reason. */
  countHeld?: boolean;
  /** The default is none, for the same reason. */
  redis?: RedisKind | undefined;
  /** The open room is then unused. */
  namedRooms?: number | undefined;
}

/** Whether there is one copy, or several that act as one. */
export function actAsOne({ copies, redis }: Pick<Dimensions, 'copies' | 'redis'>): boolean {
  return copies === 1 || redis === 'good';
}

/** Draws each dimension from its own stream, so that a new dimension leaves old seeds their meaning. */
export function drawDimensions(seed: number, overrides: Overrides = {}): Dimensions {
  const draw = <Value>(name: string, choose: (random: Random) => Value): Value => choose(createStream(seed, name));
  const kind = overrides.kind ?? draw('kind', ({ pick }) => pick(['storm', 'storm', 'storm', 'lossy', 'well']));
  return {
    seed,
    kind,
    traits: (overrides.traits ?? ((drawn) => drawn))(drawWorldTraits(seed, kind)),
    faults: { ...drawWorldFaults(seed, kind), ...overrides.faults },
    copies: overrides.copies ?? draw('copies', ({ pick }) => pick([1, 1, 2, 3])),
    minParticipants: draw('minParticipants', ({ pick }) => pick([2, 2, 2, 1, 3])),
    resyncIntervalMs:
      overrides.resyncIntervalMs ?? draw('resyncIntervalMs', ({ pick }) => pick([30_000, 10_000, 5000, 60_000, 0])),
    latencyMs: draw('latencyMs', ({ pick }) => pick([20, 60, 200, 600])),
    stormMs: draw('stormMs', ({ integer }) => integer(30_000, 80_000)),
    paceMs: draw('paceMs', ({ pick }) => pick([800, 2500, 6000])),
    redis: overrides.redis ?? 'none',
    countHeld: overrides.countHeld ?? true,
    announcementMs: overrides.announcementMs ?? 0,
    namedRooms: overrides.namedRooms ?? draw('namedRooms', ({ pick }) => pick([0, 0, 1, 2])),
    isOpenRoomUsed: overrides.namedRooms === undefined,
  };
}

/** In a world of the kind `well`, everything is shown at once and as documented. The other traits are drawn as in any world. */
function drawWorldTraits(seed: number, kind: WorldKind): Traits {
  const traits = drawTraits(seed);
  if (kind !== 'well') return traits;
  const { unknownMs, listLagMs, readLagMs, leftListedMs, pausedReads, recordingsListed, recordingsFetchable } =
    DOCUMENTED;
  const plain = { unknownMs, listLagMs, readLagMs, leftListedMs, pausedReads, recordingsListed, recordingsFetchable };
  return { ...traits, ...plain, resumedReads: traits.resumedReads === 'paused' ? 'resumed' : traits.resumedReads };
}
