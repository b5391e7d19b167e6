import { type Random, streamOf } from '../../src/simulator/model/random.js';
import { DOCUMENTED, drawTraits, type Traits } from '../../src/simulator/model/traits.js';

/** What goes wrong in a world while the storm lasts. Shares are from 0 (never) to 1 (always). */
export interface Faults {
  /** Callbacks that are lost for good. */
  lost: number;
  doubled: number;
  /** Callbacks that come late, by up to `lateMs`; others may overtake them then. */
  late: number;
  lateMs: number;
  /** Callbacks that come once more, minutes later. */
  replayed: number;
  /** Requests refused with 400, 404 or 422. */
  refused: number;
  /** Requests that fail with 500 or 503, half of them obeyed all the same. */
  failed: number;
  /** Requests refused with 429, half of them with Retry-After. */
  tooMany: number;
  /** Requests that are obeyed, and whose answer makes no sense. */
  unreadable: number;
  /** Requests that take up to 4 s. */
  slow: number;
  /** Requests without an answer: obeyed at once, up to 8 s late, or never. */
  hanging: number;
  /** How often (per minute) a copy is stopped and started again, and how often it's killed. */
  restarts: number;
  kills: number;
  /** How often (per minute) the wall clock of the machine jumps by an hour, back or forth. */
  clockSteps: number;
}

/** Everything about a world that its seed decides at once; what happens in it is drawn as it goes. */
export interface Dimensions {
  seed: number;
  /**
   * `storm`: everything goes wrong, then nothing does. `lossy`: callbacks are lost, and that's all. `well`: nothing goes
   * wrong, in a space that reads as documented.
   */
  kind: 'storm' | 'lossy' | 'well';
  traits: Traits;
  faults: Faults;
  copies: number;
  minParticipants: number;
  /** 0 reads only what callbacks ask for. */
  resyncIntervalMs: number;
  /** A request to SignalWire takes from half of this to all of it, and a callback as long. */
  latencyMs: number;
  /** How long people come and go. */
  stormMs: number;
  /** How long it is on average until the next person comes or goes. */
  paceMs: number;
  /** Rooms that callers ask for by name, and whether others ask for none. */
  namedRooms: number;
  isOpenRoomUsed: boolean;
}

export const NO_FAULTS: Faults = {
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

/** What parts of a world may be given, in place of what its seed says. */
export interface Overrides {
  copies?: number | undefined;
  resyncIntervalMs?: number | undefined;
  traits?: ((drawn: Traits) => Traits) | undefined;
  faults?: Partial<Faults> | undefined;
  kind?: Dimensions['kind'] | undefined;
  /** So many, and no callers who ask for none. */
  namedRooms?: number | undefined;
}

export function drawDimensions(seed: number, overrides: Overrides = {}): Dimensions {
  const draw = <Value>(name: string, choose: (random: Random) => Value): Value => choose(streamOf(seed, name));
  const kind = overrides.kind ?? draw('kind', ({ pick }) => pick(['storm', 'storm', 'storm', 'lossy', 'well']));
  return {
    seed,
    kind,
    traits: (overrides.traits ?? ((drawn) => drawn))(traitsOf(seed, kind)),
    faults: { ...faultsOf(seed, kind), ...overrides.faults },
    copies: overrides.copies ?? draw('copies', ({ pick }) => pick([1, 1, 2, 3])),
    minParticipants: draw('minParticipants', ({ pick }) => pick([2, 2, 2, 1, 3])),
    resyncIntervalMs:
      overrides.resyncIntervalMs ?? draw('resyncIntervalMs', ({ pick }) => pick([30_000, 10_000, 5000, 60_000, 0])),
    latencyMs: draw('latencyMs', ({ pick }) => pick([20, 60, 200, 600])),
    stormMs: draw('stormMs', ({ whole }) => whole(30_000, 80_000)),
    paceMs: draw('paceMs', ({ pick }) => pick([800, 2500, 6000])),
    namedRooms: overrides.namedRooms ?? draw('namedRooms', ({ pick }) => pick([0, 0, 1, 2])),
    isOpenRoomUsed: overrides.namedRooms === undefined,
  };
}

function traitsOf(seed: number, kind: Dimensions['kind']): Traits {
  const traits = drawTraits(seed);
  if (kind !== 'well') return traits;
  // What reads at once and as it is; the rest may be as it likes.
  const { unknownMs, listLagMs, readLagMs, leftListedMs, pausedReads, recordingsListed, recordingsFetchable } =
    DOCUMENTED;
  const plain = { unknownMs, listLagMs, readLagMs, leftListedMs, pausedReads, recordingsListed, recordingsFetchable };
  return { ...traits, ...plain, resumedReads: traits.resumedReads === 'paused' ? 'resumed' : traits.resumedReads };
}

function faultsOf(seed: number, kind: Dimensions['kind']): Faults {
  const draw = (name: keyof Faults, ...values: [number, ...number[]]) => streamOf(seed, `fault ${name}`).pick(values);
  if (kind === 'well') return NO_FAULTS;
  if (kind === 'lossy') return { ...NO_FAULTS, lost: draw('lost', 0.1, 0.3, 0.6) };
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
