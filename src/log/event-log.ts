import type { Logger } from 'pino';
import type { Announce, Cause, Snapshot } from '../recorder-events.js';
import { SpaceError } from '../signalwire/space-error.js';

/** What the log last said of a conference's recording. */
type Logged = Pick<Snapshot, 'recordingSid' | 'recording'>;

const NOTHING: Logged = { recordingSid: undefined, recording: undefined };

/** Listens to what the core does, and logs it: one line for each change, whatever finds or makes it. */
export function createJournal(log: Logger): Announce {
  const lastLogged = new Map<string, Logged>();

  function logChange(change: string, conference: Snapshot, cause: Cause, read: string | undefined): void {
    const { sid: conferenceSid, name: friendlyName, recordingSid, people } = conference;
    const reason = { because: cause.what, msSinceCallback: msSince(cause) };
    log.info(
      { conferenceSid, friendlyName, recordingSid, people: people.size, read, ...reason },
      `recording ${change}`,
    );
  }

  function take(conference: Snapshot, cause: Cause): void {
    const { sid, recordingSid, recording } = conference;
    const last = lastLogged.get(sid) ?? NOTHING;
    lastLogged.set(sid, { recordingSid, recording });
    const isOther = last.recordingSid !== recordingSid;
    if (!isOther && last.recording === recording) return;
    // A read that a callback asked for may come before the callback that tells of the recording.
    const isNew = isOther && recording === 'in-progress' && cause.at !== undefined;
    logChange(isNew ? 'began' : `found ${recording ?? 'over'}`, conference, cause, recording);
  }

  return (announcement) => {
    switch (announcement.what) {
      case 'participant': {
        const { conference, callSid, isIn } = announcement;
        const { sid: conferenceSid, name: friendlyName, people } = conference;
        const fields = { conferenceSid, friendlyName, callSid, people: people.size };
        return log.info(fields, `participant ${isIn ? 'joined' : 'left'}`);
      }
      case 'reported':
        if (announcement.cause) take(announcement.conference, announcement.cause);
        return;
      case 'read':
        log.debug({ conferenceSid: announcement.conference.sid, people: announcement.conference.people.size }, 'read');
        return take(announcement.conference, announcement.cause);
      case 'written': {
        const { conference, state, observed, cause } = announcement;
        lastLogged.set(conference.sid, { recordingSid: conference.recordingSid, recording: state });
        return logChange(state === 'paused' ? 'paused' : 'resumed', conference, cause, observed);
      }
      case 'over':
        lastLogged.delete(announcement.conferenceSid);
        return log.info({ conferenceSid: announcement.conferenceSid }, 'the conference is over');
      case 'failed': {
        const { whose, error } = announcement;
        if (error instanceof SpaceError) return log.debug({ whose, reason: error.message }, 'a request failed');
        return log.error({ err: error, whose }, 'something went wrong here');
      }
      case 'started': {
        const { isDone, conferences } = announcement;
        if (isDone) return log.info({ conferences }, 'first discovery done');
        return log.warn('the first discovery is not finished yet: calls are taken all the same, and it goes on');
      }
      case 'left undone':
        return log.warn(
          { conferenceSids: announcement.conferenceSids },
          'stopped before these conferences were set right',
        );
    }
  };
}

function msSince({ at }: Cause): number | undefined {
  return at === undefined ? undefined : Math.round(performance.now() - at);
}
