import { createStream, type Random } from './random.js';

/**
 * What SignalWire's documents leave open or contradict. A real space has one value for each trait; nobody has documented which,
 * so the service must work with all of them.
 */
export interface Traits {
  /** How a conference reads while one person waits in it. `404`: the REST API doesn't know it. */
  alone: 'init' | 'in-progress' | '404';
  /** How long the REST API answers 404 for a new conference, in milliseconds. */
  unknownMs: number;
  /** Whether a conference, and its recording, begins with the first person or with the second. */
  begins: 'first' | 'second';
  /** How a conference reads once it is over. */
  endedReads: 'completed' | '404';
  /** How far lists lag, in milliseconds. */
  listLagMs: number;
  /** How far reads of a single conference, recording, call or number lag, in milliseconds. */
  readLagMs: number;
  /** The status of a participant who is in the conference. `none`: the field is missing. */
  participantStatus: 'in-progress' | 'connected' | 'none';
  /** How long participants who have left stay listed, as `completed`, in milliseconds. */
  leftListedMs: number;
  /** How a paused recording reads. */
  pausedReads: 'paused' | 'in-progress' | 'stopped' | 'completed';
  /** How a resumed recording reads. `paused`: it reads as still paused for `resumedLateMs`, and then as `resumed`. */
  resumedReads: 'resumed' | 'in-progress' | 'paused';
  resumedLateMs: number;
  /** The answer to an update that changes nothing. `200`: the same answer as to any other update. */
  redundantUpdate: '200' | '422';
  /** The answer to an update of a recording. */
  updateAnswer: '200' | '202' | '204';
  /** Whether recordings are listed, under their conference and under the account. */
  recordingsListed: boolean;
  /** Whether a recording can be fetched under its conference. */
  recordingsFetchable: boolean;
  /** Whether conferences can be filtered by the status `init`. */
  initFilter: 'accepted' | 'refused';
  /** The form of a callback's Timestamp. `local`: without a zone, from a clock that is two hours ahead of UTC. */
  timestamp: 'rfc2822' | 'iso' | 'local' | 'absent';
  /** Whether conference callbacks have a FriendlyName. */
  friendlyName: boolean;
  /** Whether callbacks have a CallSid. */
  callSid: boolean;
  /** Whether recording callbacks have a ConferenceSid. */
  recordingConferenceSid: boolean;
  /** The form of event names: `participant-join`, `join` or `participant_join`. */
  eventNames: 'documented' | 'short' | 'underscored';
  /** The form of SIDs: in lower case, in upper case in callbacks, or with a prefix. */
  sids: 'uuid' | 'capitals' | 'prefixed';
  /** How the parameters of a webhook are encoded. */
  parameters: 'form' | 'json';
  /** Whether setting a number's VoiceUrl makes `laml_webhooks` its handler. */
  voiceUrlSetsHandler: boolean;
}

/** The space that SignalWire's own examples show, without any lag. */
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
  voiceUrlSetsHandler: true,
};

/** The longest lag that is drawn. SignalWire promises no bound, but beyond this no service could keep a recording right in time. */
export const MAX_LAG_MS = 15_000;

/** The probability that a trait is drawn as documented. */
const DOCUMENTED_PROBABILITY = 0.75;

/**
 * Draws the traits of a space, each from its own stream. Most are drawn as documented, so that a space differs in a handful of
 * traits: in a space that differed in all of them, little that the service can do would matter.
 */
export function drawTraits(seed: number): Traits {
  const draw = <Value>(name: keyof Traits, documented: Value, drawOther: (random: Random) => Value): Value => {
    const random = createStream(seed, `trait ${name}`);
    return random.happens(DOCUMENTED_PROBABILITY) ? documented : drawOther(random);
  };
  const drawBoolean = (name: keyof Traits) => draw(name, true, () => false);
  return {
    alone: draw('alone', DOCUMENTED.alone, ({ pick }) => pick(['in-progress', '404'])),
    unknownMs: draw('unknownMs', 0, ({ pick, integer }) => pick([3000, 8000, integer(0, 15_000)])),
    begins: draw('begins', DOCUMENTED.begins, () => 'first'),
    endedReads: draw('endedReads', DOCUMENTED.endedReads, () => '404'),
    listLagMs: draw('listLagMs', 0, ({ pick, integer }) => pick([1500, 5000, integer(0, MAX_LAG_MS)])),
    readLagMs: draw('readLagMs', 0, ({ pick, integer }) => pick([1000, integer(0, MAX_LAG_MS)])),
    participantStatus: draw('participantStatus', DOCUMENTED.participantStatus, ({ pick }) =>
      pick(['connected', 'none']),
    ),
    leftListedMs: draw('leftListedMs', 0, ({ integer }) => integer(500, 20_000)),
    pausedReads: draw('pausedReads', DOCUMENTED.pausedReads, ({ pick }) =>
      pick(['in-progress', 'stopped', 'completed']),
    ),
    resumedReads: draw('resumedReads', DOCUMENTED.resumedReads, ({ pick }) => pick(['in-progress', 'paused'])),
    resumedLateMs: draw('resumedLateMs', DOCUMENTED.resumedLateMs, ({ integer }) => integer(500, 10_000)),
    redundantUpdate: draw('redundantUpdate', DOCUMENTED.redundantUpdate, () => '422'),
    updateAnswer: draw('updateAnswer', DOCUMENTED.updateAnswer, ({ pick }) => pick(['202', '204'])),
    recordingsListed: drawBoolean('recordingsListed'),
    recordingsFetchable: drawBoolean('recordingsFetchable'),
    initFilter: draw('initFilter', DOCUMENTED.initFilter, () => 'refused'),
    timestamp: draw('timestamp', DOCUMENTED.timestamp, ({ pick }) => pick(['iso', 'local', 'absent'])),
    friendlyName: drawBoolean('friendlyName'),
    callSid: drawBoolean('callSid'),
    recordingConferenceSid: drawBoolean('recordingConferenceSid'),
    eventNames: draw('eventNames', DOCUMENTED.eventNames, ({ pick }) => pick(['short', 'underscored'])),
    sids: draw('sids', DOCUMENTED.sids, ({ pick }) => pick(['capitals', 'prefixed'])),
    parameters: draw('parameters', DOCUMENTED.parameters, () => 'json'),
    voiceUrlSetsHandler: drawBoolean('voiceUrlSetsHandler'),
  };
}
