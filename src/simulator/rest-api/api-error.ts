/** An error response of the REST API, in SignalWire's form. Source: its OpenAPI document. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: object;

  constructor(status: number, body: object) {
    super(JSON.stringify(body));
    this.status = status;
    this.body = body;
  }
}

/** @param code SignalWire's own code of the error, which the service ignores */
export function apiError(status: number, code: number, message: string): ApiError {
  const more_info = 'https://signalwire.com/docs/compatibility-api/rest/error-codes';
  return new ApiError(status, { code, message, more_info, status });
}

export const unauthorized = () => apiError(401, 20003, 'The project ID and API token were not accepted');
export const notFound = () => apiError(404, 20404, 'There is no such resource');

/** 422: invalid parameters, in the form of every endpoint except the update of a recording. */
export const unprocessable = (message: string) => apiError(422, 10000, message);

/** 400: a call can't be placed. Each of the `errors` has a code. Source: SignalWire's OpenAPI document. */
export const callNotPlaced = (...errors: { code: string; message: string }[]) => new ApiError(400, { errors });

/** 422: a recording can't be updated in this way. The body has `errors` alone. */
export const recordingNotUpdated = (...errors: string[]) => new ApiError(422, { errors });
