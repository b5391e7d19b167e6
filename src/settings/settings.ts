import { z } from 'zod';
import { e164 } from '../phone-numbers/e164.js';
import { MAX_NAME_LENGTH, MAX_PREFIX_LENGTH, nameFault } from '../rooms/names.js';

/** Everything the service can be told, checked. */
export interface Settings {
  /** Origin of the space's REST API, for example `https://example.signalwire.com`. */
  spaceUrl: string;
  /** A UUID, in small letters. */
  projectId: string;
  /** Needs the Voice scope, and Numbers where there is a `phoneNumber`. Source: SignalWire's OpenAPI document. */
  apiToken: string;
  /** Several while they are being changed; none means that webhooks are taken without a signature. */
  signingKeys: readonly string[];
  /**
   * Where SignalWire reaches this service, without a slash at the end and with the host's letters as they were given, as
   * signatures cover it. Undefined means that ngrok will tell.
   */
  publicUrl: string | undefined;
  /** Undefined where there is a public URL and no authtoken; a random domain is taken where none is given. */
  ngrok: { authtoken: string; domain: string | undefined } | undefined;
  /** 0 takes a free one. */
  port: number;
  /** The address to listen on. */
  host: string;
  /** The number to point here at the start, in E.164 form; undefined leaves all numbers alone. */
  phoneNumber: string | undefined;
  /** The recording runs while at least this many people are in. */
  minParticipants: number;
  /** What a paused stretch leaves in the recording: nothing (`skip`) or silence. */
  pauseBehavior: 'skip' | 'silence';
  /** The room of callers who ask for none, without the prefix; undefined has them share one that the first of them names. */
  conferenceName: string | undefined;
  /** What all names of our conferences begin with. */
  conferencePrefix: string;
  /** Milliseconds after which everything is read again; 0 means that it's read at the start alone. */
  resyncIntervalMs: number;
  /** Opens the status page, its feed and the metrics; undefined keeps them closed. */
  statusPassword: string | undefined;
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

/** The environment doesn't make sense. The message is meant for a person: a line for each mistake, no values. */
export class SettingsError extends Error {
  /** @param mistakes a sentence each, which begins with the variable's name */
  constructor(readonly mistakes: readonly string[]) {
    const count = mistakes.length === 1 ? 'One setting is wrong' : `${mistakes.length} settings are wrong`;
    super([`${count} (see .env.example):`, ...mistakes.map((mistake) => `  ${mistake}`)].join('\n'));
    this.name = 'SettingsError';
  }
}

/** A day: far above any useful interval, and far below where Node's timers overflow. */
const MAX_SWEEP_SECONDS = 86_400;

/**
 * Turns environment variables into settings. An empty variable counts as one that isn't set.
 *
 * @param env usually `process.env`, after dotenv
 * @throws SettingsError with every mistake at once, each under its variable's name
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
    conferenceName: given.CONFERENCE_NAME,
    conferencePrefix: given.CONFERENCE_PREFIX,
    resyncIntervalMs: given.SWEEP_INTERVAL_SECONDS * 1000,
    statusPassword: given.STATUS_PASSWORD,
    logLevel: given.LOG_LEVEL,
  };
}

const required = (what: string) => z.string(`is missing: set it to ${what}.`).trim();

const oneOf = <const Words extends readonly string[]>(words: Words) =>
  z.enum(words, `must be one of ${words.join(', ')}.`);

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

// The values are read by people from dashboards, where the host comes alone as often as with https:// before it.
const spaceUrl = required('your space, for example example.signalwire.com').transform((text, context) => {
  const fault = (message: string) => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  if (!url || !(url.hostname.includes('.') || isLoopback(url))) {
    return fault("must be your space's host or URL, for example example.signalwire.com.");
  }
  if (url.pathname !== '/' || url.search || url.hash || hasUser(url)) {
    return fault('must be the space alone, without a path, a query or a user: for example example.signalwire.com.');
  }
  if (!isSafe(url))
    return fault('must begin with https:// (plain http:// is only for loopback, such as the simulator).');
  return url.origin;
});

const publicUrl = z
  .string()
  .trim()
  .transform((text, context) => {
    const fault = (message: string) => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    const url = URL.parse(text);
    if (!url?.hostname) return fault('must be a whole URL, for example https://recorder.example.com.');
    if (!isSafe(url)) return fault('must begin with https:// (plain http:// is only for loopback).');
    if (url.search || url.hash || hasUser(url)) return fault('must not have a query, a fragment or a user in it.');
    if (/\/inbound\/?$/.test(url.pathname)) return fault('must be given without /inbound at the end.');
    return (originAsGiven(url, text) + url.pathname).replace(/\/+$/, '');
  });

const signingKeys = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((key) => key.trim())
      .filter((key) => key !== ''),
  )
  .refine(
    (keys) => !keys.some((key) => /[\s"']/.test(key)),
    'must be the key alone, or several by commas, without quotes.',
  );

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
      z.guid('must be a project ID: a UUID such as the dashboard shows under API Credentials.').toLowerCase(),
    ),
    SIGNALWIRE_API_TOKEN: required('an API token with the Voice scope'),
    SIGNALWIRE_SIGNING_KEY: signingKeys.default([]),
    ALLOW_UNSIGNED_WEBHOOKS: oneOf(['true', 'false'])
      .default('false')
      .transform((word) => word === 'true'),
    SIGNALWIRE_PHONE_NUMBER: phoneNumber.optional(),
    PUBLIC_URL: publicUrl.optional(),
    NGROK_AUTHTOKEN: z.string().trim().optional(),
    NGROK_DOMAIN: z
      .string()
      .trim()
      .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'must be a host alone, for example example.ngrok.app.')
      .optional(),
    PORT: wholeNumber(0, 65_535).default(3000),
    HOST: z
      .string()
      .trim()
      .regex(/^[\w.:-]+$/, 'must be an address or a host name, for example 127.0.0.1.')
      .default('0.0.0.0'),
    MIN_PARTICIPANTS: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(2),
    PAUSE_BEHAVIOR: oneOf(['skip', 'silence']).default('skip'),
    CONFERENCE_NAME: z.string().trim().optional(),
    CONFERENCE_PREFIX: z
      .string()
      .trim()
      .max(MAX_PREFIX_LENGTH, `must have at most ${MAX_PREFIX_LENGTH} characters, so that a CallSid fits behind it.`)
      .refine((prefix) => nameFault(prefix) === undefined, 'holds characters that XML cannot carry.')
      .default('recorded-'),
    SWEEP_INTERVAL_SECONDS: wholeNumber(0, MAX_SWEEP_SECONDS).default(30),
    STATUS_PASSWORD: z.string().trim().optional(),
    LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  })
  // `when` makes these run also where other variables are wrong: all mistakes are reported at once.
  .refine((given) => given.SIGNALWIRE_SIGNING_KEY?.length || given.ALLOW_UNSIGNED_WEBHOOKS === true, {
    path: ['SIGNALWIRE_SIGNING_KEY'],
    error:
      "is missing: set it to the project's signing key (or set ALLOW_UNSIGNED_WEBHOOKS=true while trying things out).",
    when: () => true,
  })
  .refine((given) => given.PUBLIC_URL || given.NGROK_AUTHTOKEN, {
    path: ['PUBLIC_URL'],
    error: 'is missing: set PUBLIC_URL to where SignalWire reaches this service, or NGROK_AUTHTOKEN to open a tunnel.',
    when: () => true,
  })
  .refine((given) => !given.CONFERENCE_NAME || !nameFault(given.CONFERENCE_PREFIX + given.CONFERENCE_NAME), {
    path: ['CONFERENCE_NAME'],
    error: `must, with CONFERENCE_PREFIX before it, have at most ${MAX_NAME_LENGTH} characters, all of which XML can carry.`,
    when: () => true,
  });

/** A URL's origin with the host's letters as they were given: a URL itself has them small. */
function originAsGiven({ protocol, hostname, port }: URL, text: string): string {
  const start = text.toLowerCase().indexOf(hostname, protocol.length);
  const host = start === -1 ? hostname : text.slice(start, start + hostname.length);
  return `${protocol}//${host}${port && `:${port}`}`;
}

function isSafe(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

function hasUser(url: URL): boolean {
  return url.username !== '' || url.password !== '';
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
