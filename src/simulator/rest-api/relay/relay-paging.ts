import { z } from 'zod';
import type { ListItem } from '../paging.js';
import { badRequest } from './relay-error.js';

/** The parameters of a page. The document requires a token for every page after the first. */
export const RELAY_PAGING = {
  page_number: z.coerce.number().int().min(0).default(0),
  page_size: z.coerce.number().int().min(1).max(1000).default(50),
  page_token: z
    .string()
    .regex(/^PA\d+$/)
    .optional(),
};

interface Page {
  page_number: number;
  page_size: number;
  page_token?: string | undefined;
}

/**
 * A page of a list of SignalWire's own REST API, newest first. Its links are whole URLs, as in the examples of SignalWire's OpenAPI
 * document, and those to a next and a previous page are missing where there is none.
 *
 * @param url the request's whole URL
 * @throws ApiError (400) if a page after the first is requested without a token
 */
export function createRelayPage(url: URL, { page_number, page_size, page_token }: Page, items: ListItem[]): object {
  if (page_number > 0 && page_token === undefined) throw badRequest();
  const token = page_token === undefined ? Number.POSITIVE_INFINITY : Number(page_token.slice(2));
  const sorted = items.toSorted((a, b) => b.ordinal - a.ordinal);
  const start = sorted.filter(({ ordinal }) => ordinal >= token).length;
  const end = start + page_size;
  const link = (number: number, from: number) => {
    const target = new URL(url);
    target.searchParams.set('page_number', String(number));
    target.searchParams.set('page_size', String(page_size));
    target.searchParams.delete('page_token');
    const before = sorted[from - 1];
    if (before) target.searchParams.set('page_token', `PA${before.ordinal}`);
    return target.href;
  };
  return {
    links: {
      self: link(page_number, start),
      first: link(0, 0),
      ...(end < sorted.length && { next: link(page_number + 1, end) }),
      ...(page_number > 0 && { prev: link(page_number - 1, Math.max(0, start - page_size)) }),
    },
    data: sorted.slice(start, end).map((item) => item.represent()),
  };
}
