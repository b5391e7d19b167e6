/** How long a recording was right or wrong, in milliseconds. */
export interface RecordingTime {
  /** The recording ran. */
  recordedMs: number;
  /** The recording ran with too few people in the conference. */
  soloMs: number;
  /** The recording did not run although enough people were in the conference. */
  lostMs: number;
  /** The longest stretch during which the recording was wrong, solo or lost. */
  longestWrongMs: number;
}

/** Measures whether a conference's recording is right, for every millisecond since the meter was created. */
export interface RecordingMeter {
  /** Reports a change: how many people are in the conference now, and whether the recording is running. */
  update(people: number, isRecording: boolean): void;
  /** Since when the recording has been wrong (ms, by the meter's clock); undefined if it is right. */
  wrongSince(): number | undefined;
  read(): RecordingTime;
}

/**
 * @param now the clock, in milliseconds
 * @param minParticipants the recording should run while at least this many people are in the conference
 */
export function createRecordingMeter(now: () => number, minParticipants: number): RecordingMeter {
  const time: RecordingTime = { recordedMs: 0, soloMs: 0, lostMs: 0, longestWrongMs: 0 };
  let measuredUntil = now();
  let isRunning = false;
  let wrong: 'soloMs' | 'lostMs' | undefined;
  let wrongSince = measuredUntil;

  function measure(): void {
    const at = now();
    if (isRunning) time.recordedMs += at - measuredUntil;
    if (wrong) {
      time[wrong] += at - measuredUntil;
      time.longestWrongMs = Math.max(time.longestWrongMs, at - wrongSince);
    }
    measuredUntil = at;
  }

  return {
    update(people, isRecording) {
      measure();
      const before = wrong;
      isRunning = isRecording;
      const shouldRun = people >= minParticipants;
      if (isRecording === shouldRun) wrong = undefined;
      else wrong = isRecording ? 'soloMs' : 'lostMs';
      if (wrong !== before) wrongSince = measuredUntil;
    },
    wrongSince: () => wrong && wrongSince,
    read() {
      measure();
      return { ...time };
    },
  };
}

/** Adds up the times of several conferences. The longest stretch is the longest of them all. */
export function sumRecordingTimes(times: RecordingTime[]): RecordingTime {
  const total: RecordingTime = { recordedMs: 0, soloMs: 0, lostMs: 0, longestWrongMs: 0 };
  for (const time of times) {
    total.recordedMs += time.recordedMs;
    total.soloMs += time.soloMs;
    total.lostMs += time.lostMs;
    total.longestWrongMs = Math.max(total.longestWrongMs, time.longestWrongMs);
  }
  return total;
}
