import { describe, expect, it } from 'vitest';
import { fakeConference, fakeFeed } from '../support/fake-feed.js';
import { browserMissing } from './browser.js';
import { announced, eventuallyOn, givenBrowser, seriousFaults, shownText } from './open-page.js';

const [SELF, OTHER] = ['recorder-x2x4z/0a0a0a', 'recorder-k8qpl/1b1b1b'];

const feedOf = (copies: { names: string[]; isLinked: boolean } | null, worker: string | null) =>
  fakeFeed({
    copies: copies && { self: SELF, ...copies },
    live: [
      fakeConference(
        'sales',
        [
          [60, 'seen'],
          [60, 'joined', 1],
        ],
        { copy: worker },
      ),
    ],
  });

describe.skipIf(browserMissing)('the page of a service with several copies', () => {
  const openPage = givenBrowser();

  it.each(['light', 'dark'] as const)(
    'says which copy works on each conference, and that there are several (%s)',
    async (colorScheme) => {
      let feed = feedOf({ names: [SELF, OTHER], isLinked: true }, OTHER);
      const { page, complaints } = await openPage({ feed: () => feed, width: 360, colorScheme });
      const copies = page.locator('#copies');
      const worker = page.locator('.conference .copy');
      await eventuallyOn(page, async () => (await shownText(worker)) === 'on copy k8qpl');
      expect(await worker.getAttribute('title')).toBe(OTHER);
      expect(await shownText(copies)).toBe('2 copies of the service share the work; this page is from copy x2x4z.');
      expect(await seriousFaults(page)).toEqual([]);

      feed = feedOf({ names: [SELF], isLinked: false }, null);
      await announced(page, 'This copy is not linked to others at the moment');
      expect(await shownText(copies)).toContain('only what it knows itself');
      expect(await worker.isVisible()).toBe(false);
      expect(await seriousFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );

  it('says nothing of copies without REDIS_URL', async () => {
    const { page } = await openPage({ feed: () => feedOf(null, null) });
    await page.locator('.conference').waitFor();
    expect(await page.locator('#copies').isVisible()).toBe(false);
    expect(await page.locator('.conference .copy').isVisible()).toBe(false);
  });
});
