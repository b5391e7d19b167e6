import type { Emit, Listener, Problem, RecorderEvent } from '../recorder-events.js';
import { SpaceError } from '../signalwire/space-error.js';
import { describeOutage, describeRefusals, describeWrongRecording } from './problem-sentence.js';

/** What is wrong at the moment. */
export interface Problems {
  /** Must receive every event. */
  listener: Listener;
  readonly isEmpty: boolean;
  /** The oldest first. */
  current(): Problem[];
  /** For how long the recording of each conference that isn't as it should be has been so (ms), however short that is. */
  wrongForMs(): { conferenceSid: string; ms: number }[];
  /** Emits nothing from now on. */
  close(): void;
}

type WebhookAnswered = Extract<RecorderEvent, { type: 'webhook-answered' }>;

const OUTAGE = 'outage';

/** Webhooks that were refused are a problem until one is accepted, or for this long if none comes (ms). */
const REFUSALS_MS = 600_000;

/**
 * A timer that fires this late (ms) was stopped together with the process, which then has not read yet what has become of the
 * recording. So it gets some time to catch up.
 */
const STOOD_STILL_MS = 500;
const CATCH_UP_MS = 1000;

/** The client had gone, so nothing was refused. */
const CLIENT_CLOSED = 499;

interface Wrong extends Omit<Problem, 'sentence'> {
  description: string;
  /** Why the last request about it failed; undefined if none did since it has been wrong. */
  lastFailure: string | undefined;
  /** When it began to be wrong (ms, monotonic). */
  startedAt: number;
  timer: NodeJS.Timeout;
}

/**
 * Watches what the core announces of each conference, outages, and webhooks that were refused although they were signed. Emits `problem-began` when something has been wrong for as
 * long as is tolerated, and `problem-ended` when it is over. A recording is wrong for a moment after each join and leave.
 *
 * @param isAlive whether another copy of the service is linked with this one; what a copy refused ends with it
 */
export function createProblems(
  emit: Emit,
  toleratedMs: number,
  isAlive: (copy: string) => boolean = () => false,
): Problems {
  /** By SID in lower case, or by kind and copy if it isn't about one conference. */
  const wrong = new Map<string, Wrong>();
  /** The keys of those that have been wrong for longer than is tolerated. */
  const problems = new Set<string>();
  const refusalTimers = new Map<string, NodeJS.Timeout>();
  let isClosed = false;

  function begin(key: string, state: Omit<Wrong, 'lastFailure' | 'startedAt' | 'timer'>): void {
    const known = wrong.get(key);
    if (known) {
      update(key, known, { name: state.name, description: state.description });
      return;
    }
    const startedAt = performance.now();
    const announce = () => {
      problems.add(key);
      emit({ type: 'problem-began', problem: toProblem(entry) });
    };
    const onTimer = () => {
      const hasStoodStill = performance.now() - startedAt - toleratedMs > STOOD_STILL_MS;
      if (hasStoodStill) entry.timer = setTimeout(announce, CATCH_UP_MS);
      else announce();
    };
    const timer = setTimeout(onTimer, toleratedMs);
    const entry: Wrong = { ...state, lastFailure: undefined, startedAt, timer };
    wrong.set(key, entry);
  }

  function update(key: string, entry: Wrong, changes: Partial<Wrong>): void {
    const { sentence } = toProblem(entry);
    Object.assign(entry, changes);
    const problem = toProblem(entry);
    if (problems.has(key) && problem.sentence !== sentence) emit({ type: 'problem-changed', problem });
  }

  function end(key: string, isConferenceOver = false): void {
    const entry = wrong.get(key);
    if (!entry) return;
    clearTimeout(entry.timer);
    wrong.delete(key);
    if (!problems.delete(key)) return;
    const seconds = Math.round((performance.now() - entry.startedAt) / 1000);
    emit({ type: 'problem-ended', problem: toProblem(entry), seconds, isConferenceOver });
  }

  /** Requests without a signature don't count: they aren't SignalWire's. */
  function onWebhook({ route, status, reason, signature, copy }: WebhookAnswered): void {
    const kind = route === '/inbound' ? 'refused calls' : 'refused callbacks';
    // What one copy accepts says nothing of another one, whose settings or clock may differ.
    const key = copy === undefined ? kind : `${kind} ${copy}`;
    if (reason === null) end(key);
    if (reason === null || signature === null || status === CLIENT_CLOSED) return;
    begin(key, {
      kind,
      conferenceSid: null,
      copy,
      name: undefined,
      since: Date.now(),
      description: describeRefusals(kind, reason, copy),
    });
    clearTimeout(refusalTimers.get(key));
    refusalTimers.set(
      key,
      setTimeout(() => end(key), REFUSALS_MS),
    );
  }

  function onCopiesChanged(): void {
    for (const [key, { copy }] of wrong) if (copy !== undefined && !isAlive(copy)) end(key);
  }

  return {
    listener(event) {
      if (isClosed) return;
      switch (event.type) {
        case 'conference-assessed': {
          const { conferenceSid, name, wrongSince: since } = event;
          if (since === undefined) return end(conferenceSid.toLowerCase());
          const description = describeWrongRecording(conferenceSid, name, event);
          return begin(conferenceSid.toLowerCase(), { kind: 'recording', conferenceSid, name, since, description });
        }
        case 'conference-over':
          return end(event.conferenceSid.toLowerCase(), true);
        case 'requests-failed': {
          const { subject, error } = event;
          const key = subject.toLowerCase();
          const entry = wrong.get(key);
          if (entry) update(key, entry, { lastFailure: describeFailure(error) });
          return;
        }
        case 'outage-began': {
          const description = describeOutage(event.status);
          const since = Date.now();
          return begin(OUTAGE, { kind: 'outage', conferenceSid: null, name: undefined, since, description });
        }
        case 'outage-ended':
          return end(OUTAGE);
        case 'webhook-answered':
          return onWebhook(event);
        case 'copies-changed':
          return onCopiesChanged();
      }
    },
    get isEmpty() {
      return problems.size === 0;
    },
    current: () => [...wrong].filter(([key]) => problems.has(key)).map(([, entry]) => toProblem(entry)),
    wrongForMs() {
      const now = performance.now();
      return [...wrong.values()].flatMap(({ conferenceSid, startedAt }) =>
        conferenceSid === null ? [] : [{ conferenceSid, ms: now - startedAt }],
      );
    },
    close() {
      isClosed = true;
      for (const timer of [...refusalTimers.values(), ...[...wrong.values()].map((entry) => entry.timer)])
        clearTimeout(timer);
      wrong.clear();
      problems.clear();
    },
  };
}

function toProblem({ kind, conferenceSid, copy, name, since, description, lastFailure }: Wrong): Problem {
  const sentence = lastFailure === undefined ? description : `${description} ${lastFailure}`;
  return { kind, conferenceSid, copy, name, since, sentence };
}

/** A sentence without paths and SIDs, which are in the log. */
function describeFailure(error: unknown): string {
  if (!(error instanceof SpaceError)) return 'This service failed, and its log says how.';
  if (error.status === undefined) return 'The last error: SignalWire did not answer.';
  const reason = error.reason === undefined ? '' : ` ("${error.reason}")`;
  return `The last error: SignalWire answered ${error.status}${reason}.`;
}
