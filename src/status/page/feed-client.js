// Fetches the feed.

import { serviceTime, syncClock } from './clock.js';

/** @import { Feed } from '../feed.js' */

const TIMEOUT_MS = 5000;

// The page's URL may contain credentials; browsers refuse to fetch such URLs.
export const feedUrl = new URL('conferences', location.href);
feedUrl.username = '';
feedUrl.password = '';

/** Another request would only open the browser's password prompt. */
export class PasswordRejected extends Error {}

let etag = '';

/** When the service last answered, by its own clock (ms since 1970); 0 if it hasn't yet. */
export let lastResponseAt = 0;

/**
 * @returns {Promise<Feed | undefined>} undefined if it hasn't changed
 * @throws {Error} whose message is shown on the page
 */
export async function fetchFeed() {
  const response = await fetch(feedUrl, {
    headers: { 'if-none-match': etag },
    cache: 'no-store',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => {
    throw new Error('The connection to the service was lost.');
  });
  if (response.status === 401) {
    throw new PasswordRejected('The password is no longer accepted: reload to enter another.');
  }
  const isNew = response.status !== 304;
  if (isNew && !response.ok) throw new Error(`The service responded with status ${response.status}.`);
  const feed = isNew ? await parseFeed(response) : undefined;
  syncClock(response);
  lastResponseAt = serviceTime();
  etag = response.headers.get('etag') ?? etag;
  return feed;
}

/** @param {Response} response @returns {Promise<Feed>} */
function parseFeed(response) {
  return response.json().catch(() => {
    throw new Error("The response isn't from this service.");
  });
}
