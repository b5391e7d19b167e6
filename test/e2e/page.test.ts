import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { liveConference } from '../support/service-beside-simulator.js';
import { browserMissing } from './browser.js';
import { announced, badge, fetches, givenBrowser, SECOND_MS, seen, seriousFaults, untilThere } from './open-page.js';

describe.skipIf(browserMissing)('the page, in a real browser', () => {
  const openPage = givenBrowser();

  it('says plainly when there is nothing yet', async () => {
    const { page, complaints } = await openPage();
    await seen(page, /No conference is in progress/);
    await seen(page, /^No conference has ended yet/);
    await seen(page, /^Activity since this copy of the service started at /);
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('shows a call, the pause of its recording and the resume as they happen, without a reload', async () => {
    const { pair, page, complaints, room } = await openPage();
    await page.evaluate(() => Object.assign(window, { isTheSame: true }));
    const first = await pair.simulator.call({ url: room('sales') });
    await badge(page, 'No recording yet');
    await seen(page, 'sales');
    const second = await pair.simulator.call({ url: room('sales') });
    await badge(page, 'Recording');
    await seen(page, /2 people in/);
    // Time goes by: what has happened moves to the left.
    const lastMark = async () => {
      await page.clock.runFor(SECOND_MS);
      return Number.parseFloat((await page.locator('.timeline use').last().getAttribute('x')) ?? '');
    };
    const there = await lastMark();
    await expect.poll(lastMark).toBeLessThan(there);
    pair.simulator.hangUp(second);
    await badge(page, 'Paused');
    await seen(page, /1 person in/);
    await seen(page, /paused [1-9]/);
    const third = await pair.simulator.call({ url: room('sales') });
    await badge(page, 'Recording');
    for (const call of [first, third]) pair.simulator.hangUp(call);
    await seen(page, /^ended .+, lasted /);
    await seen(page, /No conference is in progress/);
    expect(await page.evaluate(() => 'isTheSame' in window)).toBe(true);

    await untilThere(page, page.locator('#finished').getByRole('link', { name: /^Audio, \d+ s of sales$/ }));
    await untilThere(
      page,
      page.locator('#finished .spans li', { hasText: /0:00 in the file: recording, 2 in \(start\)/ }),
    );

    // The strip has it all: three stretches in two kinds, three who joined, three who left.
    const strip = page.locator('#finished .timeline');
    expect(await strip.locator('rect.in-progress').count()).toBe(2);
    expect(await strip.locator('rect.paused').count()).toBeGreaterThanOrEqual(1);
    expect(await strip.locator('rect.alone').count()).toBeGreaterThanOrEqual(2);
    const marks = await strip
      .locator('use')
      .evaluateAll((all) => all.map((use) => ['href', 'y'].map((name) => use.getAttribute(name))));
    expect(marks.toSorted().map(String)).toEqual([...Array(3).fill('#joined,35'), ...Array(3).fill('#left,7')]);
    expect(complaints).toEqual([]);
  });

  it('can be used with the keyboard, and says in words what the strip shows', async () => {
    const { pair, page, room } = await openPage();
    const first = await pair.simulator.call({ url: room('sales') });
    const second = await pair.simulator.call({ url: room('sales') });
    await badge(page, 'Recording');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('scale');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('What happened in sales');
    await page.keyboard.press('Enter');
    pair.simulator.hangUp(second);
    await untilThere(page, page.locator('.events').getByText('recording paused'));
    const events = await page.locator('.events li').evaluateAll((all) => all.map((one) => one.lastChild?.textContent));
    expect(events).toEqual([
      'seen',
      'caller 1 joined, 1 in',
      'caller 2 joined, 2 in',
      'recording started',
      'caller 2 left, 1 in',
      'recording paused',
    ]);
    expect(await page.getByRole('img').getAttribute('aria-label')).toMatch(
      /^Timeline: recorded .+, paused .+ listed below\.$/,
    );
    await announced(page, 'sales: Paused, 1 person in');
    expect(await seriousFaults(page)).toEqual([]);

    // Still open, and where the keyboard was, also when the conference is over and elsewhere on the page.
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    expect(await focused()).toBe('What happened in sales');
    pair.simulator.hangUp(first);
    await untilThere(page, page.locator('#finished .events').getByText('conference ended'));
    expect(await focused()).toBe('What happened in sales');
    await announced(page, 'sales: ended');
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
    await page.locator('.conference summary').first().click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(ground).toBe(colorScheme === 'light' ? 'rgb(246, 247, 249)' : 'rgb(15, 18, 22)');
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("goes by the service's clock where the browser's is wrong", async () => {
    const { pair, page, room } = await openPage({ clockAheadMs: 3_600_000 });
    await pair.simulator.call({ url: room('sales') });
    await seen(page, /for [1-9]\d* s, 1 person in/);
  });

  it('asks the feed once a second, and nothing else, and has it only where there is something new', async () => {
    const { page, requested } = await openPage();
    const statuses: number[] = [];
    // The clock stands still from here on; what this jump caused to be asked is answered before anything is counted.
    await page.clock.pauseAt((await page.evaluate(() => Date.now())) + SECOND_MS);
    const answered = () => page.waitForFunction(() => window.fetches.asked === window.fetches.answered);
    await answered();
    const { asked } = await fetches(page);
    page.on('response', (response) => statuses.push(response.status()));
    for (let seconds = 1; seconds <= 4; seconds += 1) {
      await page.clock.runFor(SECOND_MS - 1);
      expect((await fetches(page)).asked).toBe(asked + seconds - 1);
      await page.clock.runFor(1);
      expect((await fetches(page)).asked).toBe(asked + seconds);
      await answered();
    }
    await expect.poll(() => statuses).toEqual([304, 304, 304, 304]);
    const files = readdirSync('src/status/page').filter((name) => !['index.html', 'print.css'].includes(name));
    const paths = files.map((name) => `/${name}`);
    expect(new Set(requested)).toEqual(
      new Set(['/', ...paths, '/conferences', ...requested.filter((path) => path === '/print.css')]),
    );
  });

  it('asks nothing while it is hidden, and at once when it is shown again', async () => {
    const { pair, page } = await openPage();
    const setHidden = (isHidden: boolean) =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { configurable: true, value });
        document.dispatchEvent(new Event('visibilitychange'));
      }, isHidden);
    await setHidden(true);
    const { asked } = await fetches(page);
    await pair.simulator.call();
    await page.clock.runFor(10 * SECOND_MS);
    expect((await fetches(page)).asked).toBe(asked);
    await setHidden(false);
    await expect.poll(async () => (await fetches(page)).asked).toBeGreaterThan(asked);
    await badge(page, 'No recording yet');
  });

  it('takes no text for markup', async () => {
    const { pair, page, complaints, room } = await openPage();
    const name = '<img src=x onerror=alert(1)><b>&amp;';
    await pair.simulator.call({ url: room(name) });
    await untilThere(page, page.locator('#live h3', { hasText: name }));
    expect(liveConference(pair.simulator).name).toBe(`recorded-${name}`);
    expect(complaints).toEqual([]);
  });

  it('lists webhooks when that section is opened, and says why one was refused', async () => {
    const { pair, page, complaints, room } = await openPage({ width: 390 });
    await pair.simulator.call({ url: room('sales') });
    const headers = { 'x-signalwire-signature': 'd3Jvbmc=' };
    await fetch(`${pair.service.publicUrl}/callback`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ a: 'b' }),
    });
    expect(await page.locator('#refused li').count()).toBe(0);
    await page.getByText('The last 50 that were refused').click();
    await untilThere(
      page,
      page.locator('#refused li', { hasText: /^.*\/callback: 403 .*does not match .*no key matched/s }),
    );
    await untilThere(page, page.locator('#accepted li', { hasText: /\/inbound, ringing: 200 .*room=sales .*key 1/s }));
    expect(await seriousFaults(page)).toEqual([]);
    // The browser itself complains of nothing.
    expect(complaints).toEqual([]);
    const isWider = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(isWider).toBe(false);
  });
});
