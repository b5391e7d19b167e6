import { z } from 'zod';
import type { Listed, Single, Word } from './observations.js';

/** A resource of the REST API, as it came. */
export type Resource = Record<string, unknown>;

const text = z.string().optional().catch(undefined);
const resource = z.record(z.string(), z.unknown());

/** The resource in an answer's body; undefined if there is none. */
export function resourceIn(body: unknown): Resource | undefined {
  return resource.safeParse(body).data;
}

/** The resources on a list; none if it isn't one. @param name of the list, for example `participants` */
export function resourcesIn(body: unknown, name: string): Resource[] {
  return z.array(resource).safeParse(resourceIn(body)?.[name]).data ?? [];
}

export function wordOf(item: Resource | undefined): Word {
  return text.parse(item?.status);
}

export function toSingle(item: Resource | undefined): Single {
  const createdAt = Date.parse(text.parse(item?.date_created) ?? '');
  const seconds = Number(item?.duration ?? Number.NaN);
  return {
    word: wordOf(item),
    createdAt: Number.isNaN(createdAt) ? undefined : createdAt,
    seconds: Number.isNaN(seconds) ? undefined : seconds,
  };
}

/** @param sidName the field that has its SID */
export function toListed(item: Resource, sidName: string): Listed {
  return { sid: String(item[sidName]).toLowerCase(), word: wordOf(item) };
}
