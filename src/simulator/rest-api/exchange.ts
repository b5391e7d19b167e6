/** A request to the REST API. */
export interface ApiRequest {
  method: string;
  /** Begins with the project ID; in SignalWire's own REST API, with `/api/relay/rest`. */
  path: string;
}

export interface ApiResponse {
  status: number;
  /** Bytes and text are sent as they are, any other object as JSON. */
  body: object | string;
  headers?: Record<string, string>;
  /** Sends only so many bytes of the body, and then closes the connection or leaves it open. */
  cut?: { bytes: number; ending: 'close' | 'hang' };
}

/** A request is answered, or its connection is reset. */
export type ApiOutcome = ApiResponse | 'reset';
