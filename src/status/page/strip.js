// The coloured strip of a conference: what its recording did, when somebody was alone, when somebody joined, left or was on hold.

/** @import { FeedConference, FeedEvent } from '../feed.js' */

/**
 * @typedef {object} Part
 * @property {string} kind
 * @property {number} x in percent, as is the width
 * @property {number} [width] undefined for a mark
 */

/** A state is at least this wide, however short it was. */
const MIN_WIDTH = '3px';

const BAR = { y: 8, height: 22 };
const ALONE = { y: 30, height: 4 };
/** @type {Record<string, { name: string, attributes: Record<string, string | number> }>} */
const SHAPES = {
  earlier: { name: 'rect', attributes: BAR },
  none: { name: 'rect', attributes: BAR },
  'in-progress': { name: 'rect', attributes: BAR },
  paused: { name: 'rect', attributes: BAR },
  hatching: { name: 'rect', attributes: { ...BAR, fill: 'url(#hatch)' } },
  alone: { name: 'rect', attributes: ALONE },
  joined: { name: 'use', attributes: { y: 35, href: '#joined' } },
  left: { name: 'use', attributes: { y: 7, href: '#left' } },
  // Where those who leave and join are: only who isn't on hold counts.
  held: { name: 'use', attributes: { y: 0, href: '#held' } },
  unheld: { name: 'use', attributes: { y: 35, href: '#held' } },
};

const MARKS = ['joined', 'left', 'held', 'unheld'];

/** The kinds of the parts that a strip has. @type {WeakMap<Element, string>} */
const drawn = new WeakMap();

/**
 * @param {Element} svg
 * @param {Pick<FeedConference, 'events' | 'firstSeenAt' | 'minParticipants'>} conference
 * @param {{ from: number, until: number }} window the time that the strip shows (ms since 1970)
 * @param {number} end of what is known: now, or when the conference ended (ms since 1970)
 */
export function drawStrip(svg, conference, window, end) {
  const parts = partsOf(conference, window, end);
  const kinds = parts.map(({ kind }) => kind).join();
  // If only time has passed, the parts are moved. To make new ones each second, for hundreds of strips, takes much longer.
  if (drawn.get(svg) !== kinds) svg.replaceChildren(...parts.map(({ kind }) => createPart(kind)));
  drawn.set(svg, kinds);
  parts.forEach((part, index) => {
    const element = svg.children[index];
    if (element) place(/** @type {SVGElement} */ (element), part);
  });
}

/**
 * @param {Pick<FeedConference, 'events' | 'firstSeenAt' | 'minParticipants'>} conference
 * @param {{ from: number, until: number }} window
 * @param {number} end
 * @returns {Part[]} in the order in which they are drawn
 */
export function partsOf({ events, firstSeenAt, minParticipants }, { from, until }, end) {
  const at = (/** @type {number} */ ms) => (100 * (ms - from)) / (until - from);
  const states = periodsOf(events, end, ({ recording }) => recording);
  const alone = periodsOf(events, end, ({ people }) => (people > 0 && people < minParticipants ? 'alone' : ''));
  const [first] = events;
  // The oldest events of a long conference aren't kept, so what it did before the others isn't known.
  if (first && first.what !== 'seen') {
    states.push({ kind: 'earlier', begin: Date.parse(firstSeenAt), end: Date.parse(first.at) });
  }
  const bars = [states, alone].flatMap((periods) =>
    periods
      .map(({ kind, begin, end }) => ({ kind, begin: Math.max(begin, from), end: Math.min(end, until) }))
      .filter(({ begin, end }) => begin < end)
      // A short one may, at its minimal width, cover a part of a longer one, but not the other way round.
      .sort((one, other) => other.end - other.begin - (one.end - one.begin))
      .map(({ kind, begin, end }) => ({ kind, x: at(begin), width: at(end) - at(begin) })),
  );
  const marks = events
    .map(({ what, at: time }) => ({ kind: what, x: Math.min(at(Date.parse(time)), 100) }))
    .filter(({ kind, x }) => MARKS.includes(kind) && x >= 0);
  return [...bars.flatMap((bar) => (bar.kind === 'paused' ? [bar, { ...bar, kind: 'hatching' }] : [bar])), ...marks];
}

/**
 * Returns the periods in which the kind of what happened stayed the same, except those without a kind.
 *
 * @param {FeedEvent[]} events
 * @param {number} end ms since 1970
 * @param {(event: FeedEvent) => string} kindOf
 */
function periodsOf(events, end, kindOf) {
  /** @type {{ kind: string, begin: number, end: number }[]} */
  const periods = [];
  events.forEach((event, index) => {
    const kind = kindOf(event);
    const period = { kind, begin: Date.parse(event.at), end: Date.parse(events[index + 1]?.at ?? '') || end };
    const last = periods.at(-1);
    if (period.end <= period.begin) return;
    if (last?.kind === kind) last.end = period.end;
    else periods.push(period);
  });
  return periods.filter(({ kind }) => kind !== '');
}

/** @param {string} kind */
function createPart(kind) {
  const { name, attributes } = SHAPES[kind] ?? { name: 'rect', attributes: BAR };
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  element.setAttribute('class', kind);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** @param {SVGElement} element @param {Part} part */
function place(element, { x, width }) {
  // Not by a style: on paper, which is narrower, Chromium would leave the mark where it was on the screen.
  if (width === undefined) return element.setAttribute('x', `${x.toFixed(3)}%`);
  const { style } = element;
  style.setProperty('x', `min(${x.toFixed(3)}%, 100% - ${MIN_WIDTH})`);
  style.setProperty('width', `max(${width.toFixed(3)}%, ${MIN_WIDTH})`);
}
