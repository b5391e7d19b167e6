import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { ago, callSid, fakeConference, fakeFeed } from '../support/fake-feed.js';
import { browserMissing } from './browser.js';
import { eventuallyOn, givenBrowser, SECOND_MS, seriousFaults, shownText, untilThere } from './open-page.js';

const HOUR = 3600;

/** Where the bars of a strip begin and end, and the strip itself (pixels). */
function extentOf(card: Locator) {
  return card.locator('.timeline').evaluate((svg) => {
    const bars = [...svg.querySelectorAll('rect:not(.alone)')].map((bar) => bar.getBoundingClientRect());
    const { left, right, width } = svg.getBoundingClientRect();
    const [begin, end] = [Math.min(...bars.map((bar) => bar.left)), Math.max(...bars.map((bar) => bar.right))];
    return { fromLeft: begin - left, fromRight: right - end, length: end - begin, width };
  });
}

describe.skipIf(browserMissing)('the cards of the page', () => {
  const openPage = givenBrowser();

  it('have one scale: as much time as the longest needs, up to now, or from the beginning of one that is over', async () => {
    const feed = fakeFeed({
      live: [
        fakeConference('short', [
          [120, 'seen'],
          [120, 'joined', 1],
          [100, 'joined', 2],
          [100, 'recording'],
        ]),
        fakeConference('long', [
          [720, 'seen'],
          [720, 'joined', 1],
          [700, 'joined', 2],
          [700, 'recording'],
        ]),
      ],
      finished: [
        fakeConference('over', [
          [5000, 'seen'],
          [5000, 'joined', 1],
          [4700, 'left', 1],
          [4700, 'over'],
        ]),
      ],
    });
    const { page } = await openPage({ feed: () => feed, timeZone: 'UTC' });
    const scale = page.getByLabel('Each strip spans');
    const shownScale = () => scale.evaluate((select: HTMLSelectElement) => select.selectedOptions[0]?.text);
    expect(await shownScale()).toBe('15 minutes (the longest fits)');
    const cards = ['short', 'long', 'over'].map((room) =>
      page.locator('.conference', { has: page.getByRole('heading', { name: room, exact: true }) }),
    );
    const seconds = [120, 720, 300];
    const extents = await Promise.all(cards.map(extentOf));
    extents.forEach(({ fromLeft, fromRight, length, width }, index) => {
      // The page's clock goes on meanwhile, so a minute is given; a scale of its own would be wrong by many.
      expect(Math.abs((length / width) * 900 - (seconds[index] ?? 0))).toBeLessThan(60);
      expect(index < 2 ? fromRight : fromLeft).toBeLessThan(1);
    });
    expect(await page.locator('#finished .badge').isVisible()).toBe(false);
    const axes = await page.locator('.axis').allInnerTexts();
    expect(axes[0]).toMatch(/^\d+:\d\d:\d\d [AP]M\s*now$/);
    const [from, until] = (axes[2] ?? '').split('\n').map((time) => Date.parse(`2026-01-01 ${time.trim()} UTC`));
    expect(((until ?? 0) - (from ?? 0) + 86_400_000) % 86_400_000).toBe(900_000);

    // The reader may look closer: then what doesn't fit is cut, and says so.
    await scale.selectOption('5 minutes');
    expect((await page.locator('.axis').allInnerTexts()).map((axis) => axis.includes('…'))).toEqual([
      false,
      true,
      false,
    ]);
    expect((await extentOf(page.locator('.conference').nth(1))).fromLeft).toBe(0);
    await scale.selectOption('24 hours');
    expect((await extentOf(page.locator('.conference').nth(1))).length).toBeLessThan(20);
    // It remains chosen.
    await page.clock.runFor(3 * SECOND_MS);
    expect(await shownScale()).toBe('24 hours');
    expect(await seriousFaults(page)).toEqual([]);
  });

  it('grow to the next scale with the longest conference', async () => {
    const feed = fakeFeed({
      live: [
        fakeConference('sales', [
          [290, 'seen'],
          [290, 'joined', 1],
        ]),
      ],
    });
    const { page } = await openPage({ feed: () => feed });
    await page.clock.runFor(20 * SECOND_MS);
    await untilThere(page, page.locator('#scale option:checked', { hasText: '15 minutes' }));
  });

  it('show a state however short it was, and leave open what is no longer known', async () => {
    const long = [
      [8 * HOUR - 60, 'joined', 1],
      [7 * HOUR, 'recording'],
      [HOUR, 'paused'],
      [HOUR - 1, 'recording'],
    ] as const;
    const short = [
      [1, 'seen'],
      [1, 'joined', 1],
      [0, 'joined', 2],
    ] as const;
    const feed = fakeFeed({
      live: [fakeConference('long', long, { firstSeenAt: ago(8 * HOUR - 30 * 60) }), fakeConference('short', short)],
    });
    feed.live[0]?.events.shift();
    const { page } = await openPage({ feed: () => feed });
    const widths = (selector: string) =>
      page.locator(selector).evaluateAll((all) => all.map((one) => one.getBoundingClientRect().width));
    for (const width of await widths('.timeline rect')) expect(width).toBeGreaterThanOrEqual(2.9);
    expect(await widths('.timeline rect.paused')).toHaveLength(1);
    // It isn't covered by its longer neighbours either.
    const isOnTop = await page.locator('.timeline rect.paused').evaluate((bar) => {
      const bars = [...(bar.parentElement?.querySelectorAll('rect.in-progress') ?? [])];
      return bars.every((other) => other.compareDocumentPosition(bar) & Node.DOCUMENT_POSITION_FOLLOWING);
    });
    expect(isOnTop).toBe(true);
    const strip = page.locator('.timeline').nth(1);
    const isInside = await strip.evaluate((svg) =>
      [...svg.querySelectorAll('rect')].every(
        (bar) => bar.getBoundingClientRect().right <= svg.getBoundingClientRect().right + 0.5,
      ),
    );
    expect(isInside).toBe(true);
    expect((await widths('rect.earlier'))[0]).toBeGreaterThan(20);
    expect(await page.locator('.events').first().textContent()).toMatch(/^What happened before is no longer kept\./);
  });

  it('number the callers, and name their CallSids on demand, on a phone and by keyboard', async () => {
    const scene = [
      [90, 'seen'],
      [90, 'joined', 12],
      [80, 'joined', 13],
      [70, 'left', 12],
    ] as const;
    const feed = fakeFeed({
      live: [fakeConference('sales', scene)],
    });
    feed.live[0]?.events.push({ at: ago(60), what: 'left', callSid: 'nobody-knows', people: 0, recording: 'none' });
    const { page } = await openPage({ feed: () => feed, width: 360 });
    expect(await shownText(page.locator('.conference'))).not.toContain('call-12');
    await page.locator('.conference summary').focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('.callers li').allInnerTexts()).toEqual([
      `caller 12 ${callSid('sales', 12)} left`,
      `caller 13 ${callSid('sales', 13)} in`,
    ]);
    const events = await page.locator('.events li').evaluateAll((all) => all.map((one) => one.lastChild?.textContent));
    expect(events.slice(1)).toEqual([
      'caller 12 joined, 1 in',
      'caller 13 joined, 2 in',
      'caller 12 left, 1 in',
      'somebody left, 0 in',
    ]);
    // One click selects the whole CallSid, and a second goes by without undoing that.
    await page.locator('.callers code').first().click();
    const selected = () => page.evaluate(() => getSelection()?.toString());
    expect(await selected()).toBe(callSid('sales', 12));
    feed.signalWireAnsweredAt = ago(0);
    feed.live = feed.live.map((one) => ({ ...one, people: 1, recordedSeconds: 1 }));
    await untilThere(page, page.getByText('1 person in'));
    expect(await selected()).toBe(callSid('sales', 12));
    expect(await seriousFaults(page)).toEqual([]);
  });

  it('link to the audio of each recording, and say what is where in it', async () => {
    const story = {
      recordingSid: 'R1',
      status: 'completed',
      url: 'https://example.signalwire.com/R1',
      seconds: 43.6,
      unknown: null,
      spans: [
        { at: ago(300), offsetSeconds: 0, state: 'in-progress', people: 2, because: 'start' },
        { at: ago(200), offsetSeconds: 65.9, state: 'paused', people: 1, because: 'leave' },
        { at: ago(100), offsetSeconds: null, state: 'over', people: 0, because: 'found by resync' },
      ],
    } as const;
    const base = { ...story, spans: [...story.spans] };
    const over = [
      [300, 'seen'],
      [100, 'over'],
    ] as const;
    const feed = fakeFeed({
      live: [
        fakeConference(
          'live',
          [
            [300, 'seen'],
            [300, 'joined', 1],
          ],
          { recordings: [{ ...base, recordingSid: 'R0' }] },
        ),
      ],
      finished: [
        fakeConference('over', over, {
          recordings: [
            base,
            { ...base, recordingSid: 'R2', url: 'javascript:alert(1)', seconds: null },
            {
              ...base,
              recordingSid: 'R3',
              url: null,
              status: 'absent',
              spans: [],
              unknown: 'Nobody has watched it.',
            },
          ],
        }),
      ],
    });
    const { page, complaints } = await openPage({ feed: () => feed, width: 360, timeZone: 'UTC' });
    const links = page.getByRole('link', { name: /^Audio, 43 s of / });
    expect(await links.count()).toBe(2);
    const link = page.locator('#finished').getByRole('link', { name: 'Audio, 43 s of over', exact: true });
    expect(await link.getAttribute('href')).toBe('https://example.signalwire.com/R1');
    expect(await link.getAttribute('rel')).toBe('noreferrer');
    const note = page.locator(`#${await link.getAttribute('aria-describedby')}`);
    expect(await shownText(note)).toMatch(/without a password to anyone who knows its address/);
    const items = page.locator('#finished .recordings > li');
    expect(await shownText(items.nth(1))).toMatch(/^Audio, length unknown, without an address\.\s+R2/);
    expect(await shownText(items.nth(2))).toMatch(
      /^No audio: SignalWire calls the recording absent\.\s+R3\s+Nobody has watched it\.$/,
    );
    expect(await page.locator('a[href^=javascript]').count()).toBe(0);
    await items.nth(0).locator('summary').focus();
    await page.keyboard.press('Enter');
    const spans = await items.nth(0).locator('.spans li').allInnerTexts();
    expect(spans.map((span) => span.replace(/\s+/g, ' '))).toEqual([
      expect.stringMatching(/^\d+:\d\d:\d\d [AP]M 0:00 in the file: recording, 2 in \(start\)$/),
      expect.stringMatching(/ 1:05 in the file: paused, 1 in \(leave\)$/),
      expect.stringMatching(/ unknown in the file: ended, 0 in \(found by resync\)$/),
    ]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    // What the reader has opened stays open, and focused, when something else changes.
    feed.finished = feed.finished.map((one) => ({
      ...one,
      recordings: [...one.recordings, { ...base, recordingSid: 'R4' }],
    }));
    await untilThere(page, page.getByText('R4', { exact: true }));
    expect(await items.nth(0).locator('details').getAttribute('open')).toBe('');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('What is where in the file of over');
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it.each(['light', 'dark'] as const)(
    'can be read at twice the size of text on a phone, in %s, whatever the names',
    async (colorScheme) => {
      const names = ['اجتماع-المبيعات', '<img src=x onerror=alert(1)>', 'a'.repeat(60)];
      const live = names.map((name) =>
        fakeConference(name, [
          [200, 'seen'],
          [200, 'joined', 1],
          [100, 'recording'],
        ]),
      );
      const sentence = `recorded-${names[0]} is paused although 2 people are in: <b>what they say</b> is not recorded. ${'x'.repeat(80)}`;
      const feed = fakeFeed({
        verdict: {
          ok: false,
          problems: live.map(({ sid }) => ({
            kind: 'recording' as const,
            conferenceSid: sid,
            since: ago(60),
            sentence,
          })),
        },
        refusedCalls: { count: 1, lastAt: ago(60), lastReason: '<i>The signature</i> is wrong.' },
        live,
      });
      const { page, complaints } = await openPage({ feed: () => feed, width: 360, colorScheme });
      await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'));
      for (const summary of await page.locator('.conference summary:visible').all()) await summary.click();
      await eventuallyOn(page, async () => (await page.locator('.events li').count()) > 0);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      expect(await page.locator('img, b, i').count()).toBe(0);
      expect(await page.locator('#verdict bdi').first().textContent()).toBe(`recorded-${names[0]}`);
      expect(await seriousFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );
});
