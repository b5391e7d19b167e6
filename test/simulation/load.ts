import { type Call, type Conference, peopleIn } from '../../src/simulator/model/resources.js';
import { PREFIX } from './fleet.js';
import { instructionFor } from './people.js';
import { onStage } from './stage.js';
import { createStreams } from './streams.js';

export interface Load {
  seed: number;
  conferences: number;
  /** Callbacks a second, over all conferences. */
  callbacksPerSecond: number;
  /** How long a request to SignalWire takes, in milliseconds. */
  requestMs: number;
  resyncIntervalMs: number;
  /** How long it lasts, in milliseconds. */
  durationMs: number;
  /** The share of callbacks that are lost. */
  lost: number;
  /** From when to when (ms) every write fails. */
  writesFail?: { from: number; to: number };
}

/** What a load came to. */
export interface LoadOutcome {
  /** How long after a leave its recording was paused, in milliseconds, the shortest first. */
  pausesMs: number[];
  /** How long a recording was wrong at a stretch, in milliseconds, at most. */
  longestWrongMs: number;
  requests: number;
}

/** How long a callback takes to come, in milliseconds. */
export const CALLBACK_MS = 20;

/**
 * Conferences in which one stays and the other comes and goes, so that each callback makes enough people or too few; with one
 * copy of the service, in the documented space.
 */
export async function runLoad(load: Load): Promise<LoadOutcome> {
  const { seed, conferences, callbacksPerSecond, requestMs, resyncIntervalMs, durationMs, lost, writesFail } = load;
  const stream = createStreams(seed);
  const outcome: LoadOutcome = { pausesMs: [], longestWrongMs: 0, requests: 0 };
  const leftAt = new Map<Conference, number>();

  await onStage({ seed, requestMs, resyncIntervalMs }, async (stage) => {
    const { clock, model } = stage;
    stage.onCallback = (_callback, bring) => {
      if (!stream('lost').happens(lost)) void clock.wait(CALLBACK_MS).then(bring);
    };
    stage.onChange = ({ what, conference }) => {
      if (what === 'left' && peopleIn(conference).length === 1) leftAt.set(conference, clock.now);
      if (what === 'joined') leftAt.delete(conference);
      const since = what === 'recording' ? leftAt.get(conference) : undefined;
      if (since === undefined) return;
      outcome.pausesMs.push(clock.now - since);
      leftAt.delete(conference);
    };
    const join = (index: number) => {
      const call = model.addCall('+15550200000', '+15550100000', 'inbound');
      model.setCallStatus(call, 'in-progress');
      model.join(call, instructionFor(`${PREFIX}${index}`));
      return call;
    };

    for (let index = 0; index < conferences; index += 1) join(index);
    const guests = new Map<number, Call>();
    while (clock.now < durationMs) {
      await stage.run(Math.max(1, Math.round((2000 / callbacksPerSecond) * stream('pace').next())));
      const isFailing = writesFail !== undefined && clock.now >= writesFail.from && clock.now < writesFail.to;
      stage.writeFaults.failed = isFailing ? 1 : 0;
      const index = stream('people').whole(0, conferences - 1);
      const guest = guests.get(index);
      if (guest) model.endCall(guest);
      if (guest) guests.delete(index);
      else guests.set(index, join(index));
    }
    for (const { ledger } of model.conferences.values()) {
      outcome.longestWrongMs = Math.max(outcome.longestWrongMs, ledger.account().longestWrongMs);
    }
    outcome.requests = stage.requests.length;
  });
  outcome.pausesMs.sort((a, b) => a - b);
  return outcome;
}
