// The status page: fetches the feed once a second while it is visible, and shows it. What only time changes is shown again at
// each full second, whether a fetch is under way or not.

import { drawAll, showConferences, tickCards } from './cards.js';
import { currentSecond, everySecond, visibilityChange } from './clock.js';
import { describeCopies, showCopies } from './copies.js';
import { announce, find, setText } from './dom.js';
import { fetchFeed, lastResponseAt, PasswordRejected } from './feed-client.js';
import { judge } from './judgement.js';
import { openForPrint } from './print.js';
import { showRefusedCalls } from './refused-calls.js';
import { formatClock, formatDateTime, peopleIn, roomOf, stateOf } from './texts.js';
import { showVerdict, tickVerdict } from './verdict.js';

/** @import { Feed } from '../feed.js' */

const FETCH_INTERVAL_MS = 1000;

/** The feed that is shown. @type {Feed | undefined} */
let shown;
/** Why there is no newer one; undefined if it is current. @type {string | undefined} */
let failure;
let judgement = judge(undefined);

async function poll() {
  for (;;) {
    while (document.hidden) await visibilityChange();
    try {
      show(await fetchFeed(), undefined);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      show(undefined, error instanceof PasswordRejected ? message : `${message} Trying again every second.`);
      if (error instanceof PasswordRejected) return;
    }
    await visibilityChange(FETCH_INTERVAL_MS);
  }
}

/** @param {Feed | undefined} feed undefined if it hasn't changed @param {string | undefined} newFailure */
function show(feed, newFailure) {
  if (!feed && newFailure === failure) return;
  const before = shown;
  shown = feed ?? shown;
  failure = newFailure;
  judgement = judge(shown, failure, lastResponseAt || undefined);
  const changes = [showVerdict(judgement, shown)];
  document.body.classList.toggle('stale', failure !== undefined);
  if (feed) {
    showConferences(feed, currentSecond());
    setText(find(document, '#scope'), describeScope(feed));
    showCopies(feed.copies);
    find(document, 'main').hidden = false;
    if (before) changes.push(...changesOf(before, feed));
  }
  if (shown) showEmptiness(shown, judgement.isKnown);
  if (feed) tickHeader(currentSecond());
  else tick(currentSecond());
  announce(changes.filter(Boolean).join(' '));
}

/** @param {number} now the service's time (ms since 1970) */
function tick(now) {
  tickHeader(now);
  // Without a connection the cards stay as they were: nobody knows what has happened since.
  tickCards(failure === undefined ? now : lastResponseAt);
}

/** @param {number} now */
function tickHeader(now) {
  const clock = /** @type {HTMLTimeElement} */ (find(document, '#clock'));
  clock.dateTime = new Date(now).toISOString();
  setText(clock, formatClock(now));
  tickVerdict(judgement, shown?.signalWireAnsweredAt, now);
  showRefusedCalls(shown?.refusedCalls ?? null, now);
}

/** @param {Feed} feed @param {boolean} isKnown whether what is in progress is known */
function showEmptiness({ live, finished }, isKnown) {
  const empty = find(document, '#live-empty');
  empty.hidden = live.length > 0;
  const nothing = 'No conference is in progress. One will appear here as soon as somebody calls the number.';
  setText(empty, isKnown ? nothing : 'Whether a conference is in progress is not known at the moment.');
  find(document, '#finished-empty').hidden = finished.length > 0;
}

/** @param {Feed} feed */
function describeScope({ since, version }) {
  return `Activity since this copy of the service started at ${formatDateTime(Date.parse(since))} (version ${version}).`;
}

/** For screen readers: which recordings changed state, and whether the copy was linked or unlinked. @param {Feed} before @param {Feed} after */
function changesOf(before, after) {
  const statesBefore = new Map(before.live.map(({ sid, recording }) => [sid, recording]));
  const changed = after.live.filter(({ sid, recording }) => statesBefore.get(sid) !== recording);
  const ended = after.finished.filter(({ sid }) => statesBefore.has(sid));
  const isLinkChanged = before.copies?.isLinked !== after.copies?.isLinked;
  return [
    isLinkChanged ? describeCopies(after.copies) : '',
    ...changed.map((conference) => `${roomOf(conference)}: ${stateOf(conference)}, ${peopleIn(conference)}.`),
    ...ended.map((conference) => `${roomOf(conference)}: ended.`),
  ];
}

openForPrint(drawAll);
void everySecond(tick);
void poll();
