import type { Logger } from 'pino';
import type {
  ConferenceSnapshot,
  Listener,
  Problem,
  RecordingCallback,
  RecordingStory,
  Trigger,
} from '../recorder-events.js';
import type { Change } from '../recording/people.js';
import { SpaceError } from '../signalwire/space-error.js';
import {
  createLoggedConferences,
  type LoggedConference,
  type Presence,
  presenceOf,
  setPresence,
  setRecording,
} from './logged-conferences.js';

const PRESENCE_AFTER = { join: 'in', leave: 'gone', hold: 'held', unhold: 'in' } as const;

/** What a callback reported, and what a read found. */
const REPORTED = { join: 'joined', leave: 'left', hold: 'put on hold', unhold: 'taken off hold' } as const;
const FOUND = { in: 'present', gone: 'gone', held: 'on hold or coaching' } as const;

/** How many of a recording's last spans are logged: Docker, for one, splits lines of more than 16 kB. */
const MAX_SPANS = 50;

/**
 * Logs events. Each change is one line, however often it is reported: with `because` if the service made it, and with `noticedBy`
 * if the service only found it.
 */
export function createEventLog(log: Logger): Listener {
  const conferences = createLoggedConferences();

  /** The conference of a snapshot, as the log knows it. */
  function track({ sid, name, recordingSid }: ConferenceSnapshot): LoggedConference {
    const logged = conferences.track(sid, name);
    const key = recordingSid?.toLowerCase();
    if (key !== undefined && !logged.recordings.has(key)) setRecording(logged, key, undefined);
    return logged;
  }

  /** A callback reported that somebody joined, left, or is on hold. One that is outdated, or arrives again, changes nothing. */
  function logReport(conference: ConferenceSnapshot, callSid: string, change: Change, { delayMs }: Trigger): void {
    const logged = track(conference);
    const key = callSid.toLowerCase();
    const presence = PRESENCE_AFTER[change];
    if (presenceOf(logged, key) === presence || presenceIn(conference, key) !== presence) return;
    setPresence(logged, key, presence);
    const fields = { ...about(logged), callSid, people: conference.people.size, callbackDelayMs: delayMs };
    log.info(fields, `participant ${REPORTED[change]}`);
  }

  /** A read found somebody, or no longer finds somebody, of whom no callback said so. */
  function logPeopleFound(logged: LoggedConference, conference: ConferenceSnapshot, trigger: Trigger): void {
    const { people, held } = conference;
    const fields = { ...about(logged), people: people.size, noticedBy: trigger.kind };
    for (const callSid of new Set([...logged.people, ...logged.held, ...people, ...held])) {
      const presence = presenceIn(conference, callSid);
      if (presenceOf(logged, callSid) === presence) continue;
      setPresence(logged, callSid, presence);
      log.info({ ...fields, callSid }, `participant found ${FOUND[presence]}`);
    }
  }

  function logRecordingFound(logged: LoggedConference, conference: ConferenceSnapshot, trigger: Trigger): void {
    const { recordingSid, recordingState, people } = conference;
    const isOther = logged.recordingSid !== recordingSid;
    if (!isOther && logged.recordingState === recordingState) return;
    // What arrives late about something that is over is not news.
    const hasFinished = recordingSid !== undefined && logged.recordings.get(recordingSid.toLowerCase()) !== undefined;
    if (hasFinished || logged.isOver) return;
    Object.assign(logged, { recordingSid, recordingState });
    // A read after a join may find a new recording before the recording's own callback arrives.
    const isNew = isOther && recordingState === 'in-progress' && trigger.receivedAt !== undefined;
    const cause = { noticedBy: trigger.kind, ...timing(trigger) };
    const fields = { ...about(logged), recordingSid, people: people.size, read: recordingState, ...cause };
    log.info(fields, `recording ${isNew ? 'began' : `found ${recordingState ?? 'over'}`}`);
  }

  function logRecordingCallback({ conferenceSid, recordingSid, status }: RecordingCallback): void {
    const logged = conferences.ofRecording(recordingSid, conferenceSid);
    const fields = { ...(logged && about(logged)), recordingSid };
    log.debug({ ...fields, status }, 'recording callback');
  }

  function logStory(conferenceSid: string | undefined, { recordingSid, status, ...story }: RecordingStory): void {
    const logged = conferences.ofRecording(recordingSid, conferenceSid);
    if (logged) setRecording(logged, recordingSid.toLowerCase(), status ?? 'unknown');
    const spans = story.spans.slice(-MAX_SPANS);
    const fields = { ...(logged && about(logged)), recordingSid, ...story, spans };
    if (status === 'completed') log.info(fields, 'recording completed');
    else if (status === null) log.info(fields, 'recording over, but no callback has reported its end');
    else log.warn({ ...fields, status }, 'recording ended without audio');
  }

  return (event) => {
    switch (event.type) {
      case 'conference-found': {
        const logged = conferences.track(event.conferenceSid, event.name);
        // A list may lag behind the end of a conference.
        if (!logged.isOver) log.info({ ...about(logged), noticedBy: 'discovery' }, 'conference found');
        return;
      }
      case 'conference-reported':
        track(event.conference);
        return;
      case 'participant-reported':
        return logReport(event.conference, event.callSid, event.change, event.trigger);
      case 'recording-reported':
        return logRecordingFound(track(event.conference), event.conference, event.trigger);
      case 'conference-read': {
        const { conference, trigger } = event;
        const logged = track(conference);
        log.debug({ ...about(logged), people: conference.people.size }, 'read');
        logPeopleFound(logged, conference, trigger);
        return logRecordingFound(logged, conference, trigger);
      }
      case 'recording-written': {
        const { conference, state, observed, trigger } = event;
        const { recordingSid, people } = conference;
        const logged = track(conference);
        Object.assign(logged, { recordingSid, recordingState: state });
        const cause = { because: trigger.kind, ...timing(trigger) };
        const fields = { ...about(logged), recordingSid, people: people.size, read: observed, ...cause };
        return log.info(fields, `recording ${state === 'paused' ? 'paused' : 'resumed'}`);
      }
      case 'problem-began':
        return logProblem(log, event.problem);
      case 'problem-ended':
        return logProblemEnd(log, event.problem, event.seconds, event.isConferenceOver);
      case 'conference-over': {
        const logged = conferences.track(event.conferenceSid, event.name);
        conferences.end(logged);
        if (!logged.isOver) log.info(about(logged), 'the conference is over');
        logged.isOver = true;
        return;
      }
      case 'recording-callback':
        return logRecordingCallback(event.callback);
      case 'recording-finished':
        return logStory(event.conferenceSid, event.story);
      case 'requests-failed': {
        const { subject, error } = event;
        const logged = conferences.find(subject);
        const fields = logged ? about(logged) : { subject };
        if (error instanceof SpaceError)
          return log.debug({ ...fields, reason: error.message }, 'a request to SignalWire failed');
        return log.error({ err: error, ...fields }, 'unexpected error');
      }
      case 'first-discovery': {
        const { isComplete, conferences: found } = event;
        if (isComplete) return log.info({ conferences: found }, 'first discovery complete');
        return log.warn('SignalWire has not listed its conferences yet: calls are accepted, and listing is retried');
      }
      case 'drain-timed-out': {
        const unfinished = event.conferences.map(({ sid, name }) => ({ conferenceSid: sid, conference: name }));
        return log.warn(
          { unfinished },
          'stopped before the work on these conferences was finished: the next start corrects their recordings',
        );
      }
    }
  };
}

/** An outage is logged by its detector. */
function logProblem(log: Logger, { conferenceSid, name, since, sentence }: Problem): void {
  if (conferenceSid === null) return;
  const fields = { conferenceSid, conference: name, since: new Date(since).toISOString() };
  log.warn(fields, `wrong recording: ${sentence}`);
}

function logProblemEnd(log: Logger, problem: Problem, seconds: number, isConferenceOver: boolean): void {
  const { conferenceSid, name } = problem;
  if (conferenceSid === null) return;
  const fields = { conferenceSid, conference: name, seconds };
  if (isConferenceOver) log.warn(fields, 'the conference ends while its recording is wrong');
  else log.info(fields, 'the recording is no longer wrong');
}

/** The fields that every line about a conference has. */
function about({ sid, name }: LoggedConference): { conferenceSid: string; conference: string | undefined } {
  return { conferenceSid: sid, conference: name };
}

function presenceIn({ people, held }: ConferenceSnapshot, callSid: string): Presence {
  if (people.has(callSid)) return 'in';
  return held.has(callSid) ? 'held' : 'gone';
}

/** How long ago the callback arrived, and how late it was then; both are missing if the trigger isn't a callback. */
function timing({ receivedAt, delayMs }: Trigger): { msSinceCallback?: number; callbackDelayMs?: number | undefined } {
  if (receivedAt === undefined) return {};
  return { msSinceCallback: Math.round(performance.now() - receivedAt), callbackDelayMs: delayMs };
}
