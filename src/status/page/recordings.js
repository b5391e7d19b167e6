// The recordings of a conference that are over: their audio, and what was recorded when.

import { arrange, copyTemplate, createElement, find, setText } from './dom.js';
import { formatDateTime, formatDuration, formatOffset } from './texts.js';

/** @import { RecordingSpan, RecordingStory } from '../../recorder-events.js' */

/** @typedef {{ item: Element, json: string }} ShownRecording */

/**
 * @param {Element} list
 * @param {Map<string, ShownRecording>} items those that the list has, by the recording's SID
 * @param {RecordingStory[]} recordings
 * @param {string} room
 */
export function showRecordings(list, items, recordings, room) {
  const shown = recordings.map((recording) => {
    const before = items.get(recording.recordingSid);
    const item = before?.item ?? copyTemplate('recording');
    const json = JSON.stringify([recording, room]);
    if (before?.json !== json) showRecording(item, recording, room);
    items.set(recording.recordingSid, { item, json });
    return item;
  });
  arrange(list, shown);
}

/** @param {Element} item @param {RecordingStory} recording @param {string} room */
function showRecording(item, { recordingSid, status, url, seconds, spans, unknown }, room) {
  const link = find(item, 'a');
  const href = webAddress(url);
  link.hidden = href === undefined;
  if (href) link.setAttribute('href', href);
  const length = seconds === null ? 'length unknown' : formatDuration(seconds * 1000);
  setText(find(link, '.length'), `Audio, ${length}`);
  setText(find(link, '.of-room'), ` of ${room}`);
  setText(find(item, '.no-audio'), href ? '' : describeMissing(status, length));
  setText(find(item, '.recording-sid'), recordingSid);
  setText(find(item, '.unknown'), unknown ?? '');
  find(item, '.unknown').hidden = unknown === null;
  find(item, 'details').hidden = spans.length === 0;
  setText(find(item, '.of-recording'), ` of ${room}`);
  find(item, '.spans').replaceChildren(...spans.map(toItem));
}

/** @param {string | null} status @param {string} length */
function describeMissing(status, length) {
  if (status !== null && status !== 'completed') return `No audio: SignalWire calls the recording ${status}.`;
  return `Audio, ${length}, without an address.`;
}

/** Text from the feed becomes a link only if a browser would fetch it, and nothing else. @param {string | null} url */
function webAddress(url) {
  if (url === null || !URL.canParse(url)) return undefined;
  const { protocol, href } = new URL(url);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

/** @param {RecordingSpan} span */
function toItem({ at, offsetSeconds, state, people, because }) {
  const item = document.createElement('li');
  const time = document.createElement('time');
  time.dateTime = at;
  setText(time, formatDateTime(Date.parse(at)));
  const offset = createElement('span', formatOffset(offsetSeconds), 'offset');
  const inFile = createElement('span', ' in the file:', 'visually-hidden');
  item.append(time, ' ', offset, inFile, ' ', `${STATES[state]}, ${people} in (${because})`);
  return item;
}

const STATES = { 'in-progress': 'recording', paused: 'paused', over: 'ended' };
