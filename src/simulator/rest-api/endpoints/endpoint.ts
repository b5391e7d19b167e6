import express, { type Request, type RequestHandler } from 'express';
import { z } from 'zod';
import type { SpaceModel } from '../../model/space-model.js';
import type { Views } from '../../model/views.js';
import { notFound, unprocessable } from '../api-error.js';
import type { ApiAnswer } from '../exchange.js';
import type { Representations } from '../representations.js';

/** Makes a route of a function that answers, or throws an ApiError. */
export type Endpoint = (handle: (request: Request) => ApiAnswer) => RequestHandler;

/** What endpoints are made of: they read through the views, and change through the model. */
export interface Parts {
  endpoint: Endpoint;
  model: SpaceModel;
  views: Views;
  representations: Representations;
}

export const ok = (body: object): ApiAnswer => ({ status: 200, body });
export const NO_CONTENT: ApiAnswer = { status: 204, body: '' };

/** Reads a POST's form; whatever else is sent counts as nothing. */
export const form = express.urlencoded({ extended: false });

export const httpMethod = z.enum(['GET', 'POST']);
export const webUrl = z.url({ protocol: /^https?$/, error: 'must be a whole http or https URL' });
export const flag = z.enum(['true', 'false']).transform((word) => word === 'true');

/** The parameters that every list takes; pageOf reads them. */
export const PAGING = {
  Page: z.string().optional(),
  PageSize: z.string().optional(),
  PageToken: z.string().optional(),
};

/** @throws ApiError (422) that names what is missing or wrong */
export function read<Schema extends z.ZodType>(schema: Schema, parameters: unknown): z.output<Schema> {
  const result = schema.safeParse(parameters ?? {});
  if (!result.success) throw unprocessable(result.error.issues.map(sentence).join('; '));
  return result.data;
}

export function sentence({ path, message }: z.core.$ZodIssue): string {
  return `${path.join('.')} ${message}`.trim();
}

/** The SID at that place of the path; empty where there is none, which no resource has. */
export function sidIn(request: Request, name: string): string {
  const value = request.params[name];
  return typeof value === 'string' ? value : '';
}

/** @throws ApiError (404) when there is nothing */
export function found<Resource>(resource: Resource | undefined): Resource {
  if (resource === undefined) throw notFound();
  return resource;
}
