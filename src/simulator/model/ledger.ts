/** Where a conference's time went, in milliseconds. */
export interface Account {
  /** The recording ran. */
  recordedMs: number;
  /** The recording ran with too few people in. */
  soloMs: number;
  /** Enough people were in while the recording did not run. */
  lostMs: number;
  /** The longest that the recording was wrong at a stretch, solo or lost. */
  longestWrongMs: number;
}

/** Accounts for every millisecond of a conference, from when it's made. */
export interface Ledger {
  /** How things are from now on. */
  enter(people: number, isRecording: boolean): void;
  /** Since when the recording has been wrong (ms, by the ledger's clock); undefined where it's right. */
  wrongSince(): number | undefined;
  account(): Account;
}

/**
 * @param now the clock, in milliseconds
 * @param enough with how many people the recording should run
 */
export function createLedger(now: () => number, enough: number): Ledger {
  const account: Account = { recordedMs: 0, soloMs: 0, lostMs: 0, longestWrongMs: 0 };
  let since = now();
  let isRunning = false;
  let wrong: 'soloMs' | 'lostMs' | undefined;
  let wrongSince = since;

  function settle(): void {
    const at = now();
    if (isRunning) account.recordedMs += at - since;
    if (wrong) {
      account[wrong] += at - since;
      account.longestWrongMs = Math.max(account.longestWrongMs, at - wrongSince);
    }
    since = at;
  }

  return {
    enter(people, isRecording) {
      settle();
      const before = wrong;
      isRunning = isRecording;
      const shouldRun = people >= enough;
      if (isRecording === shouldRun) wrong = undefined;
      else wrong = isRecording ? 'soloMs' : 'lostMs';
      if (wrong !== before) wrongSince = since;
    },
    wrongSince: () => wrong && wrongSince,
    account() {
      settle();
      return { ...account };
    },
  };
}

/** Several conferences' accounts as one. */
export function sum(accounts: Account[]): Account {
  const total: Account = { recordedMs: 0, soloMs: 0, lostMs: 0, longestWrongMs: 0 };
  for (const account of accounts) {
    total.recordedMs += account.recordedMs;
    total.soloMs += account.soloMs;
    total.lostMs += account.lostMs;
    total.longestWrongMs = Math.max(total.longestWrongMs, account.longestWrongMs);
  }
  return total;
}
