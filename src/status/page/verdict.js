// The first line of the page: whether everything is recorded that should be, and else what is wrong.

import { arrange, copyTemplate, find, setSentence, setText } from './dom.js';
import { anchorOf, formatDateTime, formatDuration } from './texts.js';

/** @import { Feed } from '../feed.js' */
/** @import { Judgement, Notice } from './judgement.js' */

/** So many problems are listed at once: with hundreds, there would be nothing else to see. */
const MAX_LISTED = 5;

/** The problems that are shown, by key. @type {Map<string, Element>} */
const items = new Map();

/**
 * @param {Judgement} judgement
 * @param {Feed | undefined} feed
 * @returns {string} what a screen reader should say of it, besides the problems that are new
 */
export function showVerdict({ problems, headline, isKnown }, feed) {
  const keys = new Set(problems.map(({ key }) => key));
  const begun = problems.filter(({ key }) => !items.has(key));
  const ended = [...items.keys()].filter((key) => !keys.has(key));
  for (const key of ended) items.delete(key);

  const listed = problems.map((problem) => showProblem(problem, feed));
  arrange(find(document, '#problems'), listed.slice(0, MAX_LISTED));
  arrange(find(document, '#more-problems ul'), listed.slice(MAX_LISTED));
  find(document, '#more-problems').hidden = listed.length <= MAX_LISTED;
  setText(find(document, '#more-problems summary'), `${listed.length - MAX_LISTED} more`);
  setText(find(document, '#headline'), headline);
  find(document, '#verdict').className = problems.length > 0 ? 'alarm' : isKnown ? 'calm' : '';

  // What ticks is in no live region, so each problem is said once, when it begins.
  const alarm = find(document, '#alarm');
  if (begun.length > 0) setText(alarm, begun.map(({ sentence }) => sentence).join(' '));
  else if (problems.length === 0) setText(alarm, '');
  return describeEnd(ended, problems.length, headline);
}

/**
 * Shows what changes with time alone.
 *
 * @param {Judgement} judgement
 * @param {string | null | undefined} answeredAt when SignalWire last answered
 * @param {number} now ms since 1970
 */
export function tickVerdict({ problems, isKnown, isConnected, headline }, answeredAt, now) {
  for (const { key, since } of problems) {
    const item = items.get(key);
    if (item && since !== undefined) setText(find(item, '.for'), `, for ${formatDuration(now - since)}`);
  }
  const answer = isConnected && answeredAt !== undefined ? describeAnswer(answeredAt, isKnown, now) : '';
  setText(find(document, '#answer'), answer && headline ? `; ${answer}` : answer);
}

/** @param {string | null} answeredAt @param {boolean} isKnown @param {number} now */
function describeAnswer(answeredAt, isKnown, now) {
  if (answeredAt === null) return 'SignalWire has not answered yet';
  const at = Date.parse(answeredAt);
  const ago = `${formatDuration(now - at)} ago`;
  return isKnown ? `SignalWire answered ${ago}` : `SignalWire last answered at ${formatDateTime(at, now)}, ${ago}`;
}

/** @param {Notice} problem @param {Feed | undefined} feed */
function showProblem({ key, conferenceSid, sentence, since }, feed) {
  const item = items.get(key) ?? copyTemplate('problem');
  items.set(key, item);
  const conference = feed?.live.find(({ sid }) => sid === conferenceSid);
  setSentence(find(item, '.sentence'), sentence, conference?.name);
  setText(find(item, '.since'), since === undefined ? '' : `Since ${formatDateTime(since)}`);
  const link = find(item, 'a');
  link.hidden = conference === undefined;
  if (conference) link.setAttribute('href', `#${anchorOf(conference)}`);
  return item;
}

/** @param {string[]} ended keys @param {number} left @param {string} headline */
function describeEnd(ended, left, headline) {
  if (ended.length === 0) return '';
  const reconnected = ended.includes('connection') ? 'Reconnected. ' : '';
  if (left === 0) return `${reconnected}${headline}.`;
  return `${reconnected}${left === 1 ? '1 problem remains' : `${left} problems remain`}.`;
}
