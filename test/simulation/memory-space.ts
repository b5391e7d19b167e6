import { DEFAULT_DURATIONS } from '../../src/recording/durations.js';
import type { ConferenceSpace, PauseBehavior, Recording } from '../../src/signalwire/space.js';
import { isNotFound, SpaceError } from '../../src/signalwire/space-error.js';
import { callState, recordingState } from '../../src/signalwire/statuses.js';
import type { Recording as ModelRecording } from '../../src/simulator/model/resources.js';
import type { SpaceModel } from '../../src/simulator/model/space-model.js';
import { current } from '../../src/simulator/model/timeline.js';
import type { RecordingView, Views } from '../../src/simulator/model/views.js';
import type { Streams } from './streams.js';
import type { WorldFaults } from './world-faults.js';

const TIMEOUT_MS = DEFAULT_DURATIONS.request;

/** The longest time that a slow request takes; less than the time-out, so that it is answered. */
const MAX_SLOW_MS = 4000;

/** How late a request that isn't answered may take effect, in milliseconds. */
export const MAX_LATE_EFFECT_MS = 8000;

type Method = 'GET' | 'POST';

/** What happens to a request. */
type Fate = 'answered' | 'refused' | 'failed' | 'too many' | 'unreadable' | 'hanging';

export interface MemorySpaceOptions {
  model: SpaceModel;
  views: Views;
  /** The present faults of requests with that method. */
  faults: (method: Method) => WorldFaults;
  /** Draws the time that a request takes (ms). */
  latency: () => number;
  stream: Streams;
  /** Whether the copy that uses this space is running. A copy that was killed gets no answers. */
  isAlive(): boolean;
  /** The status with which a request is refused, whatever the faults; undefined if it isn't refused. */
  refusalOf?(request: Omit<MemoryRequest, 'outcome'>): number | undefined;
  /** Called when a request was answered or timed out. */
  onRequest(request: MemoryRequest): void;
  /** Called when a write asks for the state that the recording has already. */
  onRedundantWrite(recording: ModelRecording): void;
}

export interface MemoryRequest {
  method: Method;
  /** What the request reads or writes, for example `participants`. */
  operation: string;
  /** The SID of the conference, the call or the account's recording; undefined for lists of conferences. */
  sid: string | undefined;
  /** The recording that the request writes; undefined for a read. */
  recordingSid?: string;
  /** The pause behavior that the request was sent with; undefined for a read. */
  pauseBehavior?: PauseBehavior;
  /** `ok`, the status of an error, or `no answer`. */
  outcome: string;
}

/** Creates the space as one copy of the service sees it: without I/O, but with everything that can go wrong on the way. */
export function createMemorySpace(options: MemorySpaceOptions): ConferenceSpace {
  const { model, views, faults, latency, stream, isAlive, refusalOf, onRequest, onRedundantWrite } = options;

  function drawFate(method: Method): Fate {
    const { refused, failed, tooMany, unreadable, hanging } = faults(method);
    if (stream('hanging').happens(hanging)) return 'hanging';
    if (stream('refused').happens(refused)) return 'refused';
    if (stream('failed').happens(failed)) return 'failed';
    if (stream('too many').happens(tooMany)) return 'too many';
    if (stream('unreadable').happens(unreadable)) return 'unreadable';
    return 'answered';
  }

  /** @param handle does what the request asks for, and returns its answer or throws a SpaceError */
  async function send<Answer>(
    method: Method,
    operation: string,
    sid: string | undefined,
    handle: () => Answer,
    target: Pick<MemoryRequest, 'recordingSid' | 'pauseBehavior'> = {},
  ): Promise<Answer> {
    const fate = drawFate(method);
    const ms = stream('slow').happens(faults(method).slow) ? stream('slow by').integer(500, MAX_SLOW_MS) : latency();
    const request = { method, operation, sid, ...target };
    const report = (outcome: string) => onRequest({ ...request, outcome });
    if (fate === 'hanging') return hang(ms, handle, report);
    await wait(ms / 2);
    const refusedWith = refusalOf?.(request);
    const takesEffect =
      refusedWith === undefined &&
      (['answered', 'unreadable'].includes(fate) || (fate === 'failed' && stream('obeyed').happens(0.5)));
    const result = takesEffect ? tryTo(handle) : undefined;
    await wait(ms / 2);
    await untilAlive();
    const failure = refusedWith === undefined ? drawFailure(fate) : httpError(refusedWith);
    const error = failure ?? (result && 'error' in result ? result.error : undefined);
    report(error instanceof SpaceError ? String(error.status) : 'ok');
    if (error) throw error;
    if (!result || !('value' in result)) throw new Error('An answered request has an answer.');
    return result.value;
  }

  /** Lets a request time out. It may still take effect: at once, or after the time-out. */
  async function hang(ms: number, handle: () => unknown, report: (outcome: string) => void): Promise<never> {
    const late = stream('obeyed late');
    if (late.happens(2 / 3)) {
      const effectMs = late.happens(0.5) ? ms / 2 : late.integer(0, MAX_LATE_EFFECT_MS);
      void wait(effectMs).then(() => tryTo(handle));
    }
    await wait(TIMEOUT_MS);
    if (isAlive()) report('no answer');
    await untilAlive();
    throw new SpaceError('SignalWire did not answer');
  }

  function drawFailure(fate: Fate): SpaceError | undefined {
    if (fate === 'refused') return httpError(stream('refused with').pick([400, 404, 422]));
    if (fate === 'failed') return httpError(stream('failed with').pick([500, 503]));
    if (fate === 'too many') {
      const retryAfterMs = stream('retry after').pick([undefined, 1000, 3000]);
      return new SpaceError('SignalWire answered 429', { status: 429, retryAfterMs });
    }
    if (fate === 'unreadable') return new SpaceError("SignalWire's answer could not be read", { status: 200 });
    return undefined;
  }

  const wait = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));
  /** Never settles for a copy that was killed. */
  const untilAlive = () => (isAlive() ? Promise.resolve() : new Promise<void>(() => {}));

  return {
    async listConferences(status) {
      // rest-space.ts then sends a second request, without the filter, and filters its answer.
      if (status === 'init' && model.traits.initFilter === 'refused') await wait(latency());
      return send('GET', `conferences ${status}`, undefined, () => {
        const listed = views.listConferences().filter((one) => one.status === status);
        return listed.map(({ conference: { sid, name, createdAt } }) => ({ sid, name, createdAt }));
      });
    },
    fetchConferenceStatus: (sid) =>
      undefinedIfNotFound(send('GET', 'conference', sid, () => found(views.findConference(sid)).status)),
    listParticipants: (sid) =>
      send('GET', 'participants', sid, () =>
        found(views.listParticipants(sid)).map(({ participant, status, hold }) => ({
          callSid: participant.call.sid,
          status,
          hold,
          coaching: participant.laml.coach !== undefined,
        })),
      ),
    async listRecordings(sid) {
      const listed = send('GET', 'recordings', sid, () => found(views.listRecordings(sid)).map(toRecording));
      return (await undefinedIfNotFound(listed)) ?? [];
    },
    async fetchRecording(sid, recordingSid) {
      const fetched = await undefinedIfNotFound(
        send('GET', 'recording', sid, () => toRecording(found(views.findRecording(sid, recordingSid)))),
      );
      if (fetched) return fetched;
      return undefinedIfNotFound(
        send('GET', "account's recording", recordingSid, () =>
          toRecording(found(views.findAccountRecording(recordingSid))),
        ),
      );
    },
    findConferenceOf: (recordingSid) =>
      undefinedIfNotFound(
        send(
          'GET',
          "account's recording",
          recordingSid,
          () => views.findAccountRecording(recordingSid)?.conference.sid,
        ),
      ),
    updateRecording: (sid, recordingSid, state, pauseBehavior) =>
      send(
        'POST',
        `recording ${state}`,
        sid,
        () => {
          const { recording, conference } = found(views.findRecordingToUpdate(sid, recordingSid));
          if (current(recording.status) === state) onRedundantWrite(recording);
          if (!model.updateRecording(conference, recording, state, pauseBehavior)) throw httpError(422);
        },
        { recordingSid, pauseBehavior },
      ),
    fetchCallState: (callSid) =>
      undefinedIfNotFound(
        send('GET', 'call', callSid, () => {
          const call = views.findCall(callSid);
          if (!call) return undefined;
          return callState(call.status);
        }),
      ),
    now: () => model.now(),
  };
}

function toRecording({ recording, status }: RecordingView): Recording {
  return { sid: recording.sid, state: recordingState(status) };
}

function httpError(status: number): SpaceError {
  return new SpaceError(`SignalWire answered ${status}`, { status });
}

/** @throws SpaceError (404) if the resource is undefined */
function found<Resource>(resource: Resource | undefined): Resource {
  if (resource === undefined) throw httpError(404);
  return resource;
}

async function undefinedIfNotFound<Answer>(answered: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answered;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function tryTo<Answer>(handle: () => Answer): { value: Answer } | { error: unknown } {
  try {
    return { value: handle() };
  } catch (error) {
    return { error };
  }
}
