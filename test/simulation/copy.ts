import { reportConferenceEvent } from '../../src/http/webhooks/conference-event.js';
import { parseTimestamp } from '../../src/http/webhooks/timestamp.js';
import type { Listener } from '../../src/recorder-events.js';
import { DEFAULT_DURATIONS } from '../../src/recording/durations.js';
import { createReconciler, type Reconciler } from '../../src/recording/reconciler.js';
import { createRecordingPolicy } from '../../src/recording/recording-policy.js';
import { createOpenRoom } from '../../src/rooms/open-room.js';
import type { ConferenceSpace } from '../../src/signalwire/space.js';
import type { Webhook } from '../../src/simulator/model/callbacks.js';
import type { Conference } from '../../src/simulator/model/resources.js';
import type { SpaceModel } from '../../src/simulator/model/space-model.js';

/** One process of a service that takes calls and callbacks. */
export interface Copy {
  /** The name of the conference that a caller is put into who asks for no room. */
  roomFor(callSid: string): Promise<string>;
  /** Takes a callback, at once. */
  take(callback: Webhook): void;
  /** How many conferences it knows. */
  readonly size: number;
  /** Whether a caller who is unknown to it would be put into a room of their own. */
  hasNoRoom(): boolean;
  /** Resolves when it has stopped cleanly. */
  stop(): Promise<void>;
}

export interface CopyOptions {
  space: ConferenceSpace;
  prefix: string;
  minParticipants: number;
  resyncIntervalMs: number;
  random: () => number;
  /** What really happens, for a contender that needs no callbacks. */
  truth: Truth;
  /** It emits an event. */
  onEvent?: Listener;
  /** It logs something. */
  log(line: string): void;
}

/** Starts what stands for a process of the service. */
export type StartCopy = (options: CopyOptions) => Copy;

/** The space itself, without anything between. */
export interface Truth {
  model: SpaceModel;
  latency: () => number;
  wait(ms: number): Promise<void>;
  /** Calls the watcher when somebody has come or gone. */
  watch(watcher: (conference: Conference) => void): void;
}

/** The service itself: what `recorder.ts` puts together, without HTTP around it. */
export function startCopy(options: CopyOptions): Copy {
  const { space, prefix, minParticipants, log } = options;
  const openRoom = createOpenRoom({ space, prefix, occupancyOf: (name) => reconciler.occupancyOf(name) });
  const reconciler = createReconciler({
    ...options,
    policyFor: createRecordingPolicy({ minParticipants, pauseBehavior: 'skip' }),
    emit(event) {
      options.onEvent?.(event);
      if (event.type === 'recording-written')
        log(`#${numberOf(event.conference.sid)} ${event.state} (${event.trigger.kind})`);
      else if (event.type === 'conference-over') log(`#${numberOf(event.conferenceSid)} is over`);
      else if (event.type === 'requests-failed' && !isSpaceError(event.error)) throw event.error;
    },
    durations: DEFAULT_DURATIONS,
    conferencePrefix: prefix,
    openRoom,
  });
  const ready = reconciler.start();

  return {
    async roomFor(callSid) {
      await ready;
      return openRoom.placeCaller(callSid);
    },
    take: ({ parameters }) => report(reconciler, parameters),
    get size() {
      return reconciler.size;
    },
    hasNoRoom: () => openRoom.placeCaller('nobody') === `${prefix}nobody`,
    async stop() {
      openRoom.close();
      await reconciler.close();
    },
  };
}

function isSpaceError(error: unknown): boolean {
  return error instanceof Error && error.name === 'SpaceError';
}

function report(reconciler: Reconciler, parameters: Record<string, string>): void {
  const { ConferenceSid: conferenceSid, RecordingSid: recordingSid, RecordingStatus: status } = parameters;
  if (recordingSid) {
    reconciler.recordingReported({ conferenceSid, recordingSid, hasBegun: status === 'in-progress' });
  } else if (conferenceSid) {
    const { StatusCallbackEvent: event, FriendlyName: name, CallSid: callSid, Timestamp: timestamp = '' } = parameters;
    reportConferenceEvent(reconciler, { event, conferenceSid, name, callSid, happenedAt: parseTimestamp(timestamp) });
  }
}

/** SIDs of a world differ in their last digits alone. */
function numberOf(sid: string): number {
  return Number(sid.slice(-12));
}
