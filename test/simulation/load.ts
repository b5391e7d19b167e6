import { activeParticipants, type Call, type Conference } from '../../src/simulator/model/resources.js';
import { CONFERENCE_PREFIX } from './copy.js';
import { lamlFor } from './people.js';
import { onStage } from './stage.js';
import { createStreams } from './streams.js';

export interface Load {
  seed: number;
  conferences: number;
  /** How many copies share a Redis. The default is one. */
  copies?: number;
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
  /** The period (ms from the start) in which SignalWire answers no more than that many requests a second, in order. */
  busy?: { from: number; to: number; perSecond: number };
}

export interface LoadResult {
  /** The times from a leave to the pause of the recording, shortest first. */
  pausesMs: number[];
  /** Those of them, and the times from a join to the resume, that fell into the second half of the period `busy`. */
  busyPausesMs: number[];
  busyResumesMs: number[];
  /** What was logged about being overloaded, and when (ms from the start). */
  overloads: { at: number; message: string }[];
  /** The longest time that a recording was wrong at a stretch. */
  longestWrongMs: number;
  /** The number of requests to SignalWire. */
  requests: number;
}

/** How long a callback takes, in milliseconds. */
export const CALLBACK_MS = 20;

/**
 * Puts the service under load, in the documented space. In each conference one person stays, and another joins and
 * leaves again and again, so that each of these callbacks crosses the threshold.
 */
export async function runLoad(load: Load): Promise<LoadResult> {
  const {
    seed,
    copies = 1,
    conferences,
    callbacksPerSecond,
    requestMs,
    resyncIntervalMs,
    durationMs,
    lost,
    writesFail,
    busy,
  } = load;
  const stream = createStreams(seed);
  const result: LoadResult = {
    pausesMs: [],
    busyPausesMs: [],
    busyResumesMs: [],
    overloads: [],
    longestWrongMs: 0,
    requests: 0,
  };
  const leftAt = new Map<Conference, number>();
  const joinedAt = new Map<Conference, number>();
  let freeAt = 0;

  function latency(): number {
    const now = performance.now();
    if (!busy || now < busy.from || now >= busy.to) return requestMs;
    freeAt = Math.max(now, freeAt) + 1000 / busy.perSecond;
    return requestMs + freeAt - now;
  }

  await onStage({ seed, copies, requestMs, latency, resyncIntervalMs }, async (stage) => {
    const { clock, model } = stage;
    stage.onCallback = (_callback, deliver) => {
      if (!stream('lost').happens(lost)) void clock.wait(CALLBACK_MS).then(deliver);
    };
    stage.onChange = ({ type, conference }) => {
      const { now } = clock;
      const isBusy = busy !== undefined && now < busy.to && now >= (busy.from + busy.to) / 2;
      if (type === 'left') joinedAt.delete(conference);
      if (type === 'left' && activeParticipants(conference).length === 1) leftAt.set(conference, now);
      if (type === 'joined') leftAt.delete(conference);
      if (type === 'joined' && activeParticipants(conference).length === 2) joinedAt.set(conference, now);
      if (type !== 'recording') return;
      const left = leftAt.get(conference);
      const joined = joinedAt.get(conference);
      if (left !== undefined) result.pausesMs.push(now - left);
      if (left !== undefined && isBusy) result.busyPausesMs.push(now - left);
      if (joined !== undefined && isBusy) result.busyResumesMs.push(now - joined);
      leftAt.delete(conference);
      joinedAt.delete(conference);
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
    const epoch = Date.now() - clock.now;
    result.overloads = stage.log
      .filter(({ msg }) => msg.includes('overloaded'))
      .map(({ msg, time }) => ({ at: Date.parse(time) - epoch, message: msg }));
  });
  for (const times of [result.pausesMs, result.busyPausesMs, result.busyResumesMs]) times.sort((a, b) => a - b);
  return result;
}
