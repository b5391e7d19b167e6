import express, { type Request, type RequestHandler } from 'express';
import { z } from 'zod';
import type { SpaceModel } from '../../model/space-model.js';
import type { Views } from '../../model/views.js';
import { notFound, unprocessable } from '../api-error.js';
import type { ApiResponse } from '../exchange.js';
import type { Representations } from '../representations.js';

/**
 * Turns a function that returns a response, or throws an ApiError, into an Express handler.
 *
 * @param options `isPublic`: whether requests need no credentials
 */
export type CreateHandler = (
  handle: (request: Request) => ApiResponse,
  options?: { isPublic: boolean },
) => RequestHandler;

/** What every endpoint needs. Endpoints read through the views and write through the model. */
export interface EndpointContext {
  createHandler: CreateHandler;
  model: SpaceModel;
  views: Views;
  representations: Representations;
}

export const ok = (body: object): ApiResponse => ({ status: 200, body });
export const NO_CONTENT: ApiResponse = { status: 204, body: '' };

/** Reads the form in a POST. Any other body is ignored. */
export const readForm: RequestHandler = express.urlencoded({ extended: false });

export const httpMethod = z.enum(['GET', 'POST']);
export const webUrl = z.url({ protocol: /^https?$/, error: 'must be an absolute http or https URL' });
export const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** The parameters that every list accepts; `createPage` reads them. */
export const PAGING = {
  Page: z.string().optional(),
  PageSize: z.string().optional(),
  PageToken: z.string().optional(),
};

/** @throws ApiError (422) that names the parameters that are missing or invalid */
export function parse<Schema extends z.ZodType>(schema: Schema, parameters: unknown): z.output<Schema> {
  const result = schema.safeParse(parameters ?? {});
  if (!result.success) throw unprocessable(result.error.issues.map(describeIssue).join('; '));
  return result.data;
}

export function describeIssue({ path, message }: z.core.$ZodIssue): string {
  return `${path.join('.')} ${message}`.trim();
}

/** The SID in that parameter of the path; empty, which no SID is, if there is none. */
export function pathSid(request: Request, parameter: string): string {
  const value = request.params[parameter];
  return typeof value === 'string' ? value : '';
}

/** @throws ApiError (404) if the resource is undefined */
export function requireFound<Resource>(resource: Resource | undefined): Resource {
  if (resource === undefined) throw notFound();
  return resource;
}
