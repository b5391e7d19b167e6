import { setTimeout as delay } from 'node:timers/promises';
import { callParameters } from './model/callbacks.js';
import { type Call, isCallOver, type UnansweredStatus } from './model/resources.js';
import type { SpaceModel } from './model/space-model.js';
import { current } from './model/timeline.js';
import { type Laml, readLaml } from './read-laml.js';
import type { WebhookSender } from './webhooks/webhook-sender.js';

export interface CallsOptions {
  model: SpaceModel;
  projectId: string;
  webhooks: WebhookSender;
  /** How long a placed call rings until it is answered or busy, in milliseconds. */
  ringMs: number;
  /** How long a placed call rings if nobody answers, in milliseconds. */
  unansweredMs: number;
  /** The numbers that don't answer calls, and how those calls end. All other numbers answer. */
  unanswered: ReadonlyMap<string, UnansweredStatus>;
  /** How long an announcement takes, in milliseconds. Its text or file doesn't matter. */
  announcementMs: number;
  /** Called when a caller begins to hear a text or a file. */
  onAnnouncement(call: Call, announcement: string): void;
  /** Called with a sentence that says what the application did wrong. */
  onProblem(problem: string): void;
}

/** Where SignalWire requests a call's LaML. */
export interface VoiceWebhook {
  url: string;
  method: 'GET' | 'POST';
}

/** Receives and places calls, requests their LaML, plays its announcements, and puts them into the conference that it names. */
export interface Calls {
  /**
   * Receives a call to a number of the project. Resolves when the call is in its conference or has failed.
   *
   * @param fallback requested, once, if the webhook fails
   */
  receive(from: string, to: string, webhook: VoiceWebhook, fallback?: VoiceWebhook): Promise<Call>;
  /** Places a call, and returns while it is still `queued`. */
  place(from: string, to: string, webhook: VoiceWebhook): Call;
  /** @returns false if the call is over, or if it should be canceled but has been answered */
  end(call: Call, status: 'completed' | 'canceled'): boolean;
}

/** Source of the statuses and their order: SignalWire's OpenAPI document. */
export function createCalls(options: CallsOptions): Calls {
  const { model, projectId, webhooks, ringMs, unansweredMs, unanswered } = options;
  const { announcementMs, onAnnouncement, onProblem } = options;

  /** Requests a call's LaML. */
  async function requestLaml(call: Call, webhook: VoiceWebhook): Promise<Laml> {
    const response = await webhooks.send({ ...webhook, parameters: callParameters(call, projectId) });
    if (response.status !== 200) {
      throw new Error(`it was answered with ${response.status}: ${response.body.slice(0, 200)}`);
    }
    return readLaml(response.contentType, response.body);
  }

  /**
   * Requests the call's LaML and follows it. A call whose LaML can't be had or followed fails. A voice webhook that fails is never
   * retried, but its fallback is requested; source: SignalWire's page "Common webhook errors". That the fallback's request has the
   * same parameters, and that LaML which can't be followed counts as a failure, is assumed.
   */
  async function followLaml(call: Call, webhook: VoiceWebhook, fallback?: VoiceWebhook): Promise<void> {
    try {
      const first = requestLaml(call, webhook);
      const laml = await (fallback ? first.catch(() => requestLaml(call, fallback)) : first);
      if (isCallOver(call)) return;
      if (current(call.status) !== 'in-progress') model.setCallStatus(call, 'in-progress');
      for (const announcement of laml.announcements) {
        onAnnouncement(call, announcement);
        await delay(announcementMs, undefined, { ref: false });
        if (isCallOver(call)) return;
      }
      model.join(call, laml.conference);
    } catch (error) {
      model.endCall(call, 'failed');
      onProblem(`Call ${call.sid} failed at ${webhook.url}: ${error instanceof Error ? error.message : error}`);
    }
  }

  async function ring(call: Call, webhook: VoiceWebhook): Promise<void> {
    if (isCallOver(call)) return;
    model.setCallStatus(call, 'ringing');
    const unansweredStatus = unanswered.get(call.to);
    await delay(unansweredStatus === 'no-answer' ? unansweredMs : ringMs, undefined, { ref: false });
    if (isCallOver(call)) return;
    if (unansweredStatus) return model.setCallStatus(call, unansweredStatus);
    model.setCallStatus(call, 'in-progress');
    await followLaml(call, webhook);
  }

  return {
    async receive(from, to, webhook, fallback) {
      const call = model.addCall(from, to, 'inbound');
      await followLaml(call, webhook, fallback);
      return call;
    },
    place(from, to, webhook) {
      const call = model.addCall(from, to, 'outbound-api');
      // Deferred, because the response to the request still says `queued`.
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
