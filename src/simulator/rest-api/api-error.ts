/** A refusal of the REST API, in SignalWire's form. Source: its OpenAPI document. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: object;

  constructor(status: number, body: object) {
    super(JSON.stringify(body));
    this.status = status;
    this.body = body;
  }
}

/** @param code SignalWire's own number for the error; the service doesn't look at it */
export function refusal(status: number, code: number, message: string): ApiError {
  const more_info = 'https://signalwire.com/docs/compatibility-api/rest/error-codes';
  return new ApiError(status, { code, message, more_info, status });
}

export const unauthorized = () => refusal(401, 20003, 'The project ID and API token were not accepted');
export const notFound = () => refusal(404, 20404, 'There is no such resource');

/** Bad parameters: 422, in the form that every endpoint but the update of a recording uses. */
export const unprocessable = (message: string) => refusal(422, 10000, message);

/** A call that can't be placed: 400, with `errors` that each have a code. Source: SignalWire's OpenAPI document. */
export const notPlaced = (...errors: { code: string; message: string }[]) => new ApiError(400, { errors });

/** A recording that can't take the change: 422, with `errors` alone. */
export const unchangeable = (...errors: string[]) => new ApiError(422, { errors });
