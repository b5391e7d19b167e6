/** A request of the REST API. */
export interface ApiRequest {
  method: string;
  /** Begins with the project ID. */
  path: string;
}

export interface ApiAnswer {
  status: number;
  /** Sent as JSON; text is sent as it is. */
  body: object | string;
  headers?: Record<string, string>;
}

/** What a request comes to: an answer, or a connection that is reset. */
export type Outcome = ApiAnswer | 'reset';
