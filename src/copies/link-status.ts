import type { Listener } from '../recorder-events.js';

/** Why the copies aren't linked, although the connection to Redis is open. */
const TOO_SLOW = 'Redis takes more than a second to deliver a message';

/** How the link between the copies of the service does. */
export interface LinkState {
  ok: boolean;
  /** When it began to fail (ms since 1970); undefined if it is ok, or has not been tried. */
  since: number | undefined;
  /** Why it fails, in a sentence without a full stop; undefined if it is ok, or has not been tried. */
  reason: string | undefined;
  /** How many copies act as one, this one included. It is 1 while the link fails. */
  copies: number;
}

export interface LinkStatus {
  /** Must receive every event. */
  listener: Listener;
  current(): LinkState;
}

export function createLinkStatus(): LinkStatus {
  let state: LinkState = { ok: false, since: undefined, reason: undefined, copies: 1 };

  function fail(reason: string): void {
    state = { ok: false, since: state.since ?? Date.now(), reason, copies: 1 };
  }

  return {
    listener(event) {
      if (event.type === 'copies-unlinked') fail(event.reason);
      if (event.type !== 'copies-changed') return;
      if (event.isLinked) state = { ok: true, since: undefined, reason: undefined, copies: event.copies };
      else fail(state.reason ?? TOO_SLOW);
    },
    current: () => state,
  };
}
