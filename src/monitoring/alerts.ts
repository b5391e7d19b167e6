import type { Logger } from 'pino';
import type { Listener, Problem, RecorderEvent } from '../recorder-events.js';
import type { Problems } from './problems.js';

type ProblemEnd = Extract<RecorderEvent, { type: 'problem-ended' }>;

const REQUEST_TIMEOUT_MS = 5000;
const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 60_000;

/** Tells somebody about problems. */
export interface Alerts {
  /** Must receive every event after the problems have received it. */
  listener: Listener;
  /** Must receive what other copies of the service have done, after the problems have. */
  othersListener: Listener;
  /** Sends nothing from now on. */
  close(): void;
}

export interface AlertsOptions {
  /** Receives a POST with `{ "text": … }`, as the incoming webhooks of chats do. It may contain a secret, so it is never logged. */
  url: string;
  problems: Pick<Problems, 'isEmpty' | 'current'>;
  log: Logger;
  /** Which service this is; undefined until a tunnel is open. */
  publicUrl: () => string | undefined;
}

/**
 * Sends one message when the first problem begins, and one when the last is over. A message that could not be delivered is tried
 * again, until it is delivered or no longer true. Of a conference's problem, the copy of the service that works on the conference
 * sends the message.
 */
export function createAlerts({ url, problems, log, publicUrl }: AlertsOptions): Alerts {
  const closing = new AbortController();
  let lastSent: 'alert' | 'all-clear' = 'all-clear';
  let lastEnd = '';
  let isSending = false;
  let failures = 0;
  let retry: NodeJS.Timeout | undefined;

  /** Sends messages until what was sent last is what is true now. */
  async function update(): Promise<void> {
    clearTimeout(retry);
    if (isSending) return;
    isSending = true;
    try {
      for (;;) {
        const due = problems.isEmpty ? 'all-clear' : 'alert';
        if (due !== lastSent)
          await post(due === 'alert' ? describe(problems.current()) : `${lastEnd}Nothing is wrong any more.`);
        failures = 0;
        if (due === lastSent) break;
        lastSent = due;
      }
    } catch (error) {
      if (closing.signal.aborted) return;
      if (failures === 0)
        log.warn({ reason: reasonOf(error) }, 'ALERT_URL could not be reached: the alert is sent again');
      retry = setTimeout(() => void update(), Math.min(FIRST_RETRY_MS * 2 ** failures, MAX_RETRY_MS));
      failures += 1;
    } finally {
      isSending = false;
    }
  }

  async function post(sentence: string): Promise<void> {
    const page = publicUrl();
    const response = await fetch(url, {
      method: 'POST',
      // A redirected POST becomes a GET, which would lose the message.
      redirect: 'manual',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: `Conference recorder${page ? ` at ${page}` : ''}: ${sentence}` }),
      signal: AbortSignal.any([closing.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`it answered ${response.status}`);
  }

  return {
    listener(event) {
      if (event.type === 'problem-ended') lastEnd = describeEnd(event);
      if (event.type === 'problem-began' || event.type === 'problem-ended') void update();
    },
    othersListener(event) {
      if (event.type !== 'problem-ended') return;
      lastEnd = describeEnd(event);
      // What this copy has alerted of is over when the last problem is, whichever copy ends that.
      if (lastSent === 'alert') void update();
    },
    close() {
      clearTimeout(retry);
      closing.abort();
    },
  };
}

function describe([first, ...others]: Problem[]): string {
  if (!first) return '';
  const count = others.length;
  const more = count === 0 ? '' : ` There ${count === 1 ? 'is one more problem' : `are ${count} more problems`}.`;
  return `${first.sentence} (Since ${new Date(first.since).toISOString()}.)${more}`;
}

/** What became of the last problem. */
function describeEnd({ problem, seconds, isConferenceOver }: ProblemEnd): string {
  const what = problem.name ?? `Conference ${problem.conferenceSid}`;
  if (isConferenceOver) return `${what} ended while its recording was wrong, after ${seconds} s. `;
  return problem.conferenceSid === null
    ? `It lasted ${seconds} s. `
    : `${what} is as it should be, after ${seconds} s. `;
}

/** Never contains the URL: fetch names only the host, in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
