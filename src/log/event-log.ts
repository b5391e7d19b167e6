import type { Logger } from 'pino';
import type { ConferenceSnapshot, Listener, Trigger } from '../recorder-events.js';
import { SpaceError } from '../signalwire/space-error.js';

type Logged = Pick<ConferenceSnapshot, 'recordingSid' | 'recordingState'>;

const NO_RECORDING: Logged = { recordingSid: undefined, recordingState: undefined };

/** Logs events. Each change of a recording is one line, whether we made it or only found it. */
export function createEventLog(log: Logger): Listener {
  /** What the log last said about the recording of each conference. */
  const lastLogged = new Map<string, Logged>();

  function logChange(change: string, conference: ConferenceSnapshot, trigger: Trigger, read: string | undefined): void {
    const { sid: conferenceSid, name: friendlyName, recordingSid, people } = conference;
    const cause = { because: trigger.kind, msSinceCallback: msSince(trigger) };
    log.info({ conferenceSid, friendlyName, recordingSid, people: people.size, read, ...cause }, `recording ${change}`);
  }

  function logIfChanged(conference: ConferenceSnapshot, trigger: Trigger): void {
    const { sid, recordingSid, recordingState } = conference;
    const last = lastLogged.get(sid) ?? NO_RECORDING;
    lastLogged.set(sid, { recordingSid, recordingState });
    const isOther = last.recordingSid !== recordingSid;
    if (!isOther && last.recordingState === recordingState) return;
    // A read after a join may find a new recording before the recording's own callback arrives.
    const isNew = isOther && recordingState === 'in-progress' && trigger.receivedAt !== undefined;
    logChange(isNew ? 'began' : `found ${recordingState ?? 'over'}`, conference, trigger, recordingState);
  }

  return (event) => {
    switch (event.type) {
      case 'participant-reported': {
        const { conference, callSid, isIn } = event;
        const { sid: conferenceSid, name: friendlyName, people } = conference;
        const fields = { conferenceSid, friendlyName, callSid, people: people.size };
        return log.info(fields, `participant ${isIn ? 'joined' : 'left'}`);
      }
      case 'recording-reported':
        return logIfChanged(event.conference, event.trigger);
      case 'conference-read':
        log.debug({ conferenceSid: event.conference.sid, people: event.conference.people.size }, 'read');
        return logIfChanged(event.conference, event.trigger);
      case 'recording-written': {
        const { conference, state, observed, trigger } = event;
        lastLogged.set(conference.sid, { recordingSid: conference.recordingSid, recordingState: state });
        return logChange(state === 'paused' ? 'paused' : 'resumed', conference, trigger, observed);
      }
      case 'conference-over':
        lastLogged.delete(event.conferenceSid);
        return log.info({ conferenceSid: event.conferenceSid }, 'the conference is over');
      case 'requests-failed': {
        const { subject, error } = event;
        if (error instanceof SpaceError)
          return log.debug({ subject, reason: error.message }, 'a request to SignalWire failed');
        return log.error({ err: error, subject }, 'unexpected error');
      }
      case 'first-discovery': {
        const { isComplete, conferences } = event;
        if (isComplete) return log.info({ conferences }, 'first discovery complete');
        return log.warn('SignalWire has not listed its conferences yet: calls are accepted, and listing is retried');
      }
      case 'drain-timed-out': {
        const { conferenceSids } = event;
        return log.warn(
          { conferenceSids },
          'stopped before the work on these conferences was finished: the next start corrects their recordings',
        );
      }
    }
  };
}

function msSince({ receivedAt }: Trigger): number | undefined {
  return receivedAt === undefined ? undefined : Math.round(performance.now() - receivedAt);
}
