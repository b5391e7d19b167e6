import { z } from 'zod';
import { e164 } from '../phone-numbers/e164.js';
import type { RecordingPolicy } from '../recording/recording-policy.js';
import { invalidNameReason, MAX_NAME_LENGTH, MAX_PREFIX_LENGTH } from '../rooms/names.js';
import type { Announcement } from '../signalwire/laml.js';
import { announcement, announcementLanguage, createAnnouncement } from './announcement.js';
import { isUnquoted, isVisible, NOT_VISIBLE, QUOTED } from './copied.js';
import { alertUrl, publicUrl, redisUrl, spaceUrl } from './urls.js';

/** Everything that can be configured, validated. */
export interface Settings extends RecordingPolicy {
  /** Origin of the space's REST API, for example `https://example.signalwire.com`. */
  spaceUrl: string;
  /** A UUID, in lower case. */
  projectId: string;
  /** Needs the Voice scope, and Numbers if there is a `phoneNumber`. Source: SignalWire's OpenAPI document. */
  apiToken: string;
  /** Several during a rotation. An empty list accepts webhooks without a signature. */
  signingKeys: readonly string[];
  /**
   * Where SignalWire reaches this service, without a trailing slash. The host keeps the case it was given in, because signatures
   * cover it. Undefined if ngrok provides the URL.
   */
  publicUrl: string | undefined;
  /** Undefined without an authtoken. Without a domain, ngrok assigns a random one. */
  ngrok: { authtoken: string; domain: string | undefined } | undefined;
  /** 0 picks a free port. */
  port: number;
  /** The address to listen on. */
  host: string;
  /** The number to point here at the start, in E.164 form; undefined leaves all numbers alone. */
  phoneNumber: string | undefined;
  /** The room for callers who don't ask for one, without the prefix; undefined puts them into the open room. */
  conferenceName: string | undefined;
  /** The prefix of the names of all our conferences. */
  conferencePrefix: string;
  /** What callers hear before they join their conference; undefined for nothing. */
  announcement: Announcement | undefined;
  /** Milliseconds between two reads of a conference; 0 reads at the start and after callbacks only. */
  resyncIntervalMs: number;
  /** Protects the status page, its feed, the webhooks and the metrics; undefined disables them. */
  statusPassword: string | undefined;
  /** Gets a POST when a recording has been wrong for some seconds, and when all is right again; undefined sends none. */
  alertUrl: string | undefined;
  /** The Redis through which the copies of the service act as one, perhaps with a password; undefined if each works by itself. */
  redisUrl: string | undefined;
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

/** The settings are invalid. The message is for a person: a line for each mistake, without the values. */
export class SettingsError extends Error {
  /**
   * @param mistakes a sentence each, beginning with the variable's name
   * @param hints sentences about variables that may have been meant as settings
   */
  constructor(
    readonly mistakes: readonly string[],
    readonly hints: readonly string[] = [],
  ) {
    const count = mistakes.length === 1 ? 'One setting is wrong' : `${mistakes.length} settings are wrong`;
    super([`${count} (see .env.example):`, ...[...mistakes, ...hints].map((sentence) => `  ${sentence}`)].join('\n'));
    this.name = 'SettingsError';
  }
}

/**
 * Reads the settings from environment variables. An empty variable counts as unset.
 *
 * @param env usually `process.env`, after dotenv
 * @throws SettingsError with every mistake at once, each with its variable's name
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const filled = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const result = environment.safeParse(filled);
  if (!result.success) throw new SettingsError(result.error.issues.map((i) => `${i.path.join('.')} ${i.message}`));
  const given = result.data;
  return {
    spaceUrl: given.SIGNALWIRE_SPACE_URL,
    projectId: given.SIGNALWIRE_PROJECT_ID,
    apiToken: given.SIGNALWIRE_API_TOKEN,
    signingKeys: given.ALLOW_UNSIGNED_WEBHOOKS ? [] : given.SIGNALWIRE_SIGNING_KEY,
    publicUrl: given.PUBLIC_URL,
    ngrok: given.NGROK_AUTHTOKEN ? { authtoken: given.NGROK_AUTHTOKEN, domain: given.NGROK_DOMAIN } : undefined,
    port: given.PORT,
    host: given.HOST,
    phoneNumber: given.SIGNALWIRE_PHONE_NUMBER,
    minParticipants: given.MIN_PARTICIPANTS,
    pauseBehavior: given.PAUSE_BEHAVIOR,
    countHeld: given.COUNT_HELD,
    conferenceName: given.CONFERENCE_NAME,
    conferencePrefix: given.CONFERENCE_PREFIX,
    announcement: createAnnouncement(given.ANNOUNCEMENT, given.ANNOUNCEMENT_LANGUAGE),
    resyncIntervalMs: given.SWEEP_INTERVAL_SECONDS * 1000,
    statusPassword: given.STATUS_PASSWORD,
    alertUrl: given.ALERT_URL,
    redisUrl: given.REDIS_URL,
    logLevel: given.LOG_LEVEL,
  };
}

/** A day: far above any useful interval, and far below the limit of Node's timers. */
const MAX_SWEEP_SECONDS = 86_400;

/**
 * What a signing key begins with. SignalWire's own SDKs have such keys in their examples and tests; its documentation doesn't
 * mention the prefix. That no API token begins with it is assumed.
 */
const SIGNING_KEY_PREFIX = 'PSK';

/** An ID or a secret, which people copy. */
const copied = (text = z.string()) => text.trim().refine(isUnquoted, QUOTED).refine(isVisible, NOT_VISIBLE);

const required = (what: string) => copied(z.string(`is missing: set it to ${what}.`));

const oneOf = <const Words extends readonly string[]>(words: Words) =>
  z.enum(words, `must be one of ${words.join(', ')}.`);

const flag = oneOf(['true', 'false']).transform((word) => word === 'true');

function wholeNumber(min: number, max: number) {
  const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `from ${min} to ${max}`;
  const message = `must be a whole number, ${range}.`;
  return z
    .string()
    .trim()
    .regex(/^\d+$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message));
}

const signingKeys = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((key) => key.trim())
      .filter((key) => key !== ''),
  )
  .refine((keys) => keys.every(isUnquoted), QUOTED)
  .refine((keys) => !keys.some((key) => key.includes(' ')), {
    error: 'must be one key, or several separated by commas.',
    abort: true,
  })
  .refine((keys) => keys.every(isVisible), NOT_VISIBLE);

const phoneNumber = z.string().transform((text, context) => {
  const number = e164(text);
  if (number !== undefined) return number;
  context.addIssue({ code: 'custom', message: 'must be a number in E.164 form, for example +15551234567.' });
  return z.NEVER;
});

const environment = z
  .object({
    SIGNALWIRE_SPACE_URL: spaceUrl,
    SIGNALWIRE_PROJECT_ID: required('the project ID of your space').pipe(
      z.guid('must be a project ID: a UUID, as the dashboard shows it under API Credentials.').toLowerCase(),
    ),
    SIGNALWIRE_API_TOKEN: required('an API token with the Voice scope').refine(
      (token) => !token.startsWith(SIGNING_KEY_PREFIX),
      `is a signing key (it begins with ${SIGNING_KEY_PREFIX}), not an API token: the dashboard has those under API Credentials, Tokens.`,
    ),
    SIGNALWIRE_SIGNING_KEY: signingKeys.default([]),
    ALLOW_UNSIGNED_WEBHOOKS: flag.default(false),
    SIGNALWIRE_PHONE_NUMBER: phoneNumber.optional(),
    PUBLIC_URL: publicUrl.optional(),
    NGROK_AUTHTOKEN: copied().optional(),
    NGROK_DOMAIN: z
      .string()
      .trim()
      .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'must be a host name, for example example.ngrok.app.')
      .optional(),
    PORT: wholeNumber(0, 65_535).default(3000),
    HOST: z
      .string()
      .trim()
      .regex(/^[\w.:-]+$/, 'must be an address or a host name, for example 127.0.0.1.')
      .default('0.0.0.0'),
    MIN_PARTICIPANTS: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(2),
    PAUSE_BEHAVIOR: oneOf(['skip', 'silence']).default('skip'),
    COUNT_HELD: flag.default(true),
    CONFERENCE_NAME: z.string().trim().optional(),
    CONFERENCE_PREFIX: z
      .string()
      .trim()
      .max(MAX_PREFIX_LENGTH, `must have at most ${MAX_PREFIX_LENGTH} characters, so that a CallSid fits behind it.`)
      .refine((prefix) => invalidNameReason(prefix) === undefined, 'contains characters that XML cannot represent.')
      .default('recorded-'),
    ANNOUNCEMENT: announcement.optional(),
    ANNOUNCEMENT_LANGUAGE: announcementLanguage.optional(),
    SWEEP_INTERVAL_SECONDS: wholeNumber(0, MAX_SWEEP_SECONDS).default(30),
    STATUS_PASSWORD: z
      .string()
      .trim()
      .refine((text) => !/^(["'`]).*\1$/.test(text), QUOTED)
      .optional(),
    ALERT_URL: alertUrl.optional(),
    REDIS_URL: redisUrl.optional(),
    LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  })
  // `when` runs these checks even if other variables are invalid, so that all mistakes are reported at once.
  .refine((given) => given.SIGNALWIRE_SIGNING_KEY?.length || given.ALLOW_UNSIGNED_WEBHOOKS === true, {
    path: ['SIGNALWIRE_SIGNING_KEY'],
    error:
      "is missing: set it to the project's signing key (or set ALLOW_UNSIGNED_WEBHOOKS=true while trying things out).",
    when: () => true,
  })
  .refine((given) => given.PUBLIC_URL || given.NGROK_AUTHTOKEN, {
    path: ['PUBLIC_URL'],
    error: 'is missing: set it to where SignalWire reaches this service, or set NGROK_AUTHTOKEN to open a tunnel.',
    when: () => true,
  })
  .refine((given) => !given.CONFERENCE_NAME || !invalidNameReason(given.CONFERENCE_PREFIX + given.CONFERENCE_NAME), {
    path: ['CONFERENCE_NAME'],
    error: `is too long with CONFERENCE_PREFIX (${MAX_NAME_LENGTH} characters at most), or has characters that XML cannot represent.`,
    when: () => true,
  });

/** The names of the variables that `readSettings` reads. */
export const variables: readonly string[] = Object.keys(environment.shape);
