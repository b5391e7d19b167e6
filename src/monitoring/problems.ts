import type { Emit, Listener, Problem } from '../recorder-events.js';
import { describeOutage, describeWrongRecording } from './problem-sentence.js';

/** What is wrong at the moment. */
export interface Problems {
  /** Must receive every event. */
  listener: Listener;
  /** The oldest first. */
  current(): Problem[];
  /** Since when each recording that isn't as it should be has been so (ms since 1970), however short that is. */
  wrongSince(): number[];
  /** Emits nothing from now on. */
  close(): void;
}

const OUTAGE = 'outage';

interface Wrong extends Pick<Problem, 'conferenceSid' | 'name' | 'since'> {
  description: string;
  /** Why the last request about it failed; undefined if none did since it has been wrong. */
  lastFailure: string | undefined;
  isProblem: boolean;
  timer: NodeJS.Timeout;
}

/**
 * Watches what the core announces of each conference, and outages. Emits `problem-began` when something has been wrong for as
 * long as is tolerated, and `problem-ended` when it is over. A recording is wrong for a moment after each join and leave.
 */
export function createProblems(emit: Emit, toleratedMs: number): Problems {
  /** By SID in lower case, or `OUTAGE`. */
  const wrong = new Map<string, Wrong>();

  function begin(key: string, state: Pick<Wrong, 'conferenceSid' | 'name' | 'since' | 'description'>): void {
    const known = wrong.get(key);
    if (known) {
      Object.assign(known, state);
      return;
    }
    const timer = setTimeout(() => {
      entry.isProblem = true;
      emit({ type: 'problem-began', problem: toProblem(entry) });
    }, toleratedMs);
    const entry: Wrong = { ...state, lastFailure: undefined, isProblem: false, timer };
    wrong.set(key, entry);
  }

  function end(key: string, isConferenceOver = false): void {
    const entry = wrong.get(key);
    if (!entry) return;
    clearTimeout(entry.timer);
    wrong.delete(key);
    if (entry.isProblem) emit({ type: 'problem-ended', problem: toProblem(entry), isConferenceOver });
  }

  return {
    listener(event) {
      switch (event.type) {
        case 'conference-assessed': {
          const { conferenceSid, name, wrongSince: since } = event;
          if (since === undefined) return end(conferenceSid.toLowerCase());
          const description = describeWrongRecording(conferenceSid, name, event);
          return begin(conferenceSid.toLowerCase(), { conferenceSid, name, since, description });
        }
        case 'conference-over':
          return end(event.conferenceSid.toLowerCase(), true);
        case 'requests-failed': {
          const entry = wrong.get(event.subject.toLowerCase());
          if (entry && event.error instanceof Error) entry.lastFailure = event.error.message;
          return;
        }
        case 'outage-began': {
          const description = describeOutage(event.status);
          return begin(OUTAGE, { conferenceSid: null, name: undefined, since: Date.now(), description });
        }
        case 'outage-ended':
          return end(OUTAGE);
      }
    },
    current: () => [...wrong.values()].filter(({ isProblem }) => isProblem).map(toProblem),
    wrongSince: () =>
      [...wrong.values()].flatMap(({ conferenceSid, since }) => (conferenceSid === null ? [] : [since])),
    close() {
      for (const { timer } of wrong.values()) clearTimeout(timer);
      wrong.clear();
    },
  };
}

function toProblem({ conferenceSid, name, since, description, lastFailure }: Wrong): Problem {
  const sentence = lastFailure === undefined ? description : `${description} The last error: ${lastFailure}`;
  return { conferenceSid, name, since, sentence };
}
