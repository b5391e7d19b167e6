import type { ConferenceSpace, ObservedState, Recording } from '../../src/signalwire/space.js';
import { SpaceError } from '../../src/signalwire/space-error.js';
import type { Random } from '../../src/simulator/model/random.js';
import type { Recording as ModelRecording } from '../../src/simulator/model/resources.js';
import type { SpaceModel } from '../../src/simulator/model/space-model.js';
import { current } from '../../src/simulator/model/timeline.js';
import type { ShownRecording, Views } from '../../src/simulator/model/views.js';
import type { Faults } from './dimensions.js';

/** How long a request may take: as DEFAULT_DURATIONS says. */
const TIMEOUT_MS = 5000;

/** How long a slow request takes, in milliseconds; one that takes longer is given up. */
const MAX_SLOW_MS = 4000;

/** How late a request that isn't answered may be obeyed, in milliseconds. */
export const OBEYED_LATE_MS = 8000;

/** What becomes of one request: it's obeyed or not, answered or not, now or later. */
type Fate = 'answered' | 'refused' | 'failed' | 'too many' | 'unreadable' | 'hanging';

export interface MemorySpaceOptions {
  model: SpaceModel;
  views: Views;
  /** What goes wrong with such requests, as it is now. */
  faults: (method: 'GET' | 'POST') => Faults;
  latency: () => number;
  /** The stream that each kind of fault draws from. */
  streamOf(name: string): Random;
  /** Whether the copy that asks still runs: one that was killed is never answered. */
  isAlive(): boolean;
  /** With which status a request is refused, whatever the faults; undefined where it isn't. */
  refusalOf?(request: Omit<MemoryRequest, 'outcome'>): number | undefined;
  /** A request was answered, or given up. */
  onRequest(request: MemoryRequest): void;
  /** A recording was asked to do what it did already. */
  onRedundant(recording: ModelRecording): void;
}

export interface MemoryRequest {
  method: 'GET' | 'POST';
  what: string;
  /** The SID that it's about; undefined for lists of conferences. */
  sid: string | undefined;
  /** The recording that it's to change; undefined where it changes none. */
  recordingSid?: string;
  outcome: string;
}

/** The space as one copy of the service asks it: without any I/O, but with all that can go wrong on the way. */
export function createMemorySpace(options: MemorySpaceOptions): ConferenceSpace {
  const { model, views, faults, latency, streamOf, isAlive, refusalOf, onRequest, onRedundant } = options;

  function fateOf(method: 'GET' | 'POST'): Fate {
    const { refused, failed, tooMany, unreadable, hanging } = faults(method);
    if (streamOf('hanging').happens(hanging)) return 'hanging';
    if (streamOf('refused').happens(refused)) return 'refused';
    if (streamOf('failed').happens(failed)) return 'failed';
    if (streamOf('too many').happens(tooMany)) return 'too many';
    if (streamOf('unreadable').happens(unreadable)) return 'unreadable';
    return 'answered';
  }

  async function ask<Answer>(
    method: 'GET' | 'POST',
    what: string,
    sid: string | undefined,
    obey: () => Answer,
    about: Pick<MemoryRequest, 'recordingSid'> = {},
  ): Promise<Answer> {
    const fate = fateOf(method);
    const ms = streamOf('slow').happens(faults(method).slow) ? streamOf('slow by').whole(500, MAX_SLOW_MS) : latency();
    const asked = { method, what, sid, ...about };
    const done = (outcome: string) => onRequest({ ...asked, outcome });
    if (fate === 'hanging') {
      const late = streamOf('obeyed late');
      if (late.happens(2 / 3)) void after(late.happens(0.5) ? ms / 2 : late.whole(0, OBEYED_LATE_MS)).then(tried(obey));
      await after(TIMEOUT_MS);
      if (isAlive()) done('no answer');
      return (await ifAlive()) ?? fail('SignalWire did not answer', {});
    }
    await after(ms / 2);
    const refused = refusalOf?.(asked);
    const isObeyed =
      refused === undefined &&
      (['answered', 'unreadable'].includes(fate) || (fate === 'failed' && streamOf('obeyed').happens(0.5)));
    const answer = isObeyed ? attempt(obey) : undefined;
    await after(ms / 2);
    await ifAlive();
    const refusal = refused === undefined ? refusalFor(fate) : refuse(refused);
    const error = refusal ?? (answer && 'error' in answer ? answer.error : undefined);
    done(error instanceof SpaceError ? String(error.status) : 'ok');
    if (error) throw error;
    if (!answer || !('value' in answer)) throw new Error('An answered request has an answer.');
    return answer.value;
  }

  function refusalFor(fate: Fate): SpaceError | undefined {
    if (fate === 'refused') return refuse(streamOf('refused with').pick([400, 404, 422]));
    if (fate === 'failed') return refuse(streamOf('failed with').pick([500, 503]));
    if (fate === 'too many') {
      const retryAfterMs = streamOf('retry after').pick([undefined, 1000, 3000]);
      return new SpaceError('SignalWire answered 429', { status: 429, retryAfterMs });
    }
    if (fate === 'unreadable') return new SpaceError("SignalWire's answer could not be read", { status: 200 });
    return undefined;
  }

  const after = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));
  /** Never settles for a copy that was killed. */
  const ifAlive = () => (isAlive() ? Promise.resolve(undefined) : new Promise<never>(() => {}));

  return {
    async listConferences(status) {
      // Then rest-space.ts asks once more, without the filter, and has the same conferences after all.
      if (status === 'init' && model.traits.initFilter === 'refused') await after(latency());
      return ask('GET', `conferences ${status}`, undefined, () => {
        const listed = views.listConferences().filter((one) => one.status === status);
        return listed.map(({ conference: { sid, name, createdAt } }) => ({ sid, name, createdAt }));
      });
    },
    fetchConferenceStatus: (sid) =>
      ask('GET', 'conference', sid, () => (views.findConference(sid) ?? missing()).status).catch(notFound),
    listParticipants: (sid) =>
      ask('GET', 'participants', sid, () =>
        (views.listParticipants(sid) ?? missing()).map(({ participant, status }) => ({
          callSid: participant.call.sid,
          status,
          hold: participant.hold,
          coaching: participant.instruction.coach !== undefined,
        })),
      ),
    listRecordings: (sid) =>
      ask('GET', 'recordings', sid, () => (views.listRecordings(sid) ?? missing()).map(shown)).catch((error) => {
        if (notFound(error) === undefined) return [];
        throw error;
      }),
    async fetchRecording(sid, recordingSid) {
      const found = await ask('GET', 'recording', sid, () => {
        const one = views.findRecording(sid, recordingSid);
        return one ? shown(one) : missing();
      }).catch(notFound);
      if (found) return found;
      return ask('GET', "account's recording", recordingSid, () => {
        const one = views.findAnyRecording(recordingSid);
        return one ? shown(one) : missing();
      }).catch(notFound);
    },
    findConferenceOf: (recordingSid) =>
      ask('GET', "account's recording", recordingSid, () => views.findAnyRecording(recordingSid)?.conference.sid).catch(
        notFound,
      ),
    updateRecording: (sid, recordingSid, state) =>
      ask(
        'POST',
        `recording ${state}`,
        sid,
        () => {
          const found = views.findToUpdate(sid, recordingSid) ?? missing();
          if (current(found.recording.status) === state) onRedundant(found.recording);
          if (!model.updateRecording(found.conference, found.recording, state, 'skip')) throw refuse(422);
        },
        { recordingSid },
      ),
    fetchCallState: (callSid) =>
      ask('GET', 'call', callSid, () => {
        const found = views.findCall(callSid);
        if (!found) return undefined;
        return ['queued', 'ringing', 'in-progress'].includes(found.status) ? ('alive' as const) : ('over' as const);
      }).catch(notFound),
    now: () => model.now(),
  };
}

function shown({ recording, status }: ShownRecording): Recording {
  const isOver = ['completed', 'stopped', 'absent', 'failed'].includes(status);
  const state: ObservedState = isOver ? 'over' : status === 'paused' ? 'paused' : 'in-progress';
  return { sid: recording.sid, state };
}

function refuse(status: number): SpaceError {
  return new SpaceError(`SignalWire answered ${status}`, { status });
}

function missing(): never {
  throw refuse(404);
}

function fail(message: string, options: ConstructorParameters<typeof SpaceError>[1]): never {
  throw new SpaceError(message, options);
}

function notFound(error: unknown): undefined {
  if (error instanceof SpaceError && error.status === 404) return undefined;
  throw error;
}

function attempt<Answer>(obey: () => Answer): { value: Answer } | { error: unknown } {
  try {
    return { value: obey() };
  } catch (error) {
    return { error };
  }
}

function tried(obey: () => unknown): () => void {
  return () => void attempt(obey);
}
