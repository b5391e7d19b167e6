/** A request to the REST API. */
export interface ApiRequest {
  method: string;
  /** Begins with the project ID; in SignalWire's own REST API, with `/api/relay/rest`. */
  path: string;
}

export interface ApiResponse {
  status: number;
  /** An object is sent as JSON, text as it is. */
  body: object | string;
  headers?: Record<string, string>;
}

/** A request is answered, or its connection is reset. */
export type ApiOutcome = ApiResponse | 'reset';
