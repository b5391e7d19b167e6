import type { Emit, WebhookRecord } from '../recorder-events.js';
import type { SharedWork, Sharing } from '../recording/sharing.js';
import type { OpenRoom } from '../rooms/open-room.js';
import type { Link, LinkListener, OpenLink } from './link.js';
import { createMembers } from './members.js';
import { type Envelope, type Message, readMessage, writeMessage } from './messages.js';
import { ownerOf } from './owner.js';
import { createPending } from './pending.js';

/** How long we wait for another copy's answer before we do its work ourselves (ms). A caller waits no longer, either. */
const ANSWER_MS = 100;

/** How long a start waits for the other copies (ms). */
const START_MS = 500;

/** How long the other copies take to tell a copy that has just started what they know (ms). */
const HELLO_MS = 50;

export interface CopiesOptions {
  /** Differs between copies. */
  id: string;
  openLink: OpenLink;
  reconciler: () => SharedWork;
  openRoom: () => OpenRoom;
  emit: Emit;
  /** Emits what another copy has done. */
  emitOthers: Emit;
}

/** The copies of the service that act as one, as this copy sees them. */
export interface Copies {
  sharing: Sharing;
  /** The ID of this copy. */
  readonly id: string;
  /** IDs of the copies that are alive, this one included. A new array after each change. */
  readonly ids: readonly string[];
  /** Whether this copy is linked with the others. */
  readonly isLinked: boolean;
  /** The ID of the copy that works on the conference of that SID. */
  ownerOf(conferenceSid: string): string;
  /** Whether this copy decides who is in the open room. */
  decidesOpenRoom(): boolean;
  callerGone(callSid: string): void;
  /** Lets the others know of a webhook that this copy has answered. */
  shareWebhook(webhook: WebhookRecord): void;
  /** Puts a caller into the open room of all copies. Takes 100 ms at most, and then uses what this copy knows. */
  placeCaller(callSid: string): Promise<string>;
  /** Links this copy with the others. Resolves when it knows what they know, or after half a second. Never rejects. */
  start(): Promise<void>;
  /** Takes a share of the work from now on. Call it when the conferences in progress are known. */
  join(): void;
  /** Lets the others take over. What is in progress here goes on. */
  leave(): void;
  /** Closes the link. Never rejects. */
  close(): Promise<void>;
}

export function createCopies(options: CopiesOptions): Copies {
  const { id, openLink, reconciler, openRoom, emit, emitOthers } = options;
  const pending = createPending(ANSWER_MS);
  let settleStart = () => {};
  const started = new Promise<void>((resolve) => {
    settleStart = resolve;
  });
  let isClosed = false;
  let hasLeft = false;

  let link: Link | undefined;

  const send = (message: Message) => link?.publish(writeMessage({ from: id, message }));
  const listener: LinkListener = {
    onText(text) {
      const envelope = readMessage(text);
      if (envelope && !isClosed) handle(envelope);
    },
    onUp() {
      if (hasLeft) return;
      send({ type: 'hello' });
      members.beatNow();
    },
    onDown(reason) {
      // First, because what follows from it is no reason of its own.
      emit({ type: 'copies-unlinked', reason });
      members.unlink();
      pending.giveUp();
      settleStart();
    },
  };
  const startedAt = Date.now();
  const members = createMembers({
    id,
    startedAt,
    publish: ({ sentAt, isMember }) => send({ type: 'heartbeat', startedAt, sentAt, isMember }),
    onChange() {
      if (isClosed) return;
      emit({ type: 'copies-changed', copies: members.ids.length, isLinked: members.isLinked });
      reconciler().updateOwnership();
    },
  });
  const isOurs = (key: string) => ownerOf(key, members.ids) === id;

  function handle({ from, message }: Envelope): void {
    // Whatever else comes is for those who stay.
    if (hasLeft && message.type !== 'acknowledged') return;
    if (message.type === 'heartbeat') {
      members.receive({ from, ...message });
      return;
    }
    if (message.type === 'hello') {
      if (from === id) setTimeout(settleStart, HELLO_MS);
      else answerHello();
      return;
    }
    // While our own heartbeats take too long, so does everything else, and what comes is out of date.
    if (from === id || !members.isLinked) return;
    switch (message.type) {
      case 'goodbye':
        members.leave(from);
        return;
      case 'shared': {
        const isWorkedHere = reconciler().receiveShared(message.shared);
        if (message.shared.type === 'listed') emitOthers({ type: 'conferences-listed' });
        if (isWorkedHere && message.id !== undefined) send({ type: 'acknowledged', to: from, id: message.id });
        return;
      }
      case 'acknowledged':
        if (message.to === id) pending.answer(message.id);
        return;
      case 'caller':
        if (message.to === id) place(message.callSid, { to: from, id: message.id });
        return;
      case 'room': {
        const { name, callers, answers } = message;
        openRoom().adopt({ name, callers }, from === members.eldest);
        if (answers?.to === id) pending.answer(answers.id);
        return;
      }
      case 'caller-gone':
        openRoom().callerLeft(message.callSid);
        return;
      case 'webhook':
        emitOthers({ type: 'webhook-answered', copy: from, ...message.webhook });
    }
  }

  /** Another copy has just started. */
  function answerHello(): void {
    members.beatNow();
    reconciler().publishAll();
    const room = openRoom().current();
    if (room && members.eldest === id) send({ type: 'room', ...room, answers: undefined });
  }

  function place(callSid: string, answers?: { to: string; id: number }): string {
    const name = openRoom().placeCaller(callSid);
    send({ type: 'room', name, callers: [callSid], answers });
    return name;
  }

  const sharing: Sharing = {
    isOurs,
    publish(shared) {
      const isReport = shared.type === 'report' && shared.report.type !== 'found';
      if (!isReport || isOurs(shared.report.conferenceSid)) {
        send({ type: 'shared', id: undefined, shared });
        return;
      }
      const { report } = shared;
      send({ type: 'shared', id: pending.add(() => reconciler().standIn(report)), shared });
    },
    emitOthers,
  };

  return {
    sharing,
    id,
    get ids() {
      return members.ids;
    },
    get isLinked() {
      return members.isLinked;
    },
    ownerOf: (conferenceSid) => ownerOf(conferenceSid, members.ids),
    decidesOpenRoom: () => members.eldest === id,
    callerGone: (callSid) => send({ type: 'caller-gone', callSid }),
    shareWebhook: (webhook) => send({ type: 'webhook', webhook }),
    async placeCaller(callSid) {
      const { eldest } = members;
      // Who waits in our room must be met, also if the others don't know of it.
      if (eldest === id || openRoom().hasCallers()) return place(callSid);
      const isAnswered = await new Promise<boolean>((resolve) => {
        const question = pending.add(
          () => resolve(false),
          () => resolve(true),
        );
        send({ type: 'caller', to: eldest, id: question, callSid });
      });
      const room = isAnswered ? openRoom().roomOf(callSid) : undefined;
      return room ?? place(callSid);
    },
    async start() {
      link = openLink(listener);
      members.start();
      setTimeout(settleStart, START_MS);
      await started;
    },
    join: () => members.join(),
    leave() {
      hasLeft = true;
      send({ type: 'goodbye' });
      members.close();
    },
    async close() {
      isClosed = true;
      pending.giveUp();
      await link?.close();
    },
  };
}
