/** A request that isn't taken, with the status and the one sentence that it's answered with. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: 400 | 401 | 403 | 413 | 415 | 503, sentence: string) {
    super(sentence);
    this.name = 'Refusal';
    this.status = status;
  }
}
