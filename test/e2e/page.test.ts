import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { liveConference, startPair } from '../support/service-beside-simulator.js';
import { PASSWORD } from '../support/status.js';
import { FAST, fail, READ_LIST, READ_RECORDING } from '../support/two-people.js';
import { launchBrowser, whyNoBrowser } from './browser.js';

if (whyNoBrowser) console.warn(`The tests in a real browser are skipped: ${whyNoBrowser}.`);

/** The page asks once a second; a busy machine takes longer. */
const PATIENCE = { timeout: 15_000 };

describe.skipIf(whyNoBrowser)('the page, in a real browser', { timeout: 60_000 }, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
  }, 60_000);
  afterAll(() => browser.close());

  /** The page of a service that listens beside a simulator, and what the browser's console complained of. */
  async function openPage(options: { width?: number; colorScheme?: 'light' | 'dark'; clockAheadMs?: number } = {}) {
    const pair = await startPair({ settings: { statusPassword: PASSWORD }, durations: FAST });
    const { width = 1000, colorScheme = 'light', clockAheadMs = 0 } = options;
    const context = await browser.newContext({
      httpCredentials: { username: 'anybody', password: PASSWORD },
      viewport: { width, height: 800 },
      colorScheme,
    });
    onTestFinished(() => context.close());
    await context.addInitScript((ahead) => {
      const now = Date.now;
      Date.now = () => now() + ahead;
    }, clockAheadMs);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`http://127.0.0.1:${pair.service.port}/`);
    await page.locator('main').waitFor(PATIENCE);
    const room = (name: string) => `${pair.service.publicUrl}/inbound?room=${encodeURIComponent(name)}`;
    return { pair, page, complaints, room };
  }

  const seen = (page: Page, text: string | RegExp) =>
    page.getByText(text).filter({ visible: true }).first().waitFor(PATIENCE);
  const badge = (page: Page, text: string) => page.locator('#live .badge', { hasText: text }).first().waitFor(PATIENCE);

  /** What axe finds that keeps somebody from using the page. */
  async function seriousFaults(page: Page): Promise<string[]> {
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => window.axe.run());
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }

  it('says plainly when there is nothing yet', async () => {
    const { page, complaints } = await openPage();
    await seen(page, /No conference is in progress/);
    await seen(page, /^No conference has ended yet/);
    await seen(page, /^What this copy of the service has seen since its start, /);
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('shows a call, its pause and its going on as they happen, without a reload', async () => {
    const { pair, page, complaints, room } = await openPage();
    await page.evaluate(() => Object.assign(window, { isTheSame: true }));
    const first = await pair.simulator.call({ url: room('sales') });
    await badge(page, 'No recording yet');
    await seen(page, 'sales');
    const second = await pair.simulator.call({ url: room('sales') });
    await badge(page, 'Recording');
    await seen(page, /2 people in/);
    // Time goes by: what has happened moves to the left.
    const lastMark = async () => Number.parseFloat((await page.locator('use').last().getAttribute('x')) ?? '');
    const there = await lastMark();
    await expect.poll(lastMark, PATIENCE).toBeLessThan(there);
    pair.simulator.hangUp(second);
    await badge(page, 'Paused');
    await seen(page, /1 person in/);
    await seen(page, /paused [1-9] s/);
    const third = await pair.simulator.call({ url: room('sales') });
    await badge(page, 'Recording');
    for (const call of [first, third]) pair.simulator.hangUp(call);
    await seen(page, /^ended .+, lasted /);
    await seen(page, /No conference is in progress/);
    expect(await page.evaluate(() => 'isTheSame' in window)).toBe(true);

    // The strip has it all: three stretches in two kinds, three who joined, three who left.
    const strip = page.locator('#finished .strip');
    expect(await strip.locator('rect.in-progress').count()).toBe(2);
    expect(await strip.locator('rect.paused').count()).toBeGreaterThanOrEqual(1);
    expect(await strip.locator('rect.alone').count()).toBeGreaterThanOrEqual(2);
    const marks = await strip
      .locator('use')
      .evaluateAll((all) => all.map((use) => ['href', 'y'].map((name) => use.getAttribute(name))));
    expect(marks.toSorted().map(String)).toEqual([...Array(3).fill('#joined,35'), ...Array(3).fill('#left,7')]);
    expect(complaints).toEqual([]);
  });

  it('can be used with the keyboard, and tells in words what the strip shows', async () => {
    const { pair, page, room } = await openPage();
    const first = await pair.simulator.call({ url: room('sales') });
    const second = await pair.simulator.call({ url: room('sales') });
    await badge(page, 'Recording');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('What happened in sales');
    await page.keyboard.press('Enter');
    pair.simulator.hangUp(second);
    await seen(page, 'the recording is paused');
    const told = await page.locator('.events li').evaluateAll((all) => all.map((one) => one.lastChild?.textContent));
    expect(told).toEqual([
      'seen',
      `${first.sid} joined, 1 in`,
      `${second.sid} joined, 2 in`,
      'the recording runs',
      `${second.sid} left, 1 in`,
      'the recording is paused',
    ]);
    expect(await page.getByRole('img').getAttribute('aria-label')).toMatch(/^Recorded .+, paused .+ listed below\.$/);
    await page
      .getByRole('status')
      .getByText('sales: Paused, 1 person in')
      .waitFor({ ...PATIENCE, state: 'attached' });
    expect(await seriousFaults(page)).toEqual([]);

    // Still open, and where the keyboard was, also when the conference is over and elsewhere on the page.
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    expect(await focused()).toBe('What happened in sales');
    pair.simulator.hangUp(first);
    await page.locator('#finished .events').getByText('over').waitFor(PATIENCE);
    expect(await focused()).toBe('What happened in sales');
    await page
      .getByRole('status')
      .getByText('sales: over')
      .waitFor({ ...PATIENCE, state: 'attached' });
  });

  it.each(['light', 'dark'] as const)('can be read on a phone, in %s', async (colorScheme) => {
    const { pair, page, complaints, room } = await openPage({ width: 360, colorScheme });
    const long = 'a-room-with-a-name-that-is-as-long-as-it-can-be-here';
    await pair.simulator.call({ url: room(long) });
    const second = await pair.simulator.call({ url: room(long) });
    const third = await pair.simulator.call({ url: room('sales') });
    await pair.simulator.call({ url: room('sales') });
    await badge(page, 'Recording');
    pair.simulator.hangUp(second);
    pair.simulator.hangUp(third);
    await badge(page, 'Paused');
    await page.locator('summary').first().click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(ground).toBe(colorScheme === 'light' ? 'rgb(246, 247, 249)' : 'rgb(15, 18, 22)');
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('shows when the connection is lost, and heals when it is back', async () => {
    const { pair, page } = await openPage();
    const call = await pair.simulator.call();
    await badge(page, 'No recording yet');
    const { port } = pair.service;
    await pair.service.close();
    await page
      .getByRole('alert')
      .getByText(/^The connection to the service is lost\. .+ is from .+ Trying again/)
      .waitFor(PATIENCE);
    expect(await page.locator('main').evaluate((main) => getComputedStyle(main).filter)).toBe('grayscale(1)');
    expect(await seriousFaults(page)).toEqual([]);
    await pair.restart({ port });
    await page.getByRole('alert').waitFor({ ...PATIENCE, state: 'hidden' });
    await page
      .getByRole('status')
      .getByText('Connected again.')
      .waitFor({ ...PATIENCE, state: 'attached' });
    await pair.simulator.call();
    await badge(page, 'Recording');
    expect(await page.locator('.conference').count()).toBe(1);
    expect(await page.locator('.call-sids').textContent()).toContain(call.sid);
  });

  /** When the page asked for what, by its own clock in ms. */
  const requestsOf = (page: Page) =>
    page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map(({ name, startTime }) => ({ name: new URL(name).pathname, startTime })),
    );

  /** So many of the page's own timers of a second run out that it would have asked several times. */
  const secondsGoBy = (page: Page) =>
    page.evaluate(async () => {
      for (let i = 0; i < 3; i += 1) await new Promise((resolve) => setTimeout(resolve, 1000));
    });

  it('says so when the password is no longer taken, and asks no more', async () => {
    const { pair, page } = await openPage();
    await pair.restart({ port: pair.service.port, statusPassword: 'another' });
    await page
      .getByRole('alert')
      .getByText(/^The password is no longer taken: reload the page/)
      .waitFor(PATIENCE);
    // Not by their number: the browser lists a request when its body has ended, which may be after the alert.
    const told = await page.evaluate(() => performance.now());
    await secondsGoBy(page);
    expect((await requestsOf(page)).filter(({ startTime }) => startTime > told)).toEqual([]);
  });

  it('says when SignalWire fails, as what is shown may be wrong then', async () => {
    const { pair, page, room } = await openPage();
    await pair.simulator.call({ url: room('sales') });
    const second = await pair.simulator.call({ url: room('sales') });
    await badge(page, 'Recording');
    const failing = fail(pair, 503, READ_LIST, READ_RECORDING);
    pair.simulator.hangUp(second);
    const doubt = page.getByRole('alert').getByText(/^SignalWire has been failing since .+ may be wrong\.$/);
    await doubt.waitFor(PATIENCE);
    expect(await seriousFaults(page)).toEqual([]);
    failing.heal();
    await doubt.waitFor({ ...PATIENCE, state: 'hidden' });
    await badge(page, 'Paused');
  });

  it("goes by the service's clock where the browser's is wrong", async () => {
    const { pair, page, room } = await openPage({ clockAheadMs: 3_600_000 });
    await pair.simulator.call({ url: room('sales') });
    await seen(page, /for [1-9] s, 1 person in/);
  });

  it('asks the feed once a second, and nothing else, and has it only where there is something new', async () => {
    const { page } = await openPage();
    const statuses: number[] = [];
    page.on('response', (response) => statuses.push(response.status()));
    await expect.poll(async () => (await requestsOf(page)).length, PATIENCE).toBeGreaterThanOrEqual(6);
    const [stylesheet, script, ...asked] = await requestsOf(page);
    expect([stylesheet?.name, script?.name]).toEqual(['/status.css', '/status.js']);
    expect(new Set(asked.map(({ name }) => name))).toEqual(new Set(['/conferences']));
    const gaps = asked.slice(1).map(({ startTime }, index) => startTime - (asked[index]?.startTime ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(990);
    expect(new Set(statuses)).toEqual(new Set([304]));
  });

  it('asks nothing while nobody looks at it, and at once when somebody does', async () => {
    const { pair, page } = await openPage();
    const look = (isHidden: boolean) =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { configurable: true, value });
        document.dispatchEvent(new Event('visibilitychange'));
      }, isHidden);
    await look(true);
    await pair.simulator.call();
    const before = (await requestsOf(page)).length;

    await secondsGoBy(page);
    // One may have been under way.
    expect((await requestsOf(page)).length - before).toBeLessThanOrEqual(1);
    await look(false);
    await badge(page, 'No recording yet');
  });

  it('takes no text for markup', async () => {
    const { pair, page, complaints, room } = await openPage();
    const name = '<img src=x onerror=alert(1)><b>&amp;';
    await pair.simulator.call({ url: room(name) });
    await page.locator('#live h3', { hasText: name }).waitFor(PATIENCE);
    expect(liveConference(pair.simulator).name).toBe(`recorded-${name}`);
    expect(complaints).toEqual([]);
  });
});

declare global {
  interface Window {
    axe: typeof axe;
  }
}
