import { performance } from 'node:perf_hooks';

/** Where a conference's time went, in milliseconds. */
export interface Account {
  /** The recording ran. */
  recordedMs: number;
  /** The recording ran with fewer than two people in. */
  soloMs: number;
  /** Two or more were in while the recording did not run. */
  lostMs: number;
  /** The longest that the recording was wrong at a stretch, solo or lost. */
  longestWrongMs: number;
}

/** Accounts for every millisecond of a conference, from when it's made. Two or more people should be recorded. */
export interface Ledger {
  /** Notes what is the case from now on. */
  note(people: number, isRecording: boolean): void;
  account(): Account;
}

export function createLedger(): Ledger {
  const account: Account = { recordedMs: 0, soloMs: 0, lostMs: 0, longestWrongMs: 0 };
  let since = performance.now();
  let isRunning = false;
  let wrong: 'soloMs' | 'lostMs' | undefined;
  let wrongSince = since;

  function settle(): void {
    const now = performance.now();
    if (isRunning) account.recordedMs += now - since;
    if (wrong) {
      account[wrong] += now - since;
      account.longestWrongMs = Math.max(account.longestWrongMs, now - wrongSince);
    }
    since = now;
  }

  return {
    note(people, isRecording) {
      settle();
      const before = wrong;
      isRunning = isRecording;
      const shouldRecord = people >= 2;
      if (isRecording === shouldRecord) wrong = undefined;
      else wrong = isRecording ? 'soloMs' : 'lostMs';
      if (wrong !== before) wrongSince = since;
    },
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
