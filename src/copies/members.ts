/** What a copy says of itself twice a second. */
export interface Heartbeat {
  from: string;
  /** When the copy started, by its own clock (ms since 1970). The copy that is up longest has the open room. */
  startedAt: number;
  /** When it was sent, by the monotonic clock of its copy (ms). */
  sentAt: number;
  /** Whether the copy takes its share of the work: it has started, and its own heartbeats come back. */
  isMember: boolean;
}

/** The copies that are alive, as far as this one can tell. */
export interface Members {
  /**
   * IDs of the copies that share the work. This one is among them once it has joined, and before that if there is no other. It is the
   * only one while the link is down.
   */
  readonly ids: readonly string[];
  /** Whether our own heartbeats come back. */
  readonly isLinked: boolean;
  /** The copy that is up longest. */
  readonly eldest: string;
  receive(heartbeat: Heartbeat): void;
  /** Begins with the heartbeats. Until it joins, this copy only listens. */
  start(): void;
  /** Publishes a heartbeat at once. */
  beatNow(): void;
  /** From now on, this copy takes its share of the work. */
  join(): void;
  /** A copy has said that it stops. */
  leave(id: string): void;
  /** The link is down. */
  unlink(): void;
  /** Publishes no more heartbeats. */
  close(): void;
}

const HEARTBEAT_MS = 500;

/** A copy whose last three heartbeats are missing counts as gone. */
const DEAD_MS = 1600;

/** With heartbeats that take longer, nothing can be handed over in time. */
const MAX_ROUND_TRIP_MS = 1000;

export interface MembersOptions {
  id: string;
  startedAt: number;
  publish(heartbeat: Heartbeat): void;
  /** Copies came or went, or the link did. */
  onChange(): void;
}

export function createMembers({ id, startedAt, publish, onChange }: MembersOptions): Members {
  const others = new Map<string, { startedAt: number; receivedAt: number }>();
  /** When the last heartbeat that came back was sent (ms, monotonic). */
  let echoedAt = -Infinity;
  let ids: readonly string[] = [id];
  let isLinked = false;
  let hasJoined = false;
  let dueAt = performance.now();
  let timer: NodeJS.Timeout | undefined;

  function beat(): void {
    const now = performance.now();
    const lateMs = now - dueAt;
    // This process stood still, so what the others have sent meanwhile has not been read yet.
    if (lateMs > HEARTBEAT_MS) forgive(lateMs);
    publishHeartbeat();
    update();
    dueAt = now + HEARTBEAT_MS;
    timer = setTimeout(beat, HEARTBEAT_MS);
  }

  function publishHeartbeat(): void {
    publish({ from: id, startedAt, sentAt: performance.now(), isMember: hasJoined && isLinked });
  }

  function forgive(ms: number): void {
    echoedAt += ms;
    for (const other of others.values()) other.receivedAt += ms;
  }

  function update(): void {
    const now = performance.now();
    for (const [other, { receivedAt }] of others) if (now - receivedAt > DEAD_MS) others.delete(other);
    const wasLinked = isLinked;
    isLinked = now - echoedAt <= HEARTBEAT_MS + MAX_ROUND_TRIP_MS;
    const isAlone = !isLinked || others.size === 0;
    const next = isAlone ? [id] : [...(hasJoined ? [id] : []), ...others.keys()].toSorted();
    if (isLinked === wasLinked && next.join() === ids.join()) return;
    ids = next;
    if (isLinked !== wasLinked && hasJoined) publishHeartbeat();
    onChange();
  }

  return {
    get ids() {
      return ids;
    },
    get isLinked() {
      return isLinked;
    },
    get eldest() {
      const ages = ids.map((one) => ({ one, startedAt: one === id ? startedAt : (others.get(one)?.startedAt ?? 0) }));
      return ages.reduce((a, b) =>
        b.startedAt < a.startedAt || (b.startedAt === a.startedAt && b.one < a.one) ? b : a,
      ).one;
    },
    start: beat,
    beatNow: publishHeartbeat,
    join() {
      hasJoined = true;
      publishHeartbeat();
      update();
    },
    receive({ from, startedAt: since, sentAt, isMember }) {
      if (from === id) echoedAt = Math.max(echoedAt, sentAt);
      else if (isMember) others.set(from, { startedAt: since, receivedAt: performance.now() });
      else others.delete(from);
      update();
    },
    leave(other) {
      others.delete(other);
      update();
    },
    unlink() {
      echoedAt = -Infinity;
      others.clear();
      update();
    },
    close() {
      clearTimeout(timer);
    },
  };
}
