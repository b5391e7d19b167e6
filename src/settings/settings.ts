import type { RecordingPolicy } from '../recording/recording-policy.js';

/** Everything that can be configured, validated. */
export interface Settings extends Pick<RecordingPolicy, 'minParticipants' | 'pauseBehavior'> {
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
  /** 0 takes a free one. */
  port: number;
  /** The address to listen on. */
  host: string;
  /** The number to point here at the start, in E.164 form; undefined leaves all numbers alone. */
  phoneNumber: string | undefined;
  /** The room for callers who don't ask for one, without the prefix; undefined puts them into the open room. */
  conferenceName: string | undefined;
  /** The prefix of the names of all our conferences. */
  conferencePrefix: string;
  /** Milliseconds between two reads of a conference; 0 reads at the start and after callbacks only. */
  resyncIntervalMs: number;
  /** Protects the status page, its feed and the metrics; undefined disables them. */
  statusPassword: string | undefined;
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

/** The settings are invalid. The message is for a person: a line for each mistake, without the values. */
export class SettingsError extends Error {
  /** @param mistakes a sentence each, beginning with the variable's name */
  constructor(readonly mistakes: readonly string[]) {
    const count = mistakes.length === 1 ? 'One setting is wrong' : `${mistakes.length} settings are wrong`;
    super([`${count} (see .env.example):`, ...mistakes.map((mistake) => `  ${mistake}`)].join('\n'));
    this.name = 'SettingsError';
  }
}
