import { type Random, streamOf } from './random.js';

/**
 * What SignalWire's documents leave open, or say in two ways: one real space has one answer to each. Whatever is built has
 * to be right under all of them.
 */
export interface Traits {
  /** How a conference reads in which one person waits: `404` means that the REST API doesn't know it. */
  alone: 'init' | 'in-progress' | '404';
  /** For how long after its first person came in the API doesn't know a conference, in milliseconds. */
  unknownMs: number;
  /** With which person a conference begins, and its recording with it. */
  begins: 'first' | 'second';
  /** How a conference that is over reads. */
  endedReads: 'completed' | '404';
  /** How far lists are behind, in milliseconds. */
  listLagMs: number;
  /** How far a conference, a recording or a call that is read by itself is behind, in milliseconds. */
  readLagMs: number;
  /** The status of somebody who is in; `none` leaves it out. */
  participantStatus: 'in-progress' | 'connected' | 'none';
  /** For how long those who left stay listed, as `completed`, in milliseconds. */
  leftListedMs: number;
  /** How a paused recording reads. */
  pausedReads: 'paused' | 'in-progress' | 'stopped' | 'completed';
  /** How a resumed recording reads; `paused` is what it reads for `resumedLateMs`, and `resumed` after that. */
  resumedReads: 'resumed' | 'in-progress' | 'paused';
  resumedLateMs: number;
  /** What an update that changes nothing is answered with. */
  redundantUpdate: '200' | '422';
  /** What an update that changes something is answered with. */
  updateAnswer: '200' | '202' | '204';
  /** Whether a conference's recordings are listed under it, and each can be fetched there. */
  recordingsListed: boolean;
  recordingsFetchable: boolean;
  /** Whether conferences can be asked for by the status `init`. */
  initFilter: 'accepted' | 'refused';
  /** How a callback says when something happened; `local` has no zone, by a clock that is two hours ahead. */
  timestamp: 'rfc2822' | 'iso' | 'local' | 'absent';
  /** Which parameters callbacks bring. */
  friendlyName: boolean;
  callSid: boolean;
  recordingConferenceSid: boolean;
  /** How events are called: `participant-join`, `join` or `participant_join`. */
  eventNames: 'documented' | 'short' | 'underscored';
  /** How SIDs look: small letters everywhere, capitals in callbacks, or a prefix before each. */
  sids: 'uuid' | 'capitals' | 'prefixed';
  /** How the parameters of a webhook are sent. */
  parameters: 'form' | 'json';
}

/** The space of SignalWire's own examples, without any lag. */
export const DOCUMENTED: Traits = {
  alone: 'init',
  unknownMs: 0,
  begins: 'second',
  endedReads: 'completed',
  listLagMs: 0,
  readLagMs: 0,
  participantStatus: 'in-progress',
  leftListedMs: 0,
  pausedReads: 'paused',
  resumedReads: 'resumed',
  resumedLateMs: 5000,
  redundantUpdate: '200',
  updateAnswer: '200',
  recordingsListed: true,
  recordingsFetchable: true,
  initFilter: 'accepted',
  timestamp: 'rfc2822',
  friendlyName: true,
  callSid: true,
  recordingConferenceSid: true,
  eventNames: 'documented',
  sids: 'uuid',
  parameters: 'form',
};

/** No lag is longer: SignalWire promises no bound, and beyond this nothing could be kept right in time. */
export const MAX_LAG_MS = 15_000;

/** The share of draws that come out as documented. */
const AS_DOCUMENTED = 0.75;

/**
 * The traits of a space, drawn from a stream each. Most draws are as documented, so that a space differs in a handful of
 * respects: where it differed in all, little of what a service knows to do would be of use.
 */
export function drawTraits(seed: number): Traits {
  const draw = <Value>(name: keyof Traits, otherwise: Value, others: (random: Random) => Value): Value => {
    const random = streamOf(seed, `trait ${name}`);
    return random.happens(AS_DOCUMENTED) ? otherwise : others(random);
  };
  const either = (name: keyof Traits) => draw(name, true, () => false);
  return {
    alone: draw('alone', DOCUMENTED.alone, ({ pick }) => pick(['in-progress', '404'])),
    unknownMs: draw('unknownMs', 0, ({ pick, whole }) => pick([3000, 8000, whole(0, 15_000)])),
    begins: draw('begins', DOCUMENTED.begins, () => 'first'),
    endedReads: draw('endedReads', DOCUMENTED.endedReads, () => '404'),
    listLagMs: draw('listLagMs', 0, ({ pick, whole }) => pick([1500, 5000, whole(0, MAX_LAG_MS)])),
    readLagMs: draw('readLagMs', 0, ({ pick, whole }) => pick([1000, whole(0, MAX_LAG_MS)])),
    participantStatus: draw('participantStatus', DOCUMENTED.participantStatus, ({ pick }) =>
      pick(['connected', 'none']),
    ),
    leftListedMs: draw('leftListedMs', 0, ({ whole }) => whole(500, 20_000)),
    pausedReads: draw('pausedReads', DOCUMENTED.pausedReads, ({ pick }) =>
      pick(['in-progress', 'stopped', 'completed']),
    ),
    resumedReads: draw('resumedReads', DOCUMENTED.resumedReads, ({ pick }) => pick(['in-progress', 'paused'])),
    resumedLateMs: draw('resumedLateMs', DOCUMENTED.resumedLateMs, ({ whole }) => whole(500, 10_000)),
    redundantUpdate: draw('redundantUpdate', DOCUMENTED.redundantUpdate, () => '422'),
    updateAnswer: draw('updateAnswer', DOCUMENTED.updateAnswer, ({ pick }) => pick(['202', '204'])),
    recordingsListed: either('recordingsListed'),
    recordingsFetchable: either('recordingsFetchable'),
    initFilter: draw('initFilter', DOCUMENTED.initFilter, () => 'refused'),
    timestamp: draw('timestamp', DOCUMENTED.timestamp, ({ pick }) => pick(['iso', 'local', 'absent'])),
    friendlyName: either('friendlyName'),
    callSid: either('callSid'),
    recordingConferenceSid: either('recordingConferenceSid'),
    eventNames: draw('eventNames', DOCUMENTED.eventNames, ({ pick }) => pick(['short', 'underscored'])),
    sids: draw('sids', DOCUMENTED.sids, ({ pick }) => pick(['capitals', 'prefixed'])),
    parameters: draw('parameters', DOCUMENTED.parameters, () => 'json'),
  };
}
