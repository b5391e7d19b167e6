// The status page: asks the feed once a second while it is looked at, and draws what it says. No text from the feed is
// ever taken for markup.

/** @import { Feed, FeedConference, FeedEvent } from '../feed.js' */

const ASK_EVERY_MS = 1000;
const GIVE_UP_MS = 5000;

// ---- The feed

// The page may have been opened with a user in its address, with which browsers refuse to fetch.
const address = new URL('conferences', location.href);
address.username = '';
address.password = '';

/** The feed as it was last drawn, and its ETag. @type {Feed | undefined} */
let feed;
let tag = '';
/** When the service last answered, by its clock, and how far that is ahead of ours (ms). */
let answeredAt = 0;
let clockAhead = 0;

/** The password is wrong: asking again would only bring up the browser's own question for it. */
class Closed extends Error {}

/**
 * Asks the feed and draws it.
 *
 * @throws {Error} with a sentence, when that fails
 */
async function ask() {
  const asking = fetch(address, {
    headers: { 'if-none-match': tag },
    cache: 'no-store',
    signal: AbortSignal.timeout(GIVE_UP_MS),
  });
  const response = await asking.catch(() => {
    throw new Error('The connection to the service is lost.');
  });
  if (response.status === 401) throw new Closed('The password is no longer taken: reload the page to give another.');
  const isNew = response.status !== 304;
  if (isNew && !response.ok) throw new Error(`The service answers with ${response.status}.`);
  const said = isNew ? await read(response) : feed;
  if (!said) return;
  keepTime(response);
  show(said, isNew);
  if (feed && isNew) tellNews(feed, said);
  feed = said;
  tag = response.headers.get('etag') ?? tag;
}

/** @param {Response} response @returns {Promise<Feed>} */
function read(response) {
  return response.json().catch(() => {
    throw new Error("What answers isn't the service.");
  });
}

/** @param {Response} response */
function keepTime(response) {
  // The header has whole seconds, so a small difference is none.
  const ahead = Date.parse(response.headers.get('date') ?? '') + 500 - Date.now();
  clockAhead = Math.abs(ahead) > 1500 ? ahead : 0;
  answeredAt = Date.now() + clockAhead;
}

async function watch() {
  for (;;) {
    while (document.hidden) await pause();
    try {
      await ask();
      tellConnection();
    } catch (error) {
      tellConnection(error instanceof Error ? error : new Error(String(error)));
      if (error instanceof Closed) return;
    }
    await pause(ASK_EVERY_MS);
  }
}

/** @param {Error} [failure] */
function tellConnection(failure) {
  const notice = find(document, '#connection');
  const wasLost = !notice.hidden;
  notice.hidden = failure === undefined;
  document.body.classList.toggle('lost', failure !== undefined);
  if (failure) {
    const from = answeredAt ? ` What is shown is from ${clock(answeredAt - clockAhead)}.` : '';
    const next = failure instanceof Closed ? '' : ' Trying again every second.';
    say(notice, failure.message + from + next);
  } else if (wasLost) {
    say(notice, '');
    say(find(document, '#news'), 'Connected again.');
  }
}

// ---- The page

/** Cards by the conference's SID. @type {Map<string, Element>} */
const cards = new Map();

/**
 * @param {Feed} feed
 * @param {boolean} isNew whether it has changed; if not, only time has passed
 */
function show(feed, isNew) {
  const { live, finished } = feed;
  for (const conference of live) fill(card(conference), conference, answeredAt);
  if (!isNew) return;
  for (const conference of finished) {
    fill(card(conference), conference, time(conference.endedAt ?? ''));
  }
  const start = `its start, ${when(time(feed.since))} (version ${feed.version})`;
  say(find(document, '#scope'), `What this copy of the service has seen since ${start}.`);
  tellDoubt(feed.signalWireFailingSince);
  const focused = document.activeElement;
  list('live', live);
  list('finished', finished);
  // A card that moves from one list to the other loses the focus.
  if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus();
  const shown = new Set([...live, ...finished].map(({ sid }) => sid));
  for (const sid of cards.keys()) if (!shown.has(sid)) cards.delete(sid);
  find(document, 'main').hidden = false;
}

/** @param {string | null} since */
function tellDoubt(since) {
  const doubt = find(document, '#doubt');
  doubt.hidden = since === null;
  const text =
    since &&
    `SignalWire has been failing since ${clock(time(since))}: recordings stay as they are, and what is shown may be wrong.`;
  say(doubt, text ?? '');
}

/** @param {'live' | 'finished'} id @param {FeedConference[]} conferences */
function list(id, conferences) {
  const wanted = conferences.map(card);
  const shown = find(document, `#${id}`);
  for (const gone of [...shown.children].filter((one) => !wanted.includes(one))) gone.remove();
  // One that is where it belongs stays untouched, and keeps the focus.
  wanted.forEach((element, index) => {
    const there = shown.children[index] ?? null;
    if (there !== element) shown.insertBefore(element, there);
  });
  find(document, `#${id}-empty`).hidden = wanted.length > 0;
  say(find(document, `#${id}-count`), wanted.length > 0 ? `(${wanted.length})` : '');
}

/** For those who don't see it: which recordings do something else than before. @param {Feed} before @param {Feed} now */
function tellNews(before, now) {
  const known = new Map(before.live.map(({ sid, recording }) => [sid, recording]));
  const changed = now.live.filter(({ sid, recording }) => known.get(sid) !== recording);
  const over = now.finished.filter(({ sid }) => known.has(sid));
  const news = [
    ...changed.map((one) => `${roomOf(one)}: ${stateOf(one)}, ${peopleIn(one)}`),
    ...over.map((one) => `${roomOf(one)}: over`),
  ];
  say(find(document, '#news'), news.join('. '));
}

/** The conference's element, made if there is none. @param {FeedConference} conference */
function card({ sid }) {
  const existing = cards.get(sid);
  if (existing) return existing;
  const template = /** @type {HTMLTemplateElement} */ (find(document, '#conference'));
  const made = find(/** @type {DocumentFragment} */ (template.content.cloneNode(true)), '.conference');
  cards.set(sid, made);
  return made;
}

/**
 * @param {Element} element
 * @param {FeedConference} conference
 * @param {number} until where its strip ends: now, or its end (ms since 1970)
 */
function fill(element, conference, until) {
  const { sid, name, recording, callSids, endedAt, events } = conference;
  const begin = time(events[0]?.at ?? conference.firstSeenAt);
  const sinceMs = until - time(conference.recordingSince);
  const badge = find(element, '.badge');
  badge.className = `badge ${recording}`;
  badge.hidden = endedAt !== null;
  say(find(element, '.room'), roomOf(conference));
  say(badge, stateOf(conference));
  say(
    find(element, '.people'),
    endedAt === null
      ? `for ${duration(sinceMs)}, ${peopleIn(conference)}`
      : `ended ${when(time(endedAt))}, lasted ${duration(until - time(conference.firstSeenAt))}`,
  );
  say(find(element, '.begin'), `${events[0]?.what === 'seen' ? '' : '… '}${clock(begin)}`);
  say(find(element, '.end'), endedAt === null ? 'now' : clock(until));
  const recordedMs = conference.recordedSeconds * 1000 + (recording === 'in-progress' ? sinceMs : 0);
  const pausedMs = conference.pausedSeconds * 1000 + (recording === 'paused' ? sinceMs : 0);
  const totals = `Recorded ${duration(recordedMs)}, paused ${duration(pausedMs)}`;
  say(find(element, '.totals'), totals);
  const strip = find(element, '.strip');
  const isNews = listEvents(find(element, '.events'), events);
  // Where nothing but time has passed, only those in view are drawn.
  if (isNews || strip.checkVisibility?.({ contentVisibilityAuto: true }) !== false) {
    drawStrip(strip, `${totals}. What happened is listed below.`, conference, begin, until);
  }
  say(find(element, '.which'), `in ${roomOf(conference)}`);
  say(find(element, '.sid'), sid);
  say(find(element, '.name'), name ?? 'not known yet');
  say(find(element, '.call-sids'), callSids.join(', ') || 'nobody');
}

// ---- The strip

/**
 * @param {Element} svg
 * @param {string} label what it shows, in words
 * @param {FeedConference} conference
 * @param {number} begin
 * @param {number} until
 */
function drawStrip(svg, label, { events, minParticipants }, begin, until) {
  const length = Math.max(until - begin, 1);
  const at = (/** @type {number} */ ms) => `${(100 * Math.min(Math.max((ms - begin) / length, 0), 1)).toFixed(3)}%`;

  /** @param {string} kind @param {number} y @param {number} height @param {(event: FeedEvent) => boolean} isOn */
  const lane = (kind, y, height, isOn) =>
    spans(events, until, isOn).flatMap(([from, to]) => {
      const place = { x: at(from), width: at(begin + to - from), y, height };
      const span = shape('rect', { class: kind, ...place });
      return kind === 'paused' ? [span, shape('rect', { fill: 'url(#hatch)', ...place })] : [span];
    });
  const marks = events
    .filter(({ what }) => what === 'joined' || what === 'left')
    .map((event) => shape('use', { href: `#${event.what}`, x: at(time(event.at)), y: event.what === 'left' ? 7 : 35 }));

  svg.setAttribute('aria-label', label);
  svg.replaceChildren(
    shape('rect', { class: 'none', width: '100%', y: 8, height: 22 }),
    ...lane('in-progress', 8, 22, ({ recording }) => recording === 'in-progress'),
    ...lane('paused', 8, 22, ({ recording }) => recording === 'paused'),
    ...lane('alone', 30, 4, ({ people }) => people > 0 && people < minParticipants),
    ...marks,
  );
}

/**
 * The stretches of time (ms since 1970) for which something was so.
 *
 * @param {FeedEvent[]} events
 * @param {number} until
 * @param {(event: FeedEvent) => boolean} isOn
 */
function spans(events, until, isOn) {
  /** @type {[from: number, to: number][]} */
  const found = [];
  events.forEach((event, index) => {
    const from = time(event.at);
    const to = time(events[index + 1]?.at ?? '') || until;
    const last = found.at(-1);
    if (!isOn(event) || to <= from) return;
    if (last?.[1] === from) last[1] = to;
    else found.push([from, to]);
  });
  return found;
}

/** @param {string} name @param {Record<string, string | number>} attributes */
function shape(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

// ---- In words

/**
 * Lists what happened, where that has changed: who reads it isn't disturbed each second.
 *
 * @param {Element} element
 * @param {FeedEvent[]} events
 * @returns {boolean} whether it has
 */
function listEvents(element, events) {
  const latest = events.length + JSON.stringify(events.at(-1));
  if (element.getAttribute('data-latest') === latest) return false;
  element.setAttribute('data-latest', latest);
  element.replaceChildren(
    ...events.map((event) => {
      const item = document.createElement('li');
      const stamp = document.createElement('time');
      stamp.dateTime = event.at;
      stamp.textContent = clock(time(event.at));
      item.append(stamp, ' ', sentence(event));
      return item;
    }),
  );
  return true;
}

/** @param {FeedEvent} event */
function sentence({ what, callSid, people, recording }) {
  switch (what) {
    case 'seen':
      return { 'in-progress': `seen recording, ${people} in`, paused: `seen paused, ${people} in`, none: 'seen' }[
        recording
      ];
    case 'joined':
    case 'left':
      return `${callSid} ${what}, ${people} in`;
    case 'recording':
      return { 'in-progress': 'the recording runs', paused: 'the recording is paused', none: 'no recording any more' }[
        recording
      ];
    case 'over':
      return 'over';
  }
}

/** @param {FeedConference} conference */
function stateOf({ recording, recordedSeconds, events }) {
  if (recording === 'in-progress') return 'Recording';
  if (recording === 'paused') return 'Paused';
  const hadOne = recordedSeconds > 0 || events.some((event) => event.recording !== 'none');
  return hadOne ? 'Not recording' : 'No recording yet';
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
function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return [hours && `${hours} h`, (hours || minutes) && `${minutes} min`, `${seconds % 60} s`].filter(Boolean).join(' ');
}

/** A time of day. @param {number} ms since 1970 */
function clock(ms) {
  return new Date(ms).toLocaleTimeString();
}

/** A time of day, with its date where that isn't today. @param {number} ms since 1970 */
function when(ms) {
  const date = new Date(ms).toLocaleDateString();
  return date === new Date().toLocaleDateString() ? clock(ms) : `${date}, ${clock(ms)}`;
}

// ---- Odds and ends

/** @param {string} text ISO 8601 */
function time(text) {
  return Date.parse(text);
}

/** @param {ParentNode} within @param {string} selector @returns {HTMLElement} */
function find(within, selector) {
  const found = within.querySelector(selector);
  if (!found) throw new Error(`The page has no ${selector}.`);
  return /** @type {HTMLElement} */ (found);
}

/** Changes a text only where it differs, so as not to disturb who selects it or has it read. @param {Element} element @param {string} text */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Waits until the page is shown or hidden, or time is up. @param {number} [ms] */
function pause(ms) {
  return new Promise((resolve) => {
    const timer = ms === undefined ? undefined : setTimeout(done, ms);
    document.addEventListener('visibilitychange', done);
    function done() {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', done);
      resolve(undefined);
    }
  });
}

void watch();
