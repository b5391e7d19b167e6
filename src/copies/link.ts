/** Carries texts between the copies of the service. A text may be lost, and all of them are while the link is down. */
export interface Link {
  /** Sends a text to every copy, this one included. Returns at once and never throws. */
  publish(text: string): void;
  /** Never rejects. */
  close(): Promise<void>;
}

export interface LinkListener {
  onText(text: string): void;
  /** The link can carry texts, from the first time or again. */
  onUp(): void;
  /** It can't. Called again while it is down if the reason changes. @param reason a sentence for the log, without secrets */
  onDown(reason: string): void;
}

/** Opens a link, and goes on trying until it is closed. Returns at once. */
export type OpenLink = (listener: LinkListener) => Link;
