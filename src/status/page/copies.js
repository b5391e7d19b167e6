// What the page says of the copies of the service that share the work. With a single one, it says nothing.

import { find, setText } from './dom.js';

/** @import { Feed } from '../feed.js' */

/** @param {string} name a copy's name: its host, a slash, and digits that differ between the processes on it */
const partsOf = (name) => {
  const slash = name.lastIndexOf('/');
  return { host: name.slice(0, slash), digits: name.slice(slash + 1) };
};

/**
 * A copy's name, as short as tells it from the others: the digits if another copy is on the same host, or else the host, without
 * what the names of all hosts begin with, as those of a Kubernetes Deployment do.
 *
 * @param {string} name
 * @param {readonly string[]} names all copies, with that one or without it
 */
export function shortNameOf(name, names) {
  const { host, digits } = partsOf(name);
  const others = names.filter((other) => other !== name).map((other) => partsOf(other).host);
  if (others.includes(host)) return digits;
  const ends = [...host.matchAll(/[-.]/g)].map(({ index }) => index + 1);
  const common = ends.findLast((end) => others.every((other) => other.startsWith(host.slice(0, end))));
  return others.length > 0 && common !== undefined ? host.slice(common) : host;
}

/** @param {Feed['copies']} copies @returns {string} a sentence; empty if there is nothing to say */
export function describeCopies(copies) {
  if (!copies) return '';
  const { self, names, isLinked } = copies;
  if (!isLinked) return 'This copy is not linked to others at the moment, so the page shows only what it knows itself.';
  if (names.length === 1) return 'This is the only copy at the moment.';
  return `${names.length} copies of the service share the work; this page is from copy ${shortNameOf(self, names)}.`;
}

/** @param {Feed['copies']} copies */
export function showCopies(copies) {
  const element = find(document, '#copies');
  const text = describeCopies(copies);
  setText(element, text);
  element.title = copies?.names.join('\n') ?? '';
  element.hidden = text === '';
  element.classList.toggle('notice', copies !== null && !copies.isLinked);
}

/**
 * Shows which copy works on a conference.
 *
 * @param {HTMLElement} element
 * @param {string | null} copy null if that needn't be said
 * @param {readonly string[]} names all copies
 */
export function showCopy(element, copy, names) {
  element.hidden = copy === null;
  setText(element, copy === null ? '' : `on copy ${shortNameOf(copy, names)}`);
  element.title = copy ?? '';
}
