import { setTimeout as delay } from 'node:timers/promises';
import { callParameters } from './model/callbacks.js';
import { type Call, isCallOver, type Unanswered } from './model/resources.js';
import type { SpaceModel } from './model/space-model.js';
import { current } from './model/timeline.js';
import { readLaml } from './read-laml.js';
import type { WebhookSender } from './webhooks/webhook-sender.js';

export interface CallsOptions {
  model: SpaceModel;
  projectId: string;
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

/** How calls come about: what they ask the application for, and where that leads them. */
export interface Calls {
  /** Somebody calls one of our numbers. Resolves when the call is in its conference, or has failed. */
  receive(from: string, to: string, webhook: VoiceWebhook): Promise<Call>;
  /** Calls somebody, who answers after a while. */
  place(from: string, to: string, webhook: VoiceWebhook): Call;
  /** @returns false when the call can't take that: it's over, or to be canceled and answered already */
  end(call: Call, status: 'completed' | 'canceled'): boolean;
}

/** The statuses and their order are those of SignalWire's OpenAPI document. */
export function createCalls(options: CallsOptions): Calls {
  const { model, projectId, webhooks, ringMs, unansweredMs, unanswered, onProblem } = options;

  async function follow(call: Call, webhook: VoiceWebhook): Promise<void> {
    try {
      const answer = await webhooks.send({ ...webhook, parameters: callParameters(call, projectId) });
      if (answer.status !== 200) throw new Error(`it was answered with ${answer.status}: ${answer.body.slice(0, 200)}`);
      const instruction = readLaml(answer.contentType, answer.body);
      if (isCallOver(call)) return;
      if (current(call.status) !== 'in-progress') model.setCallStatus(call, 'in-progress');
      model.join(call, instruction);
    } catch (error) {
      model.endCall(call, 'failed');
      onProblem(`Call ${call.sid} failed at ${webhook.url}: ${error instanceof Error ? error.message : error}`);
    }
  }

  async function ring(call: Call, webhook: VoiceWebhook): Promise<void> {
    if (isCallOver(call)) return;
    model.setCallStatus(call, 'ringing');
    const end = unanswered.get(call.to);
    await delay(end === 'no-answer' ? unansweredMs : ringMs, undefined, { ref: false });
    if (isCallOver(call)) return;
    if (end) return model.setCallStatus(call, end);
    model.setCallStatus(call, 'in-progress');
    await follow(call, webhook);
  }

  return {
    async receive(from, to, webhook) {
      const call = model.addCall(from, to, 'inbound');
      await follow(call, webhook);
      return call;
    },
    place(from, to, webhook) {
      const call = model.addCall(from, to, 'outbound-api');
      // The answer to the request still says `queued`.
      setImmediate(() => void ring(call, webhook));
      return call;
    },
    end(call, status) {
      if (isCallOver(call) || (status === 'canceled' && current(call.status) === 'in-progress')) return false;
      model.endCall(call, status);
      return true;
    },
  };
}
