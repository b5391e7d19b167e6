import { SpaceError } from './space-error.js';

/** The largest page that SignalWire returns. Source: its OpenAPI documents. */
export const PAGE_SIZE = 1000;

/** The most pages that we read of one list. A longer one is an error: it may never end. */
export const MAX_PAGES = 1000;

/** A page of a list, as far as the SDK's types describe it. */
export interface Page<Item> {
  loadInstance(resources: never[]): Item[];
  /** Undefined after the last page. */
  getNextPageUrl(): string | undefined;
  /** Undefined after the last page. */
  nextPage(): Promise<Page<Item>> | undefined;
}

/**
 * Collects the items of all pages of a list. The SDK's own `list` leaves a promise unhandled, which ends the process when the
 * second page or a later one fails.
 *
 * @param isLast whether the page with these items is the last one that is wanted; by default, all pages are
 * @throws SpaceError if a page links back to an earlier one, or the list is too long
 */
export async function collectPages<Item>(
  first: Promise<Page<Item>>,
  isLast: (items: Item[]) => boolean = () => false,
): Promise<Item[]> {
  const items: Item[] = [];
  const followed = new Set<string>();
  for (let page: Page<Item> | undefined = await first; page; page = await page.nextPage()) {
    const onPage = itemsOf(page);
    items.push(...onPage);
    const next = page.getNextPageUrl();
    if (next === undefined || isLast(onPage)) break;
    if (followed.has(next)) throw new SpaceError("SignalWire's answer could not be read: a page links back to itself");
    followed.add(next);
    if (followed.size === MAX_PAGES) throw new SpaceError(`SignalWire's list has more than ${MAX_PAGES} pages`);
  }
  return items;
}

/** The items of one page. The SDK's types lack them. */
export function itemsOf<Item>(page: Page<Item>): Item[] {
  return (page as Page<Item> & { instances: Item[] }).instances;
}
