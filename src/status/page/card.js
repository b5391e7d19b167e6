// The card of one conference.

import { showCopy } from './copies.js';
import { arrange, copyTemplate, createElement, find, setSentence, setText } from './dom.js';
import { showRecordings } from './recordings.js';
import { windowOf } from './scale.js';
import { drawStrip } from './strip.js';
import * as texts from './texts.js';

/** @import { FeedConference, FeedProblem } from '../feed.js' */
/** @import { ShownRecording } from './recordings.js' */

/** What of a card changes with time alone. */
const TICKING = ['people', 'since', 'timeline', 'begin', 'end', 'totals'];

/**
 * @typedef {object} Card
 * @property {HTMLElement} element
 * @property {Record<string, HTMLElement>} ticking
 * @property {FeedConference} conference
 * @property {FeedProblem | undefined} problem
 * @property {number} begin when it was first seen (ms since 1970)
 * @property {number | undefined} end when it ended (ms since 1970); undefined while it is in progress
 * @property {string} shown what `update` has shown
 * @property {string} events the same for the events
 * @property {Map<number, HTMLElement>} callers by number
 * @property {Map<string, ShownRecording>} recordings by SID
 */

/** An empty card for a conference. @param {FeedConference} conference @returns {Card} */
export function createCard(conference) {
  const element = copyTemplate('conference');
  element.id = texts.anchorOf(conference);
  return {
    element,
    ticking: Object.fromEntries(TICKING.map((name) => [name, find(element, `.${name}`)])),
    conference,
    problem: undefined,
    begin: 0,
    end: undefined,
    shown: '',
    events: '',
    callers: new Map(),
    recordings: new Map(),
  };
}

/**
 * Shows what doesn't change with time alone.
 *
 * @param {Card} card
 * @param {FeedConference} conference
 * @param {FeedProblem | undefined} problem
 * @param {readonly string[]} copies the names of all copies
 * @returns {boolean} whether anything has changed
 */
export function updateCard(card, conference, problem, copies) {
  const shown = JSON.stringify([conference, problem, copies]);
  if (card.shown === shown) return false;
  const { firstSeenAt, endedAt, sid, name, recordings } = conference;
  const { element } = card;
  Object.assign(card, { conference, problem, shown });
  card.begin = Date.parse(firstSeenAt);
  card.end = endedAt === null ? undefined : Date.parse(endedAt);

  const room = texts.roomOf(conference);
  setText(find(element, '.room'), room);
  element.classList.toggle('wrong', problem !== undefined);
  const badge = find(element, '.badge');
  badge.className = `badge ${problem ? 'wrong' : conference.recording}`;
  badge.hidden = card.end !== undefined;
  setText(badge, problem ? texts.wrongStateOf(conference) : texts.stateOf(conference));
  const transition = find(element, '.transition');
  setText(transition, problem ? '' : texts.transitionOf(conference));
  transition.hidden = transition.textContent === '';
  find(element, '.problem').hidden = problem === undefined;
  setSentence(find(element, '.sentence'), problem?.sentence ?? '', name);
  showRecordings(find(element, '.recordings'), card.recordings, recordings, room);
  showCopy(find(element, '.copy'), conference.copy, copies);
  setText(find(element, '.summary-room'), `in ${room}`);
  setText(find(element, '.sid'), sid);
  setText(find(element, '.name'), name ?? 'not known yet');
  showCallers(card);
  showEvents(card);
  return true;
}

/**
 * Shows what changes with time.
 *
 * @param {Card} card
 * @param {number} now ms since 1970
 * @param {number} spanMs how much time each strip shows
 */
export function tickCard({ conference, problem, begin, end, ticking }, now, spanMs) {
  const { people, since, timeline, begin: axisBegin, end: axisEnd, totals } = ticking;
  if (!people || !since || !timeline || !axisBegin || !axisEnd || !totals) return;
  const { recording, recordingSince, recordedSeconds, pausedSeconds } = conference;
  const until = end ?? now;
  const sinceMs = Math.max(0, until - Date.parse(recordingSince));
  // What it did before this copy of the service saw it isn't known.
  const isWatchedLate = conference.events[0]?.what === 'seen' && conference.events[0].recording !== 'none';
  const lasted =
    end === undefined
      ? ''
      : `ended ${texts.formatDateTime(end, now)}, ${isWatchedLate ? 'watched for' : 'lasted'} ${texts.formatDuration(end - begin)}`;
  // With a problem, it is said below for how long it has been one.
  const sinceThen = problem ? '' : `for ${texts.formatDuration(sinceMs)}, `;
  setText(people, lasted || `${sinceThen}${texts.peopleIn(conference)}`);
  if (problem) {
    const wrongSince = Date.parse(problem.since);
    setText(since, `Since ${texts.formatDateTime(wrongSince, now)}, for ${texts.formatDuration(now - wrongSince)}.`);
  }
  const recordedMs = recordedSeconds * 1000 + (recording === 'in-progress' ? sinceMs : 0);
  const pausedMs = pausedSeconds * 1000 + (recording === 'paused' ? sinceMs : 0);
  const sums = `recorded ${texts.formatDuration(recordedMs)}, paused ${texts.formatDuration(pausedMs)}`;
  setText(totals, `Since ${texts.formatDateTime(begin, now)}: ${sums}`);

  const window = windowOf({ begin, end }, spanMs, now);
  drawStrip(timeline, conference, window, until);
  timeline.setAttribute('aria-label', `Timeline: ${sums}. What happened is listed below.`);
  const format = (/** @type {number} */ ms) => texts.formatAxis(ms, spanMs, now);
  setText(axisBegin, `${window.isBeginCut ? '… ' : ''}${format(window.from)}`);
  setText(axisEnd, end === undefined ? 'now' : `${format(window.until)}${window.isEndCut ? ' …' : ''}`);
}

/** Keeps the items, so that a CallSid that is being copied stays selected. @param {Card} card */
function showCallers({ element, conference, callers }) {
  const { callSids, heldCallSids } = conference;
  const whereIs = (/** @type {string} */ callSid) => {
    if (callSids.includes(callSid)) return 'in';
    return heldCallSids.includes(callSid) ? 'on hold or coaching' : 'left';
  };
  const shown = conference.callers.map(({ number, callSid }) => {
    const item = callers.get(number) ?? createElement('li');
    if (!callers.has(number)) {
      item.append(
        createElement('span', `caller ${number}`),
        ' ',
        createElement('code', callSid),
        ' ',
        createElement('span'),
      );
    }
    callers.set(number, item);
    if (item.lastElementChild) setText(item.lastElementChild, whereIs(callSid));
    return item;
  });
  arrange(find(element, '.callers'), shown);
  find(element, '.no-callers').hidden = shown.length > 0;
}

/** @param {Card} card */
function showEvents(card) {
  const { callers, events } = card.conference;
  const json = JSON.stringify([events, callers]);
  if (card.events === json) return;
  card.events = json;
  const numbers = new Map(callers.map(({ number, callSid }) => [callSid, number]));
  const callerOf = (/** @type {string | undefined} */ callSid) => {
    const number = callSid === undefined ? undefined : numbers.get(callSid);
    return number === undefined ? 'somebody' : `caller ${number}`;
  };
  const items = events.map((event, index) => {
    const item = document.createElement('li');
    const time = document.createElement('time');
    time.dateTime = event.at;
    setText(time, texts.formatTime(Date.parse(event.at)));
    item.append(time, ' ', texts.describeEvent(event, events[index - 1], callerOf));
    if (event.callSid) item.title = event.callSid;
    return item;
  });
  const isWhole = events[0]?.what === 'seen';
  const earlier = isWhole ? [] : [createElement('li', 'What happened before is no longer kept.')];
  find(card.element, '.events').replaceChildren(...earlier, ...items);
}
