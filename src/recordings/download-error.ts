/** A file can't be fetched. The message is a sentence. */
export class DownloadError extends Error {}

/** A download broke off, and may be resumed. */
export class DownloadBreak extends DownloadError {
  /** @param retryAfterMs when the server wants to be asked again; undefined if it doesn't say */
  constructor(
    sentence: string,
    readonly retryAfterMs?: number,
  ) {
    super(sentence);
  }
}
