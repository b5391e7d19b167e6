import { FAILURES } from '../cli/place-call.js';
import type { RawSpace } from '../signalwire/raw-space.js';
import type { PauseBehavior } from '../signalwire/space.js';
import {
  becameAt,
  firstShown,
  hasIn,
  hasListed,
  isCallOver,
  isKnown,
  joinReportedAt,
  lastWebhookOf,
  leaveReportedAt,
  type Observations,
  type PlacedCall,
  readsOf,
  recordingCallbacksOf,
  type Sample,
} from './observations.js';
import type { PlacedCalls } from './placed-calls.js';
import type { Waits } from './waits.js';
import type { Watch } from './watch.js';

export interface RehearsalOptions {
  watch: Watch;
  calls: PlacedCalls;
  space: RawSpace;
  waits: Waits;
  /** The service's SWEEP_INTERVAL_SECONDS, in milliseconds. */
  resyncIntervalMs: number;
  pauseBehavior: PauseBehavior;
  /** Places a call to the first or the second phone. */
  call(phone: 'first' | 'second'): Promise<string>;
  /** Whether the program hangs up the second phone, and not the person. */
  hangsUp: boolean;
  /** Whether the second phone is called once more, so that the recording resumes. */
  resumes: boolean;
  /** Tells the person what happens, or what to do. */
  say(sentence: string): void;
}

/** What was done, and when; the observations are read with it. */
export interface Course {
  first: PlacedCall | undefined;
  second: PlacedCall | undefined;
  /** The second phone's second call. */
  third: PlacedCall | undefined;
  /** When somebody was told to hang up the second phone, and when that was seen (ms since 1970). */
  toldAt: number | undefined;
  leftAt: number | undefined;
  hungUpBy: 'a person' | 'the program' | undefined;
  /** When the recording was paused and resumed (ms since 1970); infinity if that was waited for in vain. */
  pausedAt: number | undefined;
  resumedAt: number | undefined;
  /** When the program hung up the last call. */
  endedAt: number | undefined;
}

export function createCourse(): Course {
  return {
    first: undefined,
    second: undefined,
    third: undefined,
    toldAt: undefined,
    leftAt: undefined,
    hungUpBy: undefined,
    pausedAt: undefined,
    resumedAt: undefined,
    endedAt: undefined,
  };
}

/**
 * Runs the rehearsal: one person waits, a second one joins, hangs up, and joins again; then all calls are ended. What was seen
 * is in `options.watch.seen`, and what was done is in `course`, also if this fails.
 *
 * @throws Error with a sentence if a phone isn't answered or leaves too early, or the service refuses SignalWire's request for a
 *   call
 */
export async function rehearse(course: Course, given: RehearsalOptions): Promise<void> {
  const options = { ...given, watch: failIfSomebodyLeaves(course, given.watch) };
  await waitAlone(course, options);
  await meet(course, options);
  await part(course, options);
  if (options.resumes) await meetAgain(course, options);
  await end(course, options);
}

/** A watch whose waits end with an Error when a phone hangs up that should not. */
function failIfSomebodyLeaves(course: Course, watch: Watch): Watch {
  const { seen } = watch;
  const isOver = (call: PlacedCall | undefined) => call !== undefined && readsOf(seen, call).some(isCallOver);
  const phoneThatLeft = () => {
    const { first, second, third, toldAt, endedAt } = course;
    if (endedAt !== undefined) return undefined;
    if (isOver(first)) return 'first';
    return (toldAt === undefined && isOver(second)) || isOver(third) ? 'second' : undefined;
  };
  return {
    ...watch,
    async until(condition, limitMs) {
      const isMet = await watch.until(() => phoneThatLeft() !== undefined || condition(seen), limitMs);
      const phone = phoneThatLeft();
      if (phone !== undefined) throw new Error(`The ${phone} phone hung up too early, so the rehearsal can't go on.`);
      return isMet;
    },
  };
}

async function join(phone: 'first' | 'second', options: RehearsalOptions): Promise<PlacedCall> {
  const { watch, waits, say } = options;
  const { seen } = watch;
  const lastWebhook = lastWebhookOf(seen);
  const lastRefused = seen.refused.length;
  say(`Calling the ${phone} phone. Please answer it.`);
  const placedAt = Date.now();
  const sid = await options.call(phone);
  const call: PlacedCall = { sid: sid.toLowerCase(), lastWebhook, placedAt };
  seen.calls.push(call);
  watch.addCall(sid);
  const hasJoined = () =>
    joinReportedAt(seen, call) !== undefined ||
    seen.participants.at(-1)?.value.some((one) => one.sid === call.sid) === true ||
    seen.reported?.callSids.includes(call.sid) === true;
  const isOver = () => readsOf(seen, call).some(isCallOver);
  const refusal = () =>
    seen.refused.slice(lastRefused).find(({ route, signature }) => route === '/inbound' && signature);
  await watch.until(() => hasJoined() || isOver() || refusal() !== undefined, waits.join);
  if (hasJoined()) return call;
  const refused = refusal();
  if (refused)
    throw new Error(`The service refused SignalWire's request for what to do with the call: ${refused.reason}`);
  const word = readsOf(seen, call).find(isCallOver)?.value.word ?? '';
  const reason = FAILURES[word] ?? (word && 'The call ended before it was in the conference.');
  throw new Error(`The ${phone} phone: ${reason || `nobody joined within ${waits.join / 1000} s.`}`);
}

async function waitAlone(course: Course, options: RehearsalOptions): Promise<void> {
  const { watch, waits, say } = options;
  const { seen } = watch;
  course.first = await join('first', options);
  say('The first phone is in the conference. Please hold on: what one person alone looks like is being read.');
  const joinedAt = Date.now();
  const isShown = () =>
    seen.conference.some(isKnown) && Object.values(seen.conferences).some((one) => one.some(isListed));
  const isRead = () => isShown() && seen.conferences.init.length > 0;
  await waitFor(options, isRead, waits.alone, 'The REST API has not shown the conference');
  // Every kind of request has been answered once more by then.
  const settledAt = Math.max(joinedAt + waits.quiet, Date.now() + 3 * waits.poll);
  await watch.until(() => Date.now() >= settledAt, waits.quiet + 3 * waits.poll);
  // A recording that begins with the first person is paused at once. That is waited for, so that it isn't mixed up with later.
  const hasRecording = () => seen.recordingSid !== undefined || recordingCallbacksOf(seen).length > 0;
  const isPaused = () => becameAt(seen, 'paused', 0) !== undefined;
  if (hasRecording()) await waitFor(options, isPaused, changeLimit(options), NOT_PAUSED);
}

async function meet(course: Course, options: RehearsalOptions): Promise<void> {
  const { watch, waits, say } = options;
  const { seen } = watch;
  const { first } = course;
  const second = await join('second', options);
  course.second = second;
  const joinedAt = Date.now();
  say(`Both phones are in. Please say something for ${seconds(waits.talk)} s, so that the file has something in it.`);
  const callSids = [first, second].flatMap((call) => call?.sid ?? []);
  const areListed = () => seen.participants.some((one) => callSids.every((sid) => hasIn(sid)(one)));
  await waitFor(options, areListed, waits.list, 'The list of participants has not had both');
  const hasRecording = () => seen.recordingSid !== undefined;
  if (await waitFor(options, hasRecording, waits.list, 'The service has not learned of a recording')) {
    const canBeRead = () => seen.recording.some(isKnown);
    await waitFor(options, canBeRead, waits.list, 'The recording could not be read');
  }
  // Whatever a list shows, it shows within the lag that its sister has had.
  const lag = firstShown(seen.participants, joinReportedAt(seen, second) ?? second.placedAt, hasListed(second.sid));
  const listedBy = Date.now() + (lag?.atMostMs ?? waits.list) + waits.quiet;
  const sid = seen.recordingSid?.toLowerCase() ?? '';
  const isRecordingListed = () =>
    seen.conferenceRecordings.some(hasListed(sid)) && seen.accountRecordings.some(hasListed(sid));
  await watch.until(() => isRecordingListed() || Date.now() >= listedBy, waits.list * 2);
  // After a pause while one person waited, the word of a resumed recording is waited for, so that it isn't taken for a pause's.
  const pausedAt = becameAt(seen, 'paused', 0);
  if (pausedAt !== undefined) {
    const isResumed = () => becameAt(seen, 'in-progress', pausedAt) !== undefined;
    await waitFor(options, isResumed, changeLimit(options), NOT_RESUMED);
    const settledBy = Date.now() + readLagLimit(seen) + waits.lateWord;
    await watch.until(() => seen.recording.at(-1)?.value.word === 'resumed' || Date.now() >= settledBy, waits.list * 2);
  }
  await watch.until(() => Date.now() >= joinedAt + waits.talk, waits.talk);
}

async function part(course: Course, options: RehearsalOptions): Promise<void> {
  const { watch, waits, calls, hangsUp, say } = options;
  const { seen } = watch;
  const { second } = course;
  if (!second) return;
  const lastWebhook = lastWebhookOf(seen);
  const hasLeft = () => leaveReportedAt(seen, lastWebhook) !== undefined || readsOf(seen, second).some(isCallOver);
  course.toldAt = Date.now();
  course.hungUpBy = 'the program';
  if (!hangsUp) {
    say('Hang up the second phone now. Keep the first one.');
    if (await watch.until(hasLeft, waits.person)) course.hungUpBy = 'a person';
    else say(`Nobody has hung up within ${seconds(waits.person)} s, so this program does it.`);
  }
  if (course.hungUpBy === 'the program') {
    say('Hanging up the second phone.');
    await calls.hangUp(second.sid);
  }
  await watch.until(hasLeft, waits.list);
  // Either may be seen first. The read tells, too, whether it was the right phone.
  const isOver = () => readsOf(seen, second).some(isCallOver);
  await watch.until(() => leaveReportedAt(seen, lastWebhook) !== undefined && isOver(), waits.quiet);
  course.leftAt = leaveReportedAt(seen, lastWebhook) ?? Date.now();
  say('The second phone has left. The recording should be paused now; this takes some seconds to read.');
  const since = course.toldAt;
  const isPaused = () => becameAt(seen, 'paused', since) !== undefined;
  await waitFor(options, isPaused, changeLimit(options), NOT_PAUSED);
  course.pausedAt = becameAt(seen, 'paused', since) ?? Number.POSITIVE_INFINITY;
  await waitFor(options, isOver, waits.list, 'The second call has not read as over');
  const isGone = () => seen.participants.at(-1)?.value.some(({ sid }) => sid === second.sid) === false;
  await waitFor(options, isGone, waits.gone, 'The second phone has not gone from the list of participants');
  const { pausedAt } = course;
  if (pausedAt === Number.POSITIVE_INFINITY) return;
  const readableAt = pausedAt + readLagAfter(seen, course) + waits.poll;
  await watch.until(() => seen.recording.some(({ sentAt }) => sentAt >= readableAt), waits.list);
  await update(options, 'paused', 'nothing');
  // An update that changes something, and back: the recording of a rehearsal may have a blink of one person alone.
  await update(options, 'in-progress', 'something');
  await update(options, 'paused', 'something');
}

/** Updates the recording of the rehearsal's own conference. */
async function update(
  { watch: { seen }, space, pauseBehavior }: RehearsalOptions,
  state: 'paused' | 'in-progress',
  changes: 'nothing' | 'something',
): Promise<void> {
  const { conferenceSid, recordingSid } = seen;
  const form = { Status: state, ...(state === 'paused' && { PauseBehavior: pauseBehavior }) };
  const answer = await space.post(`Conferences/${conferenceSid}/Recordings/${recordingSid}`, form);
  seen.updates.push({ state, changes, http: answer?.status });
}

async function meetAgain(course: Course, options: RehearsalOptions): Promise<void> {
  const { watch, waits, say } = options;
  const { seen } = watch;
  const pausedWord = seen.recording.at(-1)?.value.word;
  const since = Date.now();
  course.third = await join('second', options);
  const joinedAt = Date.now();
  say(`Both phones are in again. Please say something for ${seconds(waits.talk)} s.`);
  const isResumed = () => becameAt(seen, 'in-progress', since) !== undefined;
  await waitFor(options, isResumed, changeLimit(options), NOT_RESUMED);
  course.resumedAt = becameAt(seen, 'in-progress', since) ?? Number.POSITIVE_INFINITY;
  const { resumedAt } = course;
  if (resumedAt !== Number.POSITIVE_INFINITY) {
    const readableAt = resumedAt + readLagAfter(seen, course);
    const isRead = ({ sentAt, value: { word } }: Observations['recording'][number]) =>
      sentAt >= readableAt && word !== pausedWord;
    await watch.until(() => seen.recording.some(isRead), readLagAfter(seen, course) + waits.lateWord);
  }
  await watch.until(() => Date.now() >= joinedAt + waits.talk, waits.talk);
}

async function end(course: Course, options: RehearsalOptions): Promise<void> {
  const { watch, calls, waits, say } = options;
  const { seen } = watch;
  say('Hanging up. How the end reads takes some more seconds; the phones can be put away.');
  course.endedAt = Date.now();
  await calls.hangUpAll();
  const { endedAt } = course;
  const isOver = ({ answeredAt, http, value }: Sample<string | undefined>) =>
    answeredAt >= endedAt && (http === 404 || !['init', 'in-progress'].includes(value ?? ''));
  await waitFor(options, () => seen.conference.some(isOver), waits.end, 'The conference has not read as over');
  const hasStory = () => (seen.reported?.recordings.length ?? 0) > 0;
  await waitFor(options, hasStory, waits.end, 'The service has not learned what became of the recording');
  const readableAt = Date.now() + readLagAfter(seen, course) + waits.poll;
  await watch.until(() => seen.recording.some(({ sentAt }) => sentAt >= readableAt), waits.list);
}

const NOT_PAUSED = 'The service has not paused the recording';
const NOT_RESUMED = 'The service has not resumed the recording';

/**
 * Waits for something that should happen. If it doesn't, says so and goes on: that is a finding, too.
 *
 * @param missing what hasn't happened: a sentence that the time completes
 */
async function waitFor(
  { watch, say }: RehearsalOptions,
  condition: () => boolean,
  limitMs: number,
  missing: string,
): Promise<boolean> {
  const hasHappened = await watch.until(condition, limitMs);
  if (!hasHappened) say(`${missing} within ${seconds(limitMs)} s. Going on.`);
  return hasHappened;
}

function changeLimit({ waits, resyncIntervalMs }: RehearsalOptions): number {
  return waits.change + resyncIntervalMs;
}

/** How far single reads lag at most, by the second phone's call, which is over; 0 if that isn't known (ms). */
function readLagAfter(seen: Observations, { second, leftAt }: Course): number {
  if (!second || leftAt === undefined) return 0;
  return firstShown(readsOf(seen, second), leftAt, isCallOver)?.atMostMs ?? 0;
}

/** How far single reads may lag, by how long it took until the calls were known (ms). */
function readLagLimit(seen: Observations): number {
  const lags = seen.calls.map((call) => firstShown(readsOf(seen, call), call.placedAt, isKnown)?.atMostMs ?? 0);
  return Math.max(0, ...lags);
}

const isListed = ({ value }: Sample<string | undefined>) => value !== undefined;
const seconds = (ms: number) => Math.round(ms / 1000);
