import type { Logger } from 'pino';
import type { Announce } from '../recorder-events.js';
import { isNotFound, isUnauthorized, isUnprocessable, SpaceError } from '../signalwire/space-error.js';
import { LASTING_REFUSALS } from './policy.js';

/**
 * Listens for failures, and logs and announces once that SignalWire fails us and once that it works again, however many
 * tries fail in between. One failure after which the next try succeeds isn't spoken of. An outage lasts as long as anything
 * that failed hasn't succeeded since. A refusal (404, 422) concerns one recording alone, and is logged when it lasts.
 *
 * @param announce takes in that an outage began or ended
 */
export function createOutage(log: Logger, announce: Announce): Announce {
  /** How often in a row each has failed, or been refused. */
  const failing = new Map<string, number>();
  const refused = new Map<string, number>();
  let beganAt = 0;
  let failures = 0;
  let isAnnounced = false;
  let isUnauthorizedLogged = false;

  function begin(): void {
    if (!isAnnounced) announce({ what: 'failing' });
    isAnnounced = true;
  }

  function takeFailure(whose: string, error: SpaceError): void {
    if (failing.size === 0 && !isAnnounced) beganAt = performance.now();
    const inARow = (failing.get(whose) ?? 0) + 1;
    failing.set(whose, inARow);
    failures += 1;
    const reason = error.message;
    // With wrong credentials nothing will work until somebody changes them.
    if (isUnauthorized(error) && !isUnauthorizedLogged) {
      log.error({ reason }, 'SignalWire refuses our credentials: recordings stay as they are until it takes them');
      isUnauthorizedLogged = true;
      begin();
    } else if (inARow > 1 && !isAnnounced) {
      log.warn({ reason }, 'SignalWire fails: recordings stay as they are, and it is tried again until it works');
      begin();
    }
  }

  function takeRefusal(conferenceSid: string, error: SpaceError): void {
    const inARow = (refused.get(conferenceSid) ?? 0) + 1;
    refused.set(conferenceSid, inARow);
    if (inARow !== LASTING_REFUSALS) return;
    const fields = { conferenceSid, reason: error.message };
    log.warn(fields, 'the recording of a conference cannot be set right: it stays as it is, and is tried again');
  }

  function endIfAllWorks(): void {
    if (failing.size > 0) return;
    if (isAnnounced) {
      const seconds = Math.round((performance.now() - beganAt) / 100) / 10;
      log.info({ seconds, failures }, 'SignalWire works again');
      announce({ what: 'working' });
    }
    failures = 0;
    isAnnounced = false;
    isUnauthorizedLogged = false;
  }

  return (announcement) => {
    switch (announcement.what) {
      case 'failed': {
        const { whose, error } = announcement;
        if (!(error instanceof SpaceError)) return;
        const isRefusal = isNotFound(error) || isUnprocessable(error);
        if (!isRefusal || whose.startsWith('discovery')) return takeFailure(whose, error);
        takeRefusal(whose, error);
        if (failing.delete(whose)) endIfAllWorks();
        return;
      }
      case 'succeeded': {
        const { whose } = announcement;
        const refusals = refused.get(whose) ?? 0;
        if (refusals >= LASTING_REFUSALS) {
          log.info({ conferenceSid: whose }, 'the recording of the conference is right again');
        }
        refused.delete(whose);
        failing.delete(whose);
        endIfAllWorks();
        return;
      }
      case 'over':
        // That SignalWire works again is for something that succeeds to say.
        failing.delete(announcement.conferenceSid);
        refused.delete(announcement.conferenceSid);
        return;
    }
  };
}
