import { describe, expect, it } from 'vitest';
import { ago, fakeFeed } from '../support/fake-feed.js';
import { FAST, fail, READ_CONFERENCES, READ_LIST, READ_RECORDING } from '../support/two-people.js';
import { browserMissing } from './browser.js';
import {
  alarmed,
  announced,
  announcements,
  badge,
  eventuallyOn,
  fetchedAgain,
  fetches,
  givenBrowser,
  SECOND_MS,
  seen,
  seriousFaults,
  shownText,
  untilThere,
  verdict,
  verdictOf,
} from './open-page.js';

/** Whatever else happens, the page must not say this while it can't know. */
const NOTHING = /Nothing is in progress|No conference is in progress/;

/** What is wrong is soon a problem. */
const IMPATIENT = { durations: { ...FAST, tolerated: 300 } };

describe.skipIf(browserMissing)('the first line of the page', () => {
  const openPage = givenBrowser();

  it('says in a calm colour that nothing is in progress, or that all is as it should be', async () => {
    const { pair, page, room } = await openPage();
    await verdict(page, /^Nothing is in progress; SignalWire answered (\d+ min )?\d+ s ago$/);
    const first = await page.evaluate(() => document.body.querySelector('p, h1, li')?.closest('#verdict')?.ariaLabel);
    expect(first).toBe('Verdict');
    for (const name of ['sales', 'support']) {
      for (let callers = 1; callers <= 2; callers += 1) await pair.simulator.call({ url: room(name) });
      await verdict(
        page,
        name === 'sales' ? /^1 in progress, as it should be; / : /^2 in progress, all as they should be; /,
      );
    }
    expect(await page.locator('#verdict').getAttribute('class')).toBe('calm');
  });

  it('says in red what is wrong, since when and for how long, and so does the card', async () => {
    const { pair, page, room } = await openPage({ service: IMPATIENT });
    await pair.simulator.call({ url: room('sales') });
    const second = await pair.simulator.call({ url: room('sales') });
    await badge(page, /^Recording$/);
    for (let callers = 1; callers <= 2; callers += 1) await pair.simulator.call({ url: room('support') });
    pair.simulator.faults.stuck = 1;
    pair.simulator.hangUp(second);
    const sentence = /recorded-sales is being recorded although only one person is in: the recording should be paused/;
    await verdict(page, sentence);
    await verdict(
      page,
      /Since \d.*, for \d+ s\s+Show its card\s+The other one in progress is as it should be; SignalWire/,
    );
    await alarmed(page, sentence);
    expect(await page.locator('#verdict').getAttribute('class')).toBe('alarm');
    const card = page.locator('.conference', { has: page.getByRole('heading', { name: 'sales' }) });
    await badge(page, /^Recording, should be paused$/);
    await untilThere(page, card.locator('.problem', { hasText: sentence }));
    await untilThere(page, card.locator('.problem', { hasText: /Since \d.*, for \d+ s\.$/ }));
    const alarm = await page.locator('#verdict').evaluate((element) => getComputedStyle(element).backgroundColor);
    for (const [element, property] of [
      [card, 'borderTopColor'],
      [card.locator('.badge'), 'backgroundColor'],
    ] as const) {
      const colour = await element.evaluate((one, name) => getComputedStyle(one)[name as 'color'], property);
      expect(colour).toBe(alarm);
    }
    expect(await page.locator('.conference.wrong').count()).toBe(1);
    expect(await seriousFaults(page)).toEqual([]);

    // With a second person in, it is right that the recording runs.
    await pair.simulator.call({ url: room('sales') });
    await verdict(page, /^2 in progress, all as they should be; /);
    await announced(page, '2 in progress, all as they should be.');
    expect(await page.locator('.conference.wrong').count()).toBe(0);
    expect(await page.getByRole('alert').textContent()).toBe('');
  });

  it('stays calm during a transition, which the card only hints at', async () => {
    const { pair, page, room } = await openPage({ service: { durations: { ...FAST, tolerated: 600_000 } } });
    await pair.simulator.call({ url: room('sales') });
    const second = await pair.simulator.call({ url: room('sales') });
    await badge(page, 'Recording');
    pair.simulator.faults.stuck = 1;
    pair.simulator.hangUp(second);
    await untilThere(page, page.locator('.transition').getByText('pausing…', { exact: true }));
    expect(await page.locator('.conference.wrong').count()).toBe(0);
    expect(await verdictOf(page)).toMatch(/^1 in progress, as it should be; /);
    pair.simulator.faults.stuck = 0;
    await badge(page, 'Paused');
    await eventuallyOn(page, () => page.locator('.transition').isHidden());
  });

  it.each([
    { callers: 0, tolerated: 600_000, sentence: /^SignalWire is failing: / },
    { callers: 0, tolerated: 300, sentence: /^SignalWire answers 503: / },
    { callers: 2, tolerated: 300, sentence: /^SignalWire answers 503: / },
  ])('never says that nothing is in progress while SignalWire fails: %o', async ({ callers, tolerated, sentence }) => {
    const service = { settings: { resyncIntervalMs: 200 }, durations: { ...FAST, tolerated } };
    const { pair, page, room } = await openPage({ service });
    for (let caller = 1; caller <= callers; caller += 1) await pair.simulator.call({ url: room('sales') });
    if (callers > 0) await badge(page, 'Recording');
    const failing = fail(pair, 503, READ_LIST, READ_RECORDING, READ_CONFERENCES);
    await verdict(page, sentence);
    // In the same breath, and said once.
    expect(await verdictOf(page)).toMatch(
      /Since \d.*, for .*\d s\s+What is shown below is the last known state; SignalWire last answered at \d.* ago$/s,
    );
    expect((await verdictOf(page)).match(/is failing|answers 503/g)).toHaveLength(1);
    expect(await shownText(page.locator('main'))).not.toMatch(/is failing|answers 503/);
    expect(await page.locator('#verdict').getAttribute('class')).toBe('alarm');
    expect(await shownText(page.locator('body'))).not.toMatch(NOTHING);
    expect(await announcements(page)).toContainEqual(expect.stringMatching(/^SignalWire (is failing|answers 503): /));
    if (callers === 0) await seen(page, /^Whether a conference is in progress is not known/);
    expect(await seriousFaults(page)).toEqual([]);
    failing.heal();
    await verdict(page, callers === 0 ? /^Nothing is in progress; / : /^1 in progress, as it should be; /);
    expect(await page.getByRole('alert').textContent()).toBe('');
  });

  it('says when the connection is lost, keeps what was known, and heals when it is back', async () => {
    const { pair, page } = await openPage();
    const { port } = pair.service;
    await pair.service.close();
    await alarmed(page, 'The connection to the service was lost. Trying again every second.');
    await verdict(page, /Since \d.*, for \d+ s\s+What is shown below is the last known state$/s);
    expect(await shownText(page.locator('body'))).not.toMatch(NOTHING);
    await pair.restart({ port });
    await announced(page, 'Reconnected. Nothing is in progress.');
    const call = await pair.simulator.call();
    await badge(page, 'No recording yet');
    await pair.service.close();
    await verdict(page, /^The connection to the service was lost/);
    expect(await page.locator('main').evaluate((main) => getComputedStyle(main).filter)).toBe('grayscale(1)');
    const people = await page.locator('.people').textContent();
    await page.clock.runFor(5 * SECOND_MS);
    expect(await page.locator('.people').textContent()).toBe(people);
    expect(await seriousFaults(page)).toEqual([]);
    await pair.restart({ port });
    await announced(page, 'Reconnected. 1 in progress, as it should be.');
    await pair.simulator.call();
    await badge(page, 'Recording');
    expect(await page.locator('.conference').count()).toBe(1);
    expect(await page.locator('.callers').textContent()).toContain(call.sid);
  });

  it('says so when the password is no longer accepted, and asks no more', async () => {
    const { pair, page } = await openPage();
    await pair.restart({ port: pair.service.port, statusPassword: 'another' });
    await verdict(page, /^The password is no longer accepted: reload/);
    expect(await shownText(page.locator('body'))).not.toMatch(NOTHING);
    const before = await fetches(page);
    await page.clock.runFor(10 * SECOND_MS);
    expect(await fetches(page)).toEqual(before);
  });

  it('says that calls are refused, and leads to the reason', async () => {
    const { pair, page, room } = await openPage();
    const notice = page.locator('#refused-calls');
    expect(await notice.isVisible()).toBe(false);
    // As when the service has another project's key.
    await pair.restart({ port: pair.service.port, signingKeys: ['PSK_wrong'] });
    for (let calls = 1; calls <= 3; calls += 1) await pair.simulator.call({ url: room('sales') }).catch(() => {});
    await untilThere(
      page,
      notice.getByText(/^3 calls were refused, the last at \d.*: The signature .*\. Callers hear an error\.$/),
    );
    await announced(page, 'refused');
    expect(await seriousFaults(page)).toEqual([]);
    await notice.getByRole('link', { name: 'Webhooks' }).click();
    await untilThere(page, page.locator('#refused li').filter({ visible: true }));
    expect(await page.evaluate(() => document.activeElement?.closest('#webhooks')?.hasAttribute('open'))).toBe(true);
  });

  it('says no more that calls were refused when that is an hour ago', async () => {
    const refusedCalls = { count: 1, lastAt: ago(3590), lastReason: 'The signature is wrong.' };
    const { page } = await openPage({ feed: () => fakeFeed({ signalWireAnsweredAt: ago(2), refusedCalls }) });
    const notice = page.locator('#refused-calls');
    await page.clock.runFor(20 * SECOND_MS);
    await eventuallyOn(page, () => notice.isHidden());
    expect(await announcements(page)).toContainEqual(
      expect.stringMatching(/^1 call was refused, at \d.*: The signature is wrong\./),
    );
  });

  it('ticks each second, also between fetches, and says nothing of it to screen readers', async () => {
    const { pair, page, room } = await openPage({ timeZone: 'America/New_York' });
    await pair.simulator.call({ url: room('sales') });
    await badge(page, 'No recording yet');
    // From here on no fetch is answered, or gives up.
    await page.evaluate(() => {
      AbortSignal.timeout = () => new AbortController().signal;
    });
    await fetchedAgain(page);
    await page.route('**/conferences', () => {});
    const said = await announcements(page);
    await page.clock.pauseAt(Math.ceil((await page.evaluate(() => Date.now())) / 1000) * 1000 + 3500);
    const texts = () => page.locator('#clock, #answer, .people, .totals').allTextContents();
    const seconds = async () => (await texts()).map((text) => Number(/(\d+)( s|(?= [AP]M))/.exec(text)?.[1]));
    const before = await seconds();
    expect((await texts())[1] ?? '').toMatch(/^\w+ \d+, \d{4}, \d+:\d\d:\d\d [AP]M E[SD]T$/);
    await page.clock.runFor(900);
    const later = await seconds();
    await page.clock.runFor(2 * SECOND_MS);
    const last = await seconds();
    const steps = (one: number[], other: number[]) =>
      one.map((second, index) => ((other[index] ?? 0) - second + 60) % 60);
    expect(steps(before, later).every((step) => step <= 1)).toBe(true);
    expect(steps(later, last).slice(0, 3)).toEqual([2, 2, 2]);
    expect(await announcements(page)).toEqual(said);
  });
});
