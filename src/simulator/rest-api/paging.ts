import { z } from 'zod';
import { apiError } from './api-error.js';

/** The documented path of the REST API. Links in responses have it, even if the request used the other form of the path. */
export const ACCOUNTS_PATH = '/api/laml/2010-04-01/Accounts';

const paging = z.object({
  Page: z.coerce.number().int().min(0).default(0),
  PageSize: z.coerce.number().int().min(1).max(1000).default(50),
  PageToken: z
    .string()
    .regex(/^PA\d+$/)
    .transform((token) => Number(token.slice(2)))
    .optional(),
});

export interface ListItem {
  /** Newer items have higher ordinals. */
  ordinal: number;
  /** Returns the item's JSON. */
  represent(): object;
}

/**
 * A page of a list, newest first, with 50 items by default and 1000 at most. A page after the first needs the token in
 * `next_page_uri`; its number alone isn't enough, because SignalWire advises against computing page URIs. Source: its OpenAPI
 * document and its page "Paging".
 *
 * @param request the request for the page; its URL is relative to ACCOUNTS_PATH
 * @param key the property that holds the items
 * @throws ApiError (400) if a paging parameter is invalid
 */
export function createPage(request: { url: string }, key: string, items: ListItem[]): object {
  const url = new URL(`http://simulator${ACCOUNTS_PATH}${request.url}`);
  const parsed = paging.safeParse(Object.fromEntries(url.searchParams));
  if (!parsed.success) throw apiError(400, 20001, 'Page, PageSize or PageToken is out of range');
  const { Page, PageSize, PageToken } = parsed.data;
  if (Page > 0 && PageToken === undefined) {
    throw apiError(400, 20001, 'PageToken is required for a page after the first');
  }

  const sorted = items.toSorted((a, b) => b.ordinal - a.ordinal);
  const start = PageToken === undefined ? 0 : sorted.filter(({ ordinal }) => ordinal >= PageToken).length;
  const end = start + PageSize;
  const pageUri = (number: number, from: number) => {
    const query = new URLSearchParams(url.searchParams);
    query.set('Page', String(number));
    query.set('PageSize', String(PageSize));
    query.delete('PageToken');
    const before = sorted[from - 1];
    if (before) query.set('PageToken', `PA${before.ordinal}`);
    return `${url.pathname}?${query}`;
  };
  return {
    uri: pageUri(Page, start),
    first_page_uri: pageUri(0, 0),
    next_page_uri: end < sorted.length ? pageUri(Page + 1, end) : null,
    previous_page_uri: Page > 0 ? pageUri(Page - 1, Math.max(0, start - PageSize)) : null,
    page: Page,
    page_size: PageSize,
    [key]: sorted.slice(start, end).map((item) => item.represent()),
  };
}
