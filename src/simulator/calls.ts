import { setTimeout as delay } from 'node:timers/promises';
import { type Conferences, callParameters } from './conferences.js';
import { readLaml } from './laml.js';
import { type Call, newCall, type Unanswered } from './model.js';
import type { WebhookSender } from './webhooks.js';

export interface CallsOptions {
  projectId: string;
  conferences: Conferences;
  webhooks: WebhookSender;
  /** How long a placed call rings before it's answered, or turns out to be busy, in milliseconds. */
  ringMs: number;
  /** How long it rings where nobody answers, in milliseconds. */
  unansweredMs: number;
  /** How calls to a number end before they are answered; those to others are. */
  unanswered: ReadonlyMap<string, Unanswered>;
  /** Told, in a sentence, of what went wrong on the application's side. */
  onProblem(sentence: string): void;
}

/** Where a call's LaML comes from. */
export interface VoiceWebhook {
  url: string;
  method: 'GET' | 'POST';
}

/** The calls of a space. */
export interface Calls {
  all(): Call[];
  get(sid: string): Call | undefined;
  /** Somebody calls one of our numbers. Resolves when the call is in its conference, or has failed. */
  receive(from: string, to: string, webhook: VoiceWebhook): Promise<Call>;
  /** Calls somebody, who answers after a while. */
  place(from: string, to: string, webhook: VoiceWebhook): Call;
  /** Forgets the calls that are over. */
  forgetPast(): void;
  /** @returns false when the call can't take that: it's over, or to be canceled and answered already */
  end(call: Call, status: 'completed' | 'canceled'): boolean;
}

/** No calls yet. The statuses and their order are those of SignalWire's OpenAPI document. */
export function createCalls(options: CallsOptions): Calls {
  const { projectId, conferences, webhooks, ringMs, unansweredMs, unanswered, onProblem } = options;
  const calls = new Map<string, Call>();

  function add(call: Call): Call {
    calls.set(call.sid, call);
    return call;
  }

  function setStatus(call: Call, status: Call['status']): void {
    call.status = status;
    call.updatedAt = new Date();
    if (status === 'in-progress') call.startedAt = call.updatedAt;
    if (isOver(call)) call.endedAt = call.updatedAt;
  }

  async function follow(call: Call, webhook: VoiceWebhook): Promise<void> {
    try {
      const answer = await webhooks.send({ ...webhook, parameters: callParameters(call, projectId) });
      if (answer.status !== 200) throw new Error(`it was answered with ${answer.status}: ${answer.body.slice(0, 200)}`);
      const instruction = readLaml(answer.contentType, answer.body);
      if (isOver(call)) return;
      setStatus(call, 'in-progress');
      conferences.join(call, instruction);
    } catch (error) {
      if (!isOver(call)) setStatus(call, 'failed');
      onProblem(`Call ${call.sid} failed at ${webhook.url}: ${error instanceof Error ? error.message : error}`);
    }
  }

  async function ring(call: Call, webhook: VoiceWebhook): Promise<void> {
    setStatus(call, 'ringing');
    const end = unanswered.get(call.to);
    await delay(end === 'no-answer' ? unansweredMs : ringMs, undefined, { ref: false });
    if (isOver(call)) return;
    if (end) return setStatus(call, end);
    setStatus(call, 'in-progress');
    await follow(call, webhook);
  }

  return {
    all: () => [...calls.values()],
    get: (sid) => calls.get(sid),
    async receive(from, to, webhook) {
      const call = add(newCall(from, to, 'inbound'));
      await follow(call, webhook);
      return call;
    },
    place(from, to, webhook) {
      const call = add(newCall(from, to, 'outbound-api'));
      // The answer to the request still says `queued`.
      setImmediate(() => void ring(call, webhook));
      return call;
    },
    forgetPast() {
      for (const call of calls.values()) if (isOver(call)) calls.delete(call.sid);
    },
    end(call, status) {
      if (isOver(call) || (status === 'canceled' && call.status === 'in-progress')) return false;
      setStatus(call, status);
      conferences.leave(call);
      return true;
    },
  };
}

function isOver({ status }: Call): boolean {
  return ['completed', 'canceled', 'busy', 'no-answer', 'failed'].includes(status);
}
