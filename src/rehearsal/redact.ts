import type { Settings } from '../settings/settings.js';
import type { Report } from './report.js';

/** A secret that is shorter than this can't be told from a part of a word. */
const MIN_LENGTH = 6;

/**
 * Creates a function that takes everything out of a text that tells whose it is: the values of the settings, the numbers, hosts
 * and SIDs, also those that nobody expects there.
 */
export function createRedactor(settings: Settings, ...others: string[]): (text: string) => string {
  const { spaceUrl, projectId, apiToken, signingKeys, statusPassword, publicUrl, phoneNumber, ngrok, alertUrl } =
    settings;
  const urls = [spaceUrl, publicUrl, alertUrl, ngrok?.domain, ...others.filter((other) => /^https?:/.test(other))];
  const values = [
    ...urls.flatMap((url) => (url === undefined ? [] : [url, hostOf(url)])),
    projectId,
    apiToken,
    ...signingKeys,
    statusPassword,
    phoneNumber,
    ngrok?.authtoken,
    ...others,
    // Some write a number without the plus.
    ...[phoneNumber, ...others].map((value) => /^\+(\d+)$/.exec(value ?? '')?.[1]),
  ].filter((value) => value !== undefined && value.length >= MIN_LENGTH);
  const longestFirst = [...new Set(values)].toSorted((a = '', b = '') => b.length - a.length);
  return (text) => {
    let redacted = text;
    for (const value of longestFirst) if (value !== undefined) redacted = redacted.replaceAll(value, '<redacted>');
    return redacted
      .replace(/(?:\b[A-Z]{2}-)?\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi, '<SID>')
      .replace(/\b(?:[A-Z]{2}|PSK_)?[\da-f]{24,}\b/gi, '<SID>')
      .replace(/\+\d{7,15}\b|(?<![\w.])[1-9]\d{9,14}\b/g, '<number>');
  };
}

/** Redacts each text in a report, and leaves its numbers and its form alone. */
export function redactTexts(report: Report, redact: (text: string) => string): Report {
  return JSON.parse(JSON.stringify(report), (_key, value: unknown) =>
    typeof value === 'string' ? redact(value) : value,
  );
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
