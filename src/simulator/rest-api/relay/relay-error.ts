import { ApiError } from '../api-error.js';

// Errors of SignalWire's own REST API, in its form. Source: its OpenAPI document.

export const badRequest = () => new ApiError(400, { error: 'Bad Request' });
export const unauthorized = () => new ApiError(401, { error: 'Unauthorized' });
export const notFound = () => new ApiError(404, { error: 'Not Found' });
