import { describe, expect, it } from 'vitest';
import { ago, fakeConference, fakeFeed } from '../support/fake-feed.js';
import { browserMissing } from './browser.js';
import { givenBrowser, SECOND_MS, untilThere } from './open-page.js';

const LIVE = 60;

/** A feed that fills several screens and sheets. */
function longFeed() {
  const room = fakeConference('room', [
    [200, 'seen'],
    [200, 'joined', 1],
    [150, 'joined', 2],
    [150, 'recording'],
  ]);
  const live = Array.from({ length: LIVE }, (_, index) => ({ ...room, sid: `room-${index}`, room: `room-${index}` }));
  const spans = [{ at: ago(500), offsetSeconds: 0, state: 'in-progress' as const, people: 2, because: 'start' }];
  const story = {
    recordingSid: 'R1',
    status: 'completed',
    url: 'https://example.com/R1',
    seconds: 43,
    spans,
    unknown: null,
  };
  const finished = [
    fakeConference(
      'done',
      [
        [500, 'seen'],
        [400, 'over'],
      ],
      { recordings: [story] },
    ),
  ];
  return fakeFeed({ live, finished });
}

describe.skipIf(browserMissing)('the page with many conferences', () => {
  const openPage = givenBrowser();

  it('has all cards complete and up to date in a picture of the whole page', async () => {
    const feed = longFeed();
    const { page } = await openPage({ feed: () => feed });
    const [before] = await page.locator('#live .people').allTextContents();
    await page.clock.runFor(5 * SECOND_MS);
    expect((await page.locator('#live .people').allTextContents())[0]).not.toBe(before);
    const cards = await page.locator('#live .conference').evaluateAll((all) =>
      all.map((card) => ({
        isDrawn:
          card.checkVisibility({ contentVisibilityAuto: true }) &&
          !!card.querySelector('.timeline')?.checkVisibility({ contentVisibilityAuto: true }),
        people: card.querySelector('.people')?.textContent,
        bars: card.querySelectorAll('.timeline rect.in-progress').length,
        at: card.querySelector<SVGElement>('.timeline rect.in-progress')?.style.width,
      })),
    );
    expect(cards).toHaveLength(LIVE);
    expect(new Set(cards.map((card) => JSON.stringify(card))).size).toBe(1);
    expect(cards[0]).toMatchObject({ isDrawn: true, bars: 1 });
  });

  it('draws each second what is in view, and lets the others take turns, so that hundreds are cheap', async () => {
    const feed = longFeed();
    const { page } = await openPage({ feed: () => feed });
    await untilThere(page, page.locator('.conference').last());
    await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 10 * SECOND_MS);
    // From here on each look at the stopwatch finds that much time has passed: the others get one turn a second.
    await page.evaluate(() => {
      let ms = 0;
      performance.now = () => (ms += 1);
      const drawn = new Set<Element>();
      Object.assign(window, { drawn });
      const keep = (records: MutationRecord[]) => {
        for (const { target } of records) drawn.add((target as Element).closest('.conference') ?? document.body);
      };
      const observer = new MutationObserver(keep);
      for (const strip of document.querySelectorAll('#live .timeline')) {
        observer.observe(strip, { attributes: true, subtree: true });
      }
    });
    const drawn = () => page.evaluate(() => ('drawn' in window ? (window.drawn as Set<Element>).size : 0));
    const inView = await page
      .locator('#live .conference')
      .evaluateAll((all) => all.filter((card) => card.getBoundingClientRect().top < innerHeight).length);
    await page.clock.runFor(3 * SECOND_MS);
    expect(await drawn()).toBeGreaterThanOrEqual(inView);
    expect(await drawn()).toBeLessThan(inView + 3 * 4);
    await page.clock.runFor(LIVE * SECOND_MS);
    expect(await drawn()).toBe(LIVE);
    // What comes into view is drawn at once, and so shows the same as the first, which has been in view so far.
    const people = page.locator('#live .people');
    await page.clock.runFor(5 * SECOND_MS);
    const first = await people.first().textContent();
    await page.locator('#live .conference').last().scrollIntoViewIfNeeded();
    await expect.poll(() => people.last().textContent()).toBe(first);
  });

  it('is printed in light colours, with everything open and no card across two sheets', async () => {
    const feed = longFeed();
    const { page } = await openPage({ feed: () => feed, colorScheme: 'dark' });
    await page.evaluate(() => {
      addEventListener('beforeprint', () => {
        const closed = [...document.querySelectorAll('.conference details:not([open])')];
        Object.assign(window, { closedOnPaper: closed.filter((one) => one.checkVisibility()).length });
      });
    });
    const open = page.locator('.conference details[open]');
    await page.locator('.conference summary').first().click();
    const pdf = await page.pdf();
    expect(pdf.subarray(0, 4).toString()).toBe('%PDF');
    expect(await page.evaluate(() => 'closedOnPaper' in window && window.closedOnPaper)).toBe(0);
    // Afterwards what the reader had opened is open, and nothing else.
    await expect.poll(() => open.count()).toBe(1);

    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const style = (selector: string, property: 'color' | 'breakInside' | 'columnCount') =>
      page
        .locator(selector)
        .first()
        .evaluate((element, name) => getComputedStyle(element)[name], property);
    expect(await style('body', 'color')).toBe('rgb(27, 31, 36)');
    expect(await style('.conference', 'breakInside')).toBe('avoid');
    const stuck = await page
      .locator('body *')
      .evaluateAll((all) => all.filter((one) => ['sticky', 'fixed'].includes(getComputedStyle(one).position)).length);
    expect(stuck).toBe(0);
    // Paper is narrower than the screen was: the marks move along with the bars.
    await page.setViewportSize({ width: 400, height: 800 });
    const offset = await page
      .locator('#live .timeline')
      .first()
      .evaluate((svg) => {
        const [bar, mark] = ['rect.in-progress', 'use:last-child'].map((one) =>
          svg.querySelector(one)?.getBoundingClientRect(),
        );
        return (mark?.left ?? 0) + (mark?.width ?? 0) / 2 - (bar?.left ?? 0);
      });
    expect(Math.abs(offset)).toBeLessThan(1);
    const link = page.locator('.recordings a:visible');
    const address = await link.evaluate((one) => getComputedStyle(one, '::after').content);
    expect(address).toContain('https://example.com/R1');
    expect(await page.locator('#webhooks-heading').isVisible()).toBe(false);
  });
});
