import { SpaceError } from './space-error.js';

/** A list with more pages than this is refused: it has no end that we would live to see. */
const MAX_PAGES = 1000;

/** A page of a list, by what the SDK's types know of it. */
export interface Page<Item> {
  loadInstance(resources: never[]): Item[];
  /** Undefined after the last one. */
  getNextPageUrl(): string | undefined;
  /** Undefined after the last one. */
  nextPage(): Promise<Page<Item>> | undefined;
}

/**
 * The items of a list, whatever pages it comes in. The SDK's own lists leave a promise to itself, which ends the process
 * when the second page or a later one fails.
 *
 * @throws SpaceError when the list comes back to a page, or goes on and on
 */
export async function allOf<Item>(first: Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  const followed = new Set<string>();
  for (let page: Page<Item> | undefined = await first; page; page = await page.nextPage()) {
    items.push(...itemsOf(page));
    const next = page.getNextPageUrl();
    if (next === undefined) break;
    if (followed.has(next)) throw new SpaceError("SignalWire's answer could not be read: a page leads back to itself");
    followed.add(next);
    if (followed.size === MAX_PAGES) throw new SpaceError(`SignalWire's list has more than ${MAX_PAGES} pages`);
  }
  return items;
}

/** The items of one page; they are missing from the SDK's types. */
export function itemsOf<Item>(page: Page<Item>): Item[] {
  return (page as Page<Item> & { instances: Item[] }).instances;
}
