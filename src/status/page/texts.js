// What the page says about times, conferences and events.

/** @import { FeedConference, FeedEvent } from '../feed.js' */

const HOUR_MS = 3_600_000;

// Much faster than `toLocaleTimeString`, which looks the locale up each time.
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const TIME_OF_DAY = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const CLOCK = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });

/** Formats a time without its date. @param {number} ms since 1970 */
export function formatTime(ms) {
  return TIME.format(ms);
}

/** Formats a time, with its date unless that is today. @param {number} ms since 1970 @param {number} [now] */
export function formatDateTime(ms, now = Date.now()) {
  const date = DATE.format(ms);
  return date === DATE.format(now) ? formatTime(ms) : `${date}, ${formatTime(ms)}`;
}

/** Formats the time at an end of an axis. @param {number} ms since 1970 @param {number} spanMs its length @param {number} now */
export function formatAxis(ms, spanMs, now) {
  if (spanMs < HOUR_MS) return formatTime(ms);
  return DATE.format(ms) === DATE.format(now)
    ? TIME_OF_DAY.format(ms)
    : `${DATE.format(ms)}, ${TIME_OF_DAY.format(ms)}`;
}

/** Formats a time with its date and the name of the time zone. @param {number} ms since 1970 */
export function formatClock(ms) {
  return CLOCK.format(ms);
}

/** @param {number} ms */
export function formatDuration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return [hours && `${hours} h`, (hours || minutes) && `${minutes} min`, `${seconds % 60} s`].filter(Boolean).join(' ');
}

/** Formats a position in an audio file. @param {number | null} seconds null if it isn't known */
export function formatOffset(seconds) {
  if (seconds === null) return 'unknown';
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** @param {Pick<FeedConference, 'room' | 'sid'>} conference */
export function roomOf({ room, sid }) {
  return room || `Conference ${sid}`;
}

/** The id of the conference's card. @param {Pick<FeedConference, 'sid'>} conference */
export function anchorOf({ sid }) {
  return `conference-${sid}`;
}

/** @param {Pick<FeedConference, 'people' | 'heldCallSids'>} conference */
export function peopleIn({ people, heldCallSids }) {
  const held = heldCallSids.length > 0 ? `, ${heldCallSids.length} on hold or coaching` : '';
  return `${people === 1 ? '1 person' : `${people} people`} in${held}`;
}

/** @param {Pick<FeedConference, 'recording' | 'recordedSeconds' | 'events'>} conference */
export function stateOf({ recording, recordedSeconds, events }) {
  if (recording === 'in-progress') return 'Recording';
  if (recording === 'paused') return 'Paused';
  const hadRecording = recordedSeconds > 0 || events.some((event) => event.recording !== 'none');
  return hadRecording ? 'Not recording' : 'No recording yet';
}

/** The state of a recording that isn't as it should be. @param {FeedConference} conference */
export function wrongStateOf(conference) {
  const { desired } = conference;
  const state = stateOf(conference);
  if (desired === null) return state;
  return `${state}, should be ${desired === 'paused' ? 'paused' : 'recording'}`;
}

/** What the recording is about to do; empty if it is as it should be. @param {FeedConference} conference */
export function transitionOf({ wrongSince, desired, recording }) {
  if (wrongSince === null || desired === null) return '';
  if (desired === 'paused') return 'pausing…';
  return recording === 'paused' ? 'resuming…' : 'starting…';
}

/** @param {FeedEvent} event @param {FeedEvent | undefined} previous @param {(callSid: string | undefined) => string} callerOf */
export function describeEvent({ what, callSid, people, recording }, previous, callerOf) {
  switch (what) {
    case 'seen':
      if (recording === 'none') return 'seen';
      return `seen while ${recording === 'paused' ? 'paused' : 'recording'}, ${people} in`;
    case 'joined':
    case 'left':
      return `${callerOf(callSid)} ${what}, ${people} in`;
    case 'held':
      return `${callerOf(callSid)} on hold or coaching, ${people} in`;
    case 'unheld':
      return `${callerOf(callSid)} back, ${people} in`;
    case 'recording':
      if (recording === 'paused') return 'recording paused';
      if (recording === 'none') return 'recording ended';
      return previous?.recording === 'none' ? 'recording started' : 'recording resumed';
    case 'over':
      return 'conference ended';
  }
}
