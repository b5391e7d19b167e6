/** How long the rehearsal waits, in milliseconds. Tests shorten these. */
export const DEFAULT_WAITS = {
  /** Between two requests of the same kind. */
  poll: 400,
  /** For somebody to answer: SignalWire lets a call ring for a minute. */
  join: 90_000,
  /** After the answer, to be in the conference: an ANNOUNCEMENT comes first, and a sound file may take minutes. */
  announcement: 300_000,
  /** After a join, for what follows from it, such as a recording that begins. */
  quiet: 3000,
  /** For the REST API to show a conference with one person in it. */
  alone: 30_000,
  /** For lists to show what callbacks have reported. */
  list: 40_000,
  /** For the service to pause or resume the recording, on top of SWEEP_INTERVAL_SECONDS. */
  change: 20_000,
  /** For those who have left to be no longer listed. */
  gone: 45_000,
  /** For a resumed recording to read differently from a paused one, on top of the lag of reads. */
  lateWord: 12_000,
  /** For a person to hang up. */
  person: 60_000,
  /** How long two people are recorded, each time, so that the length of the file can be checked. */
  talk: 6000,
  /** For the end of the conference and of its recording to be known. */
  end: 75_000,
  /** For the service or SignalWire to answer anything at all. A request takes 5 s at most. */
  silence: 15_000,
  /** For SignalWire to confirm that a call has ended, if it refuses to end it. */
  hangUp: 20_000,
};

export type Waits = typeof DEFAULT_WAITS;
