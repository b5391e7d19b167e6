import { activeParticipants, type Call, type Conference } from '../../src/simulator/model/resources.js';
import { CONFERENCE_PREFIX } from './copy.js';
import { lamlFor } from './people.js';
import { onStage } from './stage.js';
import { createStreams } from './streams.js';

export interface Load {
  seed: number;
  conferences: number;
  /** The rate of callbacks over all conferences. */
  callbacksPerSecond: number;
  /** How long a request to SignalWire takes. */
  requestMs: number;
  resyncIntervalMs: number;
  durationMs: number;
  /** The probability that a callback is lost, from 0 to 1. */
  lost: number;
  /** The period (ms from the start) in which every write fails. */
  writesFail?: { from: number; to: number };
}

export interface LoadResult {
  /** The times from a leave to the pause of the recording, shortest first. */
  pausesMs: number[];
  /** The longest time that a recording was wrong at a stretch. */
  longestWrongMs: number;
  /** The number of requests to SignalWire. */
  requests: number;
}

/** How long a callback takes, in milliseconds. */
export const CALLBACK_MS = 20;

/**
 * Puts one copy of the service under load, in the documented space. In each conference one person stays, and another joins and
 * leaves again and again, so that each of these callbacks crosses the threshold.
 */
export async function runLoad(load: Load): Promise<LoadResult> {
  const { seed, conferences, callbacksPerSecond, requestMs, resyncIntervalMs, durationMs, lost, writesFail } = load;
  const stream = createStreams(seed);
  const result: LoadResult = { pausesMs: [], longestWrongMs: 0, requests: 0 };
  const leftAt = new Map<Conference, number>();

  await onStage({ seed, requestMs, resyncIntervalMs }, async (stage) => {
    const { clock, model } = stage;
    stage.onCallback = (_callback, deliver) => {
      if (!stream('lost').happens(lost)) void clock.wait(CALLBACK_MS).then(deliver);
    };
    stage.onChange = ({ type, conference }) => {
      if (type === 'left' && activeParticipants(conference).length === 1) leftAt.set(conference, clock.now);
      if (type === 'joined') leftAt.delete(conference);
      const since = type === 'recording' ? leftAt.get(conference) : undefined;
      if (since === undefined) return;
      result.pausesMs.push(clock.now - since);
      leftAt.delete(conference);
    };
    const join = (index: number) => {
      const call = model.addCall('+15550200000', '+15550100000', 'inbound');
      model.setCallStatus(call, 'in-progress');
      model.join(call, lamlFor(`${CONFERENCE_PREFIX}${index}`, true));
      return call;
    };

    for (let index = 0; index < conferences; index += 1) join(index);
    /** The calls of the second people, by the index of their conference. */
    const secondCalls = new Map<number, Call>();
    while (clock.now < durationMs) {
      await stage.run(Math.max(1, Math.round((2000 / callbacksPerSecond) * stream('pace').next())));
      const isFailing = writesFail !== undefined && clock.now >= writesFail.from && clock.now < writesFail.to;
      stage.writeFaults.failed = isFailing ? 1 : 0;
      const index = stream('people').integer(0, conferences - 1);
      const call = secondCalls.get(index);
      if (call) model.endCall(call);
      if (call) secondCalls.delete(index);
      else secondCalls.set(index, join(index));
    }
    for (const { meter } of model.conferences.values()) {
      result.longestWrongMs = Math.max(result.longestWrongMs, meter.read().longestWrongMs);
    }
    result.requests = stage.requests.length;
  });
  result.pausesMs.sort((a, b) => a - b);
  return result;
}
