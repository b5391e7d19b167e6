import { runRehearsal } from '../../src/rehearsal/run.js';
import type { Waits } from '../../src/rehearsal/waits.js';
import type { Traits } from '../../src/simulator/model/traits.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { type Options, type Pair, settingsFor, startPair } from './service-beside-simulator.js';
import { PASSWORD } from './status.js';

export const FIRST = '+15551230001';
export const SECOND = '+15551230002';

/** The rehearsal's waits, shortened to what a space on loopback without any lag needs. */
const SHORT: Partial<Waits> = { poll: 50, quiet: 150, talk: 150, alone: 5000, list: 5000, change: 10_000 };

export interface Rehearsed {
  pair: Pair;
  outcome: Awaited<ReturnType<typeof runRehearsal>>;
  said: string[];
}

export interface RehearseOptions extends Options {
  traits?: Partial<Traits>;
  waits?: Partial<Waits>;
  hangsUp?: boolean;
  resumes?: boolean;
  signal?: AbortSignal;
  /** Called before the rehearsal begins. */
  afterStart?(pair: Pair): unknown;
  /** Called with each sentence that the person is told. */
  onSaid?(sentence: string, simulator: Simulator, pair: Pair): unknown;
}

/** Hangs up the second phone when the person is told to. */
export function hangUpWhenTold(sentence: string, simulator: Simulator): void {
  if (!sentence.startsWith('Hang up the second phone now')) return;
  for (const call of simulator.model.calls.values()) if (call.to === SECOND) simulator.hangUp(call);
}

/** Starts the service beside a simulated space, and runs a rehearsal in it. */
export async function rehearseIn(options: RehearseOptions = {}): Promise<Rehearsed> {
  const {
    traits,
    waits,
    hangsUp = false,
    resumes = true,
    onSaid = hangUpWhenTold,
    before,
    settings,
    ...others
  } = options;
  const changes = { statusPassword: PASSWORD, resyncIntervalMs: 5000, ...settings };
  const pair = await startPair({
    ...others,
    settings: changes,
    async before(simulator) {
      Object.assign(simulator.traits, traits);
      await before?.(simulator);
    },
  });
  const { simulator, service } = pair;
  await options.afterStart?.(pair);
  const said: string[] = [];
  const outcome = await runRehearsal({
    settings: { ...settingsFor(simulator, changes), statusPassword: PASSWORD },
    publicUrl: service.publicUrl,
    serviceUrl: service.publicUrl,
    from: simulator.phoneNumber,
    first: FIRST,
    second: SECOND,
    hangsUp,
    resumes,
    signal: options.signal ?? new AbortController().signal,
    say(sentence) {
      said.push(sentence);
      onSaid(sentence, simulator, pair);
    },
    waits: { ...SHORT, ...waits },
  });
  return { pair, outcome, said };
}
