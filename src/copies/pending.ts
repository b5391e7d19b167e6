/** The questions that other copies have not answered yet. */
export interface Pending {
  /**
   * @param onSilence called if no answer comes in time
   * @returns the question's ID
   */
  add(onSilence: () => void, onAnswer?: () => void): number;
  answer(id: number): void;
  /** No answer will come any more. */
  giveUp(): void;
}

/** @param waitMs how long an answer may take */
export function createPending(waitMs: number): Pending {
  const questions = new Map<number, { timer: NodeJS.Timeout; onSilence: () => void; onAnswer: () => void }>();
  let count = 0;

  function end(id: number, isAnswered: boolean): void {
    const question = questions.get(id);
    if (!question) return;
    questions.delete(id);
    clearTimeout(question.timer);
    if (isAnswered) question.onAnswer();
    else question.onSilence();
  }

  return {
    add(onSilence, onAnswer = () => {}) {
      count += 1;
      const id = count;
      const onSilent = () => end(id, false);
      // On a busy machine, an answer may be here that this process has not read yet. It reads between two timers.
      const onTimer = () => questions.set(id, { timer: setTimeout(onSilent), onSilence, onAnswer });
      questions.set(id, { timer: setTimeout(onTimer, waitMs), onSilence, onAnswer });
      return id;
    },
    answer: (id) => end(id, true),
    giveUp() {
      for (const id of [...questions.keys()]) end(id, false);
    },
  };
}
