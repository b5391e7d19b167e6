/** How many conferences are published in one turn: some milliseconds of work, so that callbacks needn't wait for long. */
const PER_TURN = 200;

/** Publishes many conferences, one after another and each once, without keeping anything else waiting. */
export interface PacedPublisher<Item> {
  add(item: Item): void;
  /** Publishes no more. */
  stop(): void;
}

export function createPacedPublisher<Item>(publish: (item: Item) => void): PacedPublisher<Item> {
  const waiting = new Set<Item>();
  let timer: NodeJS.Timeout | undefined;

  function publishSome(): void {
    timer = undefined;
    for (const item of [...waiting].slice(0, PER_TURN)) {
      waiting.delete(item);
      publish(item);
    }
    if (waiting.size > 0) timer = setTimeout(publishSome);
  }

  return {
    add(item) {
      waiting.add(item);
      timer ??= setTimeout(publishSome);
    },
    stop() {
      clearTimeout(timer);
      waiting.clear();
    },
  };
}
