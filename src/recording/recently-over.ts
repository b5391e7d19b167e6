/** The conferences that were over in the last seconds. What another copy has read of one before that may still be on its way. */
export interface RecentlyOver {
  add(conferenceSid: string): void;
  has(conferenceSid: string): boolean;
}

/** Far longer than a message takes, and too short to matter if the conference is in progress after all (ms). */
const REMEMBERED_MS = 5000;

export function createRecentlyOver(): RecentlyOver {
  /** When each was over (ms, monotonic), by SID in lower case, the earliest first. */
  const overAt = new Map<string, number>();

  function dropOld(): void {
    for (const [key, at] of overAt) {
      if (performance.now() - at < REMEMBERED_MS) return;
      overAt.delete(key);
    }
  }

  return {
    add(conferenceSid) {
      dropOld();
      overAt.delete(conferenceSid.toLowerCase());
      overAt.set(conferenceSid.toLowerCase(), performance.now());
    },
    has(conferenceSid) {
      dropOld();
      return overAt.has(conferenceSid.toLowerCase());
    },
  };
}
