// The status page: fetches the feed once a second while it is visible, and renders it. Text from the feed is never parsed
// as HTML.

/** @import { Feed, FeedConference, FeedEvent } from '../feed.js' */

const FETCH_INTERVAL_MS = 1000;
const FETCH_TIMEOUT_MS = 5000;

// ---- The feed

// The page's URL may contain credentials; browsers refuse to fetch such URLs.
export const feedUrl = new URL('conferences', location.href);
feedUrl.username = '';
feedUrl.password = '';

/** The feed that is shown, and its ETag. @type {Feed | undefined} */
let shownFeed;
let etag = '';
/** The time of the last response by the service's clock (ms since 1970), and how far that clock is ahead of ours (ms). */
let lastResponseAt = 0;
let clockAheadMs = 0;

/** Another request would only open the browser's password prompt. */
class PasswordRejected extends Error {}

/**
 * Fetches the feed and renders it.
 *
 * @throws {Error} whose message is shown on the page
 */
async function fetchFeed() {
  const response = await fetch(feedUrl, {
    headers: { 'if-none-match': etag },
    cache: 'no-store',
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
  }).catch(() => {
    throw new Error('The connection to the service was lost.');
  });
  if (response.status === 401) {
    throw new PasswordRejected('The password is no longer accepted: reload to enter another.');
  }
  const isNew = response.status !== 304;
  if (isNew && !response.ok) throw new Error(`The service responded with status ${response.status}.`);
  const feed = isNew ? await parseFeed(response) : shownFeed;
  if (!feed) return;
  syncClock(response);
  render(feed, isNew);
  if (shownFeed && isNew) announceChanges(shownFeed, feed);
  shownFeed = feed;
  etag = response.headers.get('etag') ?? etag;
}

/** @param {Response} response @returns {Promise<Feed>} */
function parseFeed(response) {
  return response.json().catch(() => {
    throw new Error("The response isn't from this service.");
  });
}

/** @param {Response} response */
function syncClock(response) {
  // The header is in whole seconds, so small differences are ignored.
  const aheadMs = Date.parse(response.headers.get('date') ?? '') + 500 - Date.now();
  clockAheadMs = Math.abs(aheadMs) > 1500 ? aheadMs : 0;
  lastResponseAt = Date.now() + clockAheadMs;
}

async function poll() {
  for (;;) {
    while (document.hidden) await waitForVisibilityChange();
    try {
      await fetchFeed();
      showConnection();
    } catch (error) {
      showConnection(error instanceof Error ? error : new Error(String(error)));
      if (error instanceof PasswordRejected) return;
    }
    await waitForVisibilityChange(FETCH_INTERVAL_MS);
  }
}

/** @param {Error} [failure] */
function showConnection(failure) {
  const notice = find(document, '#connection');
  const hadFailed = !notice.hidden;
  notice.hidden = failure === undefined;
  document.body.classList.toggle('stale', failure !== undefined);
  if (failure) {
    const updated = lastResponseAt ? ` Last updated at ${formatTime(lastResponseAt - clockAheadMs)}.` : '';
    const retrying = failure instanceof PasswordRejected ? '' : ' Retrying every second.';
    setText(notice, failure.message + updated + retrying);
  } else if (hadFailed) {
    setText(notice, '');
    announce('Reconnected.');
  }
}

// ---- The page

/** The conferences' cards by SID. @type {Map<string, Element>} */
const cards = new Map();

/**
 * @param {Feed} feed
 * @param {boolean} isNew whether it has changed; if not, only time has passed
 */
function render(feed, isNew) {
  const { live, finished } = feed;
  for (const conference of live) renderCard(cardOf(conference), conference, lastResponseAt);
  if (!isNew) return;
  for (const conference of finished) {
    renderCard(cardOf(conference), conference, parseTime(conference.endedAt ?? ''));
  }
  const start = `${formatDateTime(parseTime(feed.since))} (version ${feed.version})`;
  setText(find(document, '#scope'), `Activity since this copy of the service started at ${start}.`);
  showOutage(feed.signalWireFailingSince);
  const focused = document.activeElement;
  renderList('live', live);
  renderList('finished', finished);
  // A card loses the focus when it moves to the other list.
  if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus();
  const sids = new Set([...live, ...finished].map(({ sid }) => sid));
  for (const sid of cards.keys()) if (!sids.has(sid)) cards.delete(sid);
  find(document, 'main').hidden = false;
}

/** @param {string | null} since */
function showOutage(since) {
  const notice = find(document, '#outage');
  notice.hidden = since === null;
  const text =
    since &&
    `SignalWire has been failing since ${formatTime(parseTime(since))}: recordings are left as they are, and this page may be out of date.`;
  setText(notice, text ?? '');
}

/** @param {'live' | 'finished'} id @param {FeedConference[]} conferences */
function renderList(id, conferences) {
  const list = find(document, `#${id}`);
  const newCards = conferences.map(cardOf);
  for (const card of [...list.children]) if (!newCards.includes(card)) card.remove();
  // Cards that are already in place aren't moved, so that they keep the focus.
  newCards.forEach((card, index) => {
    const current = list.children[index] ?? null;
    if (current !== card) list.insertBefore(card, current);
  });
  find(document, `#${id}-empty`).hidden = newCards.length > 0;
  setText(find(document, `#${id}-count`), newCards.length > 0 ? `(${newCards.length})` : '');
}

/** For screen readers: which recordings changed state. @param {Feed} before @param {Feed} after */
function announceChanges(before, after) {
  const statesBefore = new Map(before.live.map(({ sid, recording }) => [sid, recording]));
  const changed = after.live.filter(({ sid, recording }) => statesBefore.get(sid) !== recording);
  const ended = after.finished.filter(({ sid }) => statesBefore.has(sid));
  const changes = [
    ...changed.map((conference) => `${roomOf(conference)}: ${stateOf(conference)}, ${peopleIn(conference)}`),
    ...ended.map((conference) => `${roomOf(conference)}: ended`),
  ];
  announce(changes.join('. '));
}

/** @param {string} text */
function announce(text) {
  setText(find(document, '#announcement'), text);
}

/** Returns the conference's card, and creates it if necessary. @param {FeedConference} conference */
function cardOf({ sid }) {
  const existing = cards.get(sid);
  if (existing) return existing;
  const template = /** @type {HTMLTemplateElement} */ (find(document, '#conference'));
  const card = find(/** @type {DocumentFragment} */ (template.content.cloneNode(true)), '.conference');
  cards.set(sid, card);
  return card;
}

/**
 * @param {Element} card
 * @param {FeedConference} conference
 * @param {number} until the end of its timeline: now, or when it ended (ms since 1970)
 */
function renderCard(card, conference, until) {
  const { sid, name, recording, callSids, endedAt, events } = conference;
  const begin = parseTime(events[0]?.at ?? conference.firstSeenAt);
  const sinceMs = until - parseTime(conference.recordingSince);
  const badge = find(card, '.badge');
  badge.className = `badge ${recording}`;
  badge.hidden = endedAt !== null;
  setText(find(card, '.room'), roomOf(conference));
  setText(badge, stateOf(conference));
  setText(
    find(card, '.people'),
    endedAt === null
      ? `for ${formatDuration(sinceMs)}, ${peopleIn(conference)}`
      : `ended ${formatDateTime(parseTime(endedAt))}, lasted ${formatDuration(until - parseTime(conference.firstSeenAt))}`,
  );
  setText(find(card, '.begin'), `${events[0]?.what === 'seen' ? '' : '… '}${formatTime(begin)}`);
  setText(find(card, '.end'), endedAt === null ? 'now' : formatTime(until));
  const recordedMs = conference.recordedSeconds * 1000 + (recording === 'in-progress' ? sinceMs : 0);
  const pausedMs = conference.pausedSeconds * 1000 + (recording === 'paused' ? sinceMs : 0);
  const totals = `Recorded ${formatDuration(recordedMs)}, paused ${formatDuration(pausedMs)}`;
  setText(find(card, '.totals'), totals);
  const timeline = find(card, '.timeline');
  const hasNewEvents = renderEvents(find(card, '.events'), events);
  // If only time has passed, cards out of view are skipped.
  if (hasNewEvents || timeline.checkVisibility?.({ contentVisibilityAuto: true }) !== false) {
    drawTimeline(timeline, `${totals}. What happened is listed below.`, conference, begin, until);
  }
  setText(find(card, '.summary-room'), `in ${roomOf(conference)}`);
  setText(find(card, '.sid'), sid);
  setText(find(card, '.name'), name ?? 'not known yet');
  setText(find(card, '.call-sids'), callSids.join(', ') || 'none');
}

// ---- The timeline

/**
 * @param {Element} svg
 * @param {string} label its text alternative
 * @param {FeedConference} conference
 * @param {number} begin ms since 1970
 * @param {number} until ms since 1970
 */
function drawTimeline(svg, label, { events, minParticipants }, begin, until) {
  const length = Math.max(until - begin, 1);
  const at = (/** @type {number} */ ms) => `${(100 * Math.min(Math.max((ms - begin) / length, 0), 1)).toFixed(3)}%`;

  /** @param {string} kind @param {number} y @param {number} height @param {(event: FeedEvent) => boolean} condition */
  const lane = (kind, y, height, condition) =>
    periodsOf(events, until, condition).flatMap(([from, to]) => {
      const bounds = { x: at(from), width: at(begin + to - from), y, height };
      const bar = svgElement('rect', { class: kind, ...bounds });
      return kind === 'paused' ? [bar, svgElement('rect', { fill: 'url(#hatch)', ...bounds })] : [bar];
    });
  const marks = events
    .filter(({ what }) => what === 'joined' || what === 'left')
    .map((event) =>
      svgElement('use', {
        href: `#${event.what}`,
        x: at(parseTime(event.at)),
        y: event.what === 'left' ? 7 : 35,
      }),
    );

  svg.setAttribute('aria-label', label);
  svg.replaceChildren(
    svgElement('rect', { class: 'none', width: '100%', y: 8, height: 22 }),
    ...lane('in-progress', 8, 22, ({ recording }) => recording === 'in-progress'),
    ...lane('paused', 8, 22, ({ recording }) => recording === 'paused'),
    ...lane('alone', 30, 4, ({ people }) => people > 0 && people < minParticipants),
    ...marks,
  );
}

/**
 * Returns the periods (ms since 1970) in which the condition held.
 *
 * @param {FeedEvent[]} events
 * @param {number} until
 * @param {(event: FeedEvent) => boolean} condition
 */
function periodsOf(events, until, condition) {
  /** @type {[from: number, to: number][]} */
  const periods = [];
  events.forEach((event, index) => {
    const from = parseTime(event.at);
    const to = parseTime(events[index + 1]?.at ?? '') || until;
    const last = periods.at(-1);
    if (!condition(event) || to <= from) return;
    if (last?.[1] === from) last[1] = to;
    else periods.push([from, to]);
  });
  return periods;
}

/** @param {string} name @param {Record<string, string | number>} attributes */
function svgElement(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

// ---- Texts

/**
 * Lists the events, but only if they have changed, so that the list isn't rebuilt every second.
 *
 * @param {Element} list
 * @param {FeedEvent[]} events
 * @returns {boolean} whether they have changed
 */
function renderEvents(list, events) {
  const latest = events.length + JSON.stringify(events.at(-1));
  if (list.getAttribute('data-latest') === latest) return false;
  list.setAttribute('data-latest', latest);
  list.replaceChildren(
    ...events.map((event, index) => {
      const item = document.createElement('li');
      const time = document.createElement('time');
      time.dateTime = event.at;
      time.textContent = formatTime(parseTime(event.at));
      item.append(time, ' ', describe(event, events[index - 1]));
      return item;
    }),
  );
  return true;
}

/** @param {FeedEvent} event @param {FeedEvent} [previous] */
function describe({ what, callSid, people, recording }, previous) {
  switch (what) {
    case 'seen':
      if (recording === 'none') return 'seen';
      return `seen while ${recording === 'paused' ? 'paused' : 'recording'}, ${people} in`;
    case 'joined':
    case 'left':
      return `${callSid} ${what}, ${people} in`;
    case 'recording':
      if (recording === 'paused') return 'recording paused';
      if (recording === 'none') return 'recording ended';
      return previous?.recording === 'none' ? 'recording started' : 'recording resumed';
    case 'over':
      return 'conference ended';
  }
}

/** @param {FeedConference} conference */
function stateOf({ recording, recordedSeconds, events }) {
  if (recording === 'in-progress') return 'Recording';
  if (recording === 'paused') return 'Paused';
  const hadRecording = recordedSeconds > 0 || events.some((event) => event.recording !== 'none');
  return hadRecording ? 'Not recording' : 'No recording yet';
}

/** @param {FeedConference} conference */
function roomOf({ room, sid }) {
  return room || `Conference ${sid}`;
}

/** @param {FeedConference} conference */
function peopleIn({ people }) {
  return people === 1 ? '1 person in' : `${people} people in`;
}

/** @param {number} ms */
function formatDuration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return [hours && `${hours} h`, (hours || minutes) && `${minutes} min`, `${seconds % 60} s`].filter(Boolean).join(' ');
}

/** Formats a time without its date. @param {number} ms since 1970 */
function formatTime(ms) {
  return new Date(ms).toLocaleTimeString();
}

/** Formats a time, with its date unless that is today. @param {number} ms since 1970 */
export function formatDateTime(ms) {
  const date = new Date(ms).toLocaleDateString();
  return date === new Date().toLocaleDateString() ? formatTime(ms) : `${date}, ${formatTime(ms)}`;
}

/** @param {string} text ISO 8601 */
function parseTime(text) {
  return Date.parse(text);
}

// ---- The DOM

/** @param {ParentNode} within @param {string} selector @returns {HTMLElement} */
export function find(within, selector) {
  const element = within.querySelector(selector);
  if (!element) throw new Error(`The page has no ${selector}.`);
  return /** @type {HTMLElement} */ (element);
}

/**
 * Sets the text of an element, but only if it differs, so that selections and screen readers aren't interrupted.
 *
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Waits until the page becomes visible or hidden, but no longer than the timeout. @param {number} [timeoutMs] */
export function waitForVisibilityChange(timeoutMs) {
  return new Promise((resolve) => {
    const timer = timeoutMs === undefined ? undefined : setTimeout(done, timeoutMs);
    document.addEventListener('visibilitychange', done);
    function done() {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', done);
      resolve(undefined);
    }
  });
}

void poll();
