import type { PhoneNumber } from '../signalwire/space.js';

/** ngrok's own domains. Most of their addresses change at each start. Source: ngrok's documentation. */
const NGROK = /(^|\.)ngrok(-free)?\.(app|dev|io|pizza)$/;

/** What a number's webhooks should be. Both are requested with POST. */
export interface Target {
  voiceUrl: string;
  /**
   * The same URL, because SignalWire never retries a voice webhook, but requests its fallback (source: its page "Common webhook
   * errors"): each call gets a second try. Undefined if the number has a fallback of somebody else's, which stays.
   */
  fallbackUrl: string | undefined;
}

/** Where a number's calls should go: to this service, and if they did before, into the room that the number has. */
export function targetFor(
  { voiceUrl, fallbackUrl }: Pick<PhoneNumber, 'voiceUrl' | 'fallbackUrl'>,
  publicUrl: string,
): Target {
  const room = mayReplace(voiceUrl, publicUrl) ? URL.parse(voiceUrl)?.searchParams.get('room') : undefined;
  const url = `${publicUrl}/inbound${room ? `?${new URLSearchParams({ room })}` : ''}`;
  return { voiceUrl: url, fallbackUrl: mayReplace(fallbackUrl, publicUrl) ? url : undefined };
}

/**
 * Whether nobody would miss a URL: it is empty, or it is an `/inbound` on our own host or on one of ngrok's, which this service had
 * before. Any other path there may be another application, such as the one that this service is embedded in.
 */
export function mayReplace(url: string, publicUrl: string): boolean {
  if (url === '') return true;
  const parsed = URL.parse(url);
  if (!parsed?.pathname.endsWith('/inbound')) return false;
  return NGROK.test(parsed.hostname) || parsed.host === URL.parse(publicUrl)?.host;
}

/** Whether a number's voice webhook is as it should be. */
export function pointsTo({ voiceUrl, voiceMethod, hasApplication }: PhoneNumber, target: Target): boolean {
  return voiceUrl === target.voiceUrl && voiceMethod === 'POST' && !hasApplication;
}

/** Whether a number's fallback is as it should be. */
export function hasFallback({ fallbackUrl, fallbackMethod }: PhoneNumber, target: Target): boolean {
  return target.fallbackUrl === undefined || (fallbackUrl === target.fallbackUrl && fallbackMethod === 'POST');
}
