// The lists of cards, and which of them are drawn again each second.

import { createCard, tickCard, updateCard } from './card.js';
import { arrange, find, setText } from './dom.js';
import { chooseSpan, nameSpan, SPANS } from './scale.js';

/** @import { Feed, FeedConference } from '../feed.js' */
/** @import { Card } from './card.js' */

/** There may be hundreds of cards, so the page spends no more than this on those out of view in a second (ms). */
const OUT_OF_VIEW_MS = 2;

/** By SID. @type {Map<string, Card>} */
const cards = new Map();
/** @type {Set<Element>} */
const inView = new Set();
/** The next card out of view to be drawn again: they take turns, because a picture of the whole page shows them, too. */
let nextTurn = 0;
let shownSpanMs = 0;
let shownAt = 0;

const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) inView.add(target);
    else inView.delete(target);
  }
  for (const card of cards.values()) {
    if (entries.some(({ target, isIntersecting }) => isIntersecting && target === card.element)) draw(card);
  }
});

const scale = /** @type {HTMLSelectElement} */ (find(document, '#scale'));
for (const span of SPANS) scale.append(new Option(nameSpan(span), String(span)));
scale.addEventListener('change', drawAll);

/** @param {Feed} feed @param {number} now ms since 1970 */
export function showConferences({ live, finished, verdict, copies }, now) {
  const problems = new Map(verdict.problems.map((problem) => [problem.conferenceSid, problem]));
  const all = [...live, ...finished];
  const names = copies?.names ?? [];
  const changed = all.filter((conference) =>
    updateCard(cardOf(conference), conference, problems.get(conference.sid), names),
  );
  const focused = document.activeElement;
  showList('live', live);
  showList('finished', finished);
  // A card loses the focus when it moves to the other list.
  if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus();
  const sids = new Set(all.map(({ sid }) => sid));
  for (const [sid, { element }] of cards) {
    if (sids.has(sid)) continue;
    observer.unobserve(element);
    inView.delete(element);
    cards.delete(sid);
  }
  shownAt = now;
  if (spanOf(now) !== shownSpanMs) drawAll();
  else for (const conference of changed) draw(cardOf(conference));
  find(document, '#audio-note').hidden = !all.some(({ recordings }) => recordings.length > 0);
}

/**
 * Draws what has changed with time alone, as far as it is in view; the rest takes turns.
 *
 * @param {number} now ms since 1970
 */
export function tickCards(now) {
  shownAt = now;
  if (spanOf(now) !== shownSpanMs) return drawAll();
  const live = [...cards.values()].filter(({ end }) => end === undefined);
  for (const card of live) if (inView.has(card.element)) draw(card);
  const begin = performance.now();
  for (let turns = 0; turns < live.length && performance.now() - begin < OUT_OF_VIEW_MS; turns += 1) {
    nextTurn = (nextTurn + 1) % live.length;
    const card = live[nextTurn];
    if (card && !inView.has(card.element)) draw(card);
  }
}

export function drawAll() {
  shownSpanMs = spanOf(shownAt);
  for (const card of cards.values()) draw(card);
}

/** @param {Card} card */
function draw(card) {
  tickCard(card, shownAt, shownSpanMs);
}

/** The time that each strip spans: what the reader has chosen, or else what holds the longest conference. @param {number} now */
function spanOf(now) {
  const longest = Math.max(0, ...[...cards.values()].map(({ begin, end }) => (end ?? now) - begin));
  const automatic = chooseSpan(longest);
  const [option] = scale.options;
  if (option) setText(option, `${nameSpan(automatic)} (the longest fits)`);
  return Number(scale.value) || automatic;
}

/** Returns the conference's card, and creates it if necessary. @param {FeedConference} conference */
function cardOf(conference) {
  const card = cards.get(conference.sid) ?? createCard(conference);
  if (!cards.has(conference.sid)) observer.observe(card.element);
  cards.set(conference.sid, card);
  return card;
}

/** @param {'live' | 'finished'} id @param {FeedConference[]} conferences */
function showList(id, conferences) {
  arrange(
    find(document, `#${id}`),
    conferences.map((conference) => cardOf(conference).element),
  );
  setText(find(document, `#${id}-count`), conferences.length > 0 ? `(${conferences.length})` : '');
}
