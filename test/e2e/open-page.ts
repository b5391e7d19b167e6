import axe from 'axe-core';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import type { Feed } from '../../src/status/feed.js';
import { type Options, startPair } from '../support/service-beside-simulator.js';
import { PASSWORD } from '../support/status.js';
import { FAST } from '../support/two-people.js';
import { browserMissing, launchBrowser } from './browser.js';

export const SECOND_MS = 1000;

/** Only for what hangs. */
const LIMIT_MS = 60_000;

export interface PageOptions {
  width?: number;
  colorScheme?: 'light' | 'dark';
  clockAheadMs?: number;
  timeZone?: string;
  /** Takes the place of the service's feed. */
  feed?: () => Feed;
  service?: Options;
}

/** Starts a browser for the tests of a file. @returns what opens pages in it */
export function givenBrowser() {
  if (browserMissing) console.warn(`The tests in a real browser are skipped: ${browserMissing}.`);
  let browser: Browser;
  beforeAll(async () => {
    if (!browserMissing) browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  return (options?: PageOptions) => openPage(browser, options);
}

/** The page of a service that listens beside a simulator, and what the browser's console complained of. */
async function openPage(browser: Browser, options: PageOptions = {}) {
  const { width = 1000, colorScheme = 'light', clockAheadMs = 0, timeZone, feed, service } = options;
  const settings = { statusPassword: PASSWORD, ...service?.settings };
  const pair = await startPair({ ...service, settings, durations: { ...FAST, ...service?.durations } });
  const context = await browser.newContext({
    httpCredentials: { username: 'anybody', password: PASSWORD },
    viewport: { width, height: 800 },
    colorScheme,
    ...(timeZone !== undefined && { timezoneId: timeZone }),
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  await page.clock.install({ time: Date.now() + clockAheadMs });
  await page.addInitScript(countFetches);
  await page.addInitScript(keepAnnouncements);
  if (feed) {
    await page.route('**/conferences', (route) => {
      const body = JSON.stringify(feed());
      const etag = `"${body.length}-${body}"`.replace(/[^\x20-\x7e]/g, '');
      const isKnown = route.request().headers()['if-none-match'] === etag;
      return route.fulfill(isKnown ? { status: 304 } : { headers: { etag }, contentType: 'application/json', body });
    });
  }
  const complaints: string[] = [];
  const requested: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requested.push(new URL(request.url()).pathname));
  await page.goto(`http://127.0.0.1:${pair.service.port}/`);
  await page.locator('main').waitFor();
  const room = (name: string) => `${pair.service.publicUrl}/inbound?room=${encodeURIComponent(name)}`;
  return { pair, page, complaints, requested, room };
}

/** Lets the page's seconds go by, without waiting for them, until a check succeeds. */
export async function eventuallyOn(page: Page, check: () => unknown): Promise<void> {
  await expect
    .poll(async () => {
      await page.clock.runFor(SECOND_MS);
      return check();
    })
    .toBeTruthy();
}

/** Lets the page's seconds go by until something is there. */
export const untilThere = (page: Page, wanted: Locator) => eventuallyOn(page, async () => (await wanted.count()) > 0);

export const seen = (page: Page, text: string | RegExp) =>
  untilThere(page, page.getByText(text).filter({ visible: true }));
export const badge = (page: Page, text: string | RegExp) =>
  untilThere(page, page.locator('#live .badge', { hasText: text }));
export const alarmed = (page: Page, text: string | RegExp) => untilThere(page, page.getByRole('alert').getByText(text));
/** What can be seen of an element's text. */
// biome-ignore lint/performance/useDomNodeTextContent: the text of what is hidden must not count
export const shownText = (locator: Locator) => locator.innerText();
/** Waits until a screen reader has been told a text, even if that was replaced by another one since. */
export const announced = (page: Page, text: string) =>
  eventuallyOn(page, async () => (await announcements(page)).some((one) => one.includes(text)));
export const announcements = (page: Page) => page.evaluate(() => window.announcements);
export const verdictOf = (page: Page) => shownText(page.locator('#verdict'));
export const verdict = (page: Page, text: RegExp) => eventuallyOn(page, async () => text.test(await verdictOf(page)));
export const fetches = (page: Page) => page.evaluate(() => window.fetches);

/** Returns once the page has shown what it last fetched, and asked again. */
export async function fetchedAgain(page: Page): Promise<void> {
  const { answered } = await fetches(page);
  await eventuallyOn(page, async () => (await fetches(page)).answered > answered + 1);
}

/** What axe finds that keeps somebody from using the page. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** Runs in the page, before anything else: counts what the page asks for, and what of it was answered. */
function countFetches(): void {
  const fetches = { asked: 0, answered: 0 };
  const fetchForReal = window.fetch;
  window.fetch = async (...request) => {
    fetches.asked += 1;
    return fetchForReal(...request).finally(() => {
      fetches.answered += 1;
    });
  };
  window.fetches = fetches;
}

/** Runs in the page, too: keeps what its live regions say. */
function keepAnnouncements(): void {
  window.announcements = [];
  document.addEventListener('DOMContentLoaded', () => {
    for (const region of document.querySelectorAll('[role=alert], [role=status], [aria-live]')) {
      const keep = () => void window.announcements.push(region.textContent);
      new MutationObserver(keep).observe(region, { subtree: true, childList: true, characterData: true });
    }
  });
}

declare global {
  interface Window {
    axe: typeof axe;
    announcements: string[];
    fetches: { asked: number; answered: number };
  }
}
