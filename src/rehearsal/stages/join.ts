import { FAILURES } from '../../signalwire/place-call.js';
import { isCallOver, joinReportedAt, lastWebhookOf, type PlacedCall, readsOf } from '../observations.js';
import type { RehearsalOptions } from './stage.js';

/**
 * Calls a phone, and waits until it is in the conference.
 *
 * @throws Error with a sentence if nobody joins, the service no longer answers, or it refuses SignalWire's request for the call
 */
export async function join(phone: 'first' | 'second', options: RehearsalOptions): Promise<PlacedCall> {
  const { watch, waits, say } = options;
  const { seen } = watch;
  // A phone must not ring for nothing.
  const since = Date.now();
  await watch.until(() => watch.serviceAnsweredAt() > since, 2 * waits.silence);
  const lastWebhook = lastWebhookOf(seen);
  const lastRefused = seen.refused.length;
  say(`Calling the ${phone} phone. Please answer it.`);
  const placedAt = Date.now();
  const sid = await options.call(phone);
  const call: PlacedCall = { sid: sid.toLowerCase(), lastWebhook, placedAt };
  seen.calls.push(call);
  watch.addCall(sid);
  const hasJoined = () =>
    joinReportedAt(seen, call) !== undefined ||
    seen.participants.at(-1)?.value.some((one) => one.sid === call.sid) === true ||
    seen.reported?.callSids.includes(call.sid) === true;
  const isOver = () => readsOf(seen, call).some(isCallOver);
  const isAnswered = () => readsOf(seen, call).some(({ value }) => value.word === 'in-progress');
  const refusal = () =>
    seen.refused.slice(lastRefused).find(({ route, signature }) => route === '/inbound' && signature);
  const isDecided = () => hasJoined() || isOver() || refusal() !== undefined;
  await watch.until(() => isDecided() || isAnswered(), waits.join);
  if (isAnswered()) await watch.until(isDecided, waits.announcement);
  if (hasJoined()) return call;
  const refused = refusal();
  if (refused) {
    const reason = refused.reason?.replace(/\.$/, '') ?? 'no reason';
    throw new Error(
      `The service refused SignalWire's request for what to do with the call: ${reason}. "conference-recorder doctor" may say why.`,
    );
  }
  const word = readsOf(seen, call).find(isCallOver)?.value.word ?? '';
  const reason = FAILURES[word] ?? (word && 'The call ended before it was in the conference.');
  const missing = isAnswered()
    ? `it was answered, but is not in the conference after another ${waits.announcement / 1000} s.`
    : `nobody joined within ${waits.join / 1000} s.`;
  throw new Error(`The ${phone} phone: ${reason || missing}`);
}
