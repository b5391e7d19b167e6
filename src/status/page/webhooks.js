// The page's list of webhooks: fetched while it is open and visible.

import { visibilityChange } from './clock.js';
import { shortNameOf } from './copies.js';
import { find, setText } from './dom.js';
import { feedUrl } from './feed-client.js';
import { formatDateTime } from './texts.js';

/** @import { LoggedWebhook, RecentWebhooks } from '../webhook-log.js' */

const FETCH_INTERVAL_MS = 2000;
const FETCH_TIMEOUT_MS = 5000;

const section = /** @type {HTMLDetailsElement} */ (find(document, '#webhooks'));

/** The latest webhook that is shown: its number and time. */
let shown = '';
let isPolling = false;

section.addEventListener('toggle', () => void pollWhileOpen());

async function pollWhileOpen() {
  if (isPolling) return;
  isPolling = true;
  while (section.open) {
    while (document.hidden) await visibilityChange();
    // A failure is shown by the page itself, which fetches its feed as well.
    await fetchWebhooks().catch(() => {});
    await visibilityChange(FETCH_INTERVAL_MS);
  }
  isPolling = false;
}

async function fetchWebhooks() {
  const response = await fetch(new URL('webhooks', feedUrl), {
    cache: 'no-store',
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
  });
  /** @type {RecentWebhooks} */
  const { accepted, refused } = await response.json();
  const latest = [accepted[0], refused[0]].map((webhook) => `${webhook?.number} ${webhook?.at}`).join();
  if (latest === shown) return;
  shown = latest;
  const copies = [...new Set([...refused, ...accepted].flatMap(({ copy }) => copy ?? []))];
  renderList('refused', refused, copies);
  renderList('accepted', accepted, copies);
}

/** @param {'refused' | 'accepted'} kind @param {LoggedWebhook[]} webhooks @param {string[]} copies those that answered them */
function renderList(kind, webhooks, copies) {
  find(document, `#${kind}-empty`).hidden = webhooks.length > 0;
  find(document, `#${kind}`).replaceChildren(...webhooks.map((webhook) => renderWebhook(webhook, copies)));
}

/** @param {LoggedWebhook} webhook @param {string[]} copies */
function renderWebhook(webhook, copies) {
  const { at, route, event, timestamp, status, ms, reason, url, signature, parameterNames, copy } = webhook;
  const item = document.createElement('li');
  const time = document.createElement('time');
  time.dateTime = at;
  setText(time, formatDateTime(Date.parse(at)));
  const what = document.createElement('span');
  const by = copy !== null && copies.length > 1 ? `, by copy ${shortNameOf(copy, copies)}` : '';
  setText(what, `${route}${event ? `, ${event}` : ''}: ${status} in ${ms} ms${by}`);
  const details = document.createElement('p');
  const checked = signature ? `${signature.kind} signature, ${keyOf(signature)}` : 'no signature checked';
  const stamp = timestamp ? `, Timestamp ${timestamp}` : '';
  const names = reason ? `, parameters: ${parameterNames.join(' ') || 'none'}` : '';
  setText(details, `${reason ? `${reason} ` : ''}${url} (${checked}${stamp}${names})`);
  item.append(time, ' ', what, details);
  return item;
}

/** @param {{ matchedKey: number | null }} signature */
function keyOf({ matchedKey }) {
  return matchedKey === null ? 'no key matched' : `key ${matchedKey}`;
}
