import { randomBytes } from 'node:crypto';
import { DEFAULT_DURATIONS } from '../recording/durations.js';
import type { Settings } from '../settings/settings.js';
import { placeCall } from '../signalwire/place-call.js';
import { createRawSpace } from '../signalwire/raw-space.js';
import { createSpace } from '../signalwire/rest-space.js';
import type { Course } from './course.js';
import { createPlacedCalls, type StillAlive } from './placed-calls.js';
import { createRedactor, redactTexts } from './redact.js';
import { rehearse } from './rehearse.js';
import { createReport, type Report } from './report.js';
import { DEFAULT_WAITS, type Waits } from './waits.js';
import { createWatch } from './watch.js';

export interface RunOptions {
  settings: Settings & { statusPassword: string };
  /** Where SignalWire reaches the service, and where this program does; without a path. */
  publicUrl: string;
  serviceUrl: string;
  /** In E.164 form. */
  from: string;
  first: string;
  second: string;
  hangsUp: boolean;
  resumes: boolean;
  /** Cuts the rehearsal short when it is aborted. */
  signal: AbortSignal;
  say(sentence: string): void;
  waits?: Partial<Waits>;
}

export interface Outcome {
  /** Undefined if nobody was called. */
  report: Report | undefined;
  /** Why it was cut short, without numbers and secrets; undefined if it wasn't. */
  failure: string | undefined;
  stillAlive: StillAlive;
}

/** Runs a rehearsal, and hangs up every call that it has placed, however it ends. Never rejects. */
export async function runRehearsal(options: RunOptions): Promise<Outcome> {
  const { settings, publicUrl, serviceUrl, from, first, second, signal, say } = options;
  const waits = { ...DEFAULT_WAITS, ...options.waits };
  const room = `rehearsal-${randomBytes(4).toString('hex')}`;
  const redact = createRedactor(settings, publicUrl, serviceUrl, from, first, second);
  const space = createSpace({ ...settings, timeoutMs: DEFAULT_DURATIONS.request });
  const raw = createRawSpace({ ...settings, timeoutMs: DEFAULT_DURATIONS.request });
  const { statusPassword } = settings;
  const name = settings.conferencePrefix + room;
  const calls = createPlacedCalls(raw, name, waits.hangUp, say);
  const watch = createWatch({
    space: raw,
    serviceUrl,
    statusPassword,
    name,
    pollMs: waits.poll,
    silenceMs: waits.silence,
    signal,
  });
  const course: Course = {};
  const startedAt = Date.now();
  const url = `${publicUrl}/inbound?${new URLSearchParams({ room })}`;
  let failure: string | undefined;
  let stillAlive: StillAlive = { callSids: [], mayRing: [] };
  try {
    const { otherConferences } = await watch.begin().catch((error: Error) => {
      throw new Error(`The webhooks of the running service can't be read: ${error.message} Nobody was called.`);
    });
    if (otherConferences > 0) {
      say('Other conferences are in progress, so some of the callbacks that are reported may be theirs.');
    }
    signal.throwIfAborted();
    await rehearse(course, {
      watch,
      calls,
      space: raw,
      waits,
      resyncIntervalMs: settings.resyncIntervalMs,
      pauseBehavior: settings.pauseBehavior,
      call(phone) {
        const ends = { from, to: phone === 'first' ? first : second };
        return calls.place(ends, async () => {
          signal.throwIfAborted();
          return placeCall(space, { ...ends, url });
        });
      },
      hangsUp: options.hangsUp,
      resumes: options.resumes,
      say,
    });
  } catch (error) {
    failure = redact(messageOf(signal.aborted ? signal.reason : error));
    // At once, because hanging up may take a while.
    say(failure);
    // What reads show once the calls are hung up must not be taken for what they showed before.
    void watch.stop();
  } finally {
    stillAlive = await calls.hangUpAll();
    await watch.stop();
    space.close();
    raw.close();
  }
  const { seen } = watch;
  if (seen.calls.length === 0) return { report: undefined, failure, stillAlive };
  const report = createReport({ seen, course, settings, startedAt, failure: failure ?? null });
  return { report: redactTexts(report, redact), failure, stillAlive };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
