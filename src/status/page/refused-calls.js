// Tells that callers were refused, and leads to the list of webhooks, which says more.

import { announce, find, setText } from './dom.js';
import { formatDateTime } from './texts.js';

/** @import { Feed } from '../feed.js' */

/** For how long the page says so (ms). */
const SHOWN_MS = 3_600_000;

const webhooks = /** @type {HTMLDetailsElement} */ (find(document, '#webhooks'));

find(document, '#refused-calls a').addEventListener('click', () => {
  // The link itself then leads to the summary, and focuses it.
  webhooks.open = true;
});

/** @param {Feed['refusedCalls']} refused @param {number} now ms since 1970 */
export function showRefusedCalls(refused, now) {
  const notice = find(document, '#refused-calls');
  const text = describeRefusedCalls(refused, now);
  if (text && notice.hidden) announce(text);
  notice.hidden = text === '';
  setText(find(notice, '.refusal'), text);
}

/** @param {Feed['refusedCalls']} refused @param {number} now ms since 1970 */
function describeRefusedCalls(refused, now) {
  if (!refused || now - Date.parse(refused.lastAt) > SHOWN_MS) return '';
  const at = formatDateTime(Date.parse(refused.lastAt), now);
  const calls =
    refused.count === 1 ? `1 call was refused, at ${at}` : `${refused.count} calls were refused, the last at ${at}`;
  return `${calls}: ${refused.lastReason} Callers hear an error.`;
}
