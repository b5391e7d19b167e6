import type { Request } from 'express';
import { z } from 'zod';
import { refusal } from './api-error.js';

/** The documented form of the API's address; links in answers have it, whichever form was asked for. */
export const ACCOUNTS = '/api/laml/2010-04-01/Accounts';

const page = z.object({
  Page: z.coerce.number().int().min(0).default(0),
  PageSize: z.coerce.number().int().min(1).max(1000).default(50),
  PageToken: z
    .string()
    .regex(/^PA\d+$/)
    .transform((token) => Number(token.slice(2)))
    .optional(),
});

/** An item of a list. */
export interface Listed {
  /** Newer ones have higher ones. */
  ordinal: number;
  show(): object;
}

/**
 * A page of a list, newest first: 50 items unless the request says otherwise, 1000 at most. A page after the first is had
 * only by the token in `next_page_uri`: computing its number isn't enough, as SignalWire advises against it. Source: its
 * OpenAPI document and its page "Paging".
 *
 * @param request what asks for the page, below ACCOUNTS
 * @param key the name under which the items stand
 * @throws ApiError (400) for a page size over 1000 and other nonsense
 */
export function pageOf(request: Request, key: string, items: Listed[]): object {
  const url = new URL(`http://simulator${ACCOUNTS}${request.url}`);
  const asked = page.safeParse(Object.fromEntries(url.searchParams));
  if (!asked.success) throw refusal(400, 20001, 'Page, PageSize or PageToken is out of range');
  const { Page, PageSize, PageToken } = asked.data;
  if (Page > 0 && PageToken === undefined)
    throw refusal(400, 20001, 'PageToken is required for a page after the first');

  const sorted = items.toSorted((a, b) => b.ordinal - a.ordinal);
  const start = PageToken === undefined ? 0 : sorted.filter(({ ordinal }) => ordinal >= PageToken).length;
  const end = start + PageSize;
  const uriOf = (number: number, from: number) => {
    const query = new URLSearchParams(url.searchParams);
    query.set('Page', String(number));
    query.set('PageSize', String(PageSize));
    query.delete('PageToken');
    const before = sorted[from - 1];
    if (before) query.set('PageToken', `PA${before.ordinal}`);
    return `${url.pathname}?${query}`;
  };
  return {
    uri: uriOf(Page, start),
    first_page_uri: uriOf(0, 0),
    next_page_uri: end < sorted.length ? uriOf(Page + 1, end) : null,
    previous_page_uri: Page > 0 ? uriOf(Page - 1, Math.max(0, start - PageSize)) : null,
    page: Page,
    page_size: PageSize,
    [key]: sorted.slice(start, end).map((item) => item.show()),
  };
}
