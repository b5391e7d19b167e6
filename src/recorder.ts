import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Router } from 'express';
import pino, { type Logger } from 'pino';
import { type Copies, createCopies } from './copies/copies.js';
import { createLinkStatus } from './copies/link-status.js';
import { channelOf, createRedisLink } from './copies/redis-link.js';
import { createReadiness } from './http/readiness.js';
import { createRoutes } from './http/routes.js';
import { createClockWarning } from './log/clock-warning.js';
import { createCopiesLog } from './log/copies-log.js';
import { createEventLog } from './log/event-log.js';
import { createLagWarning } from './log/lag-warning.js';
import { logOptions } from './log/log.js';
import { createAlerts } from './monitoring/alerts.js';
import { createOutageDetector } from './monitoring/outage.js';
import { createProblems } from './monitoring/problems.js';
import { createRecordingStories } from './monitoring/recording-stories.js';
import { pointNumber as pointNumberAt } from './phone-numbers/point-number.js';
import { type Emit, emitTo, type RecorderEvent } from './recorder-events.js';
import { DEFAULT_DURATIONS, type Durations } from './recording/durations.js';
import { createReconciler } from './recording/reconciler.js';
import { createPolicyFor } from './recording/recording-policy.js';
import { ALONE } from './recording/sharing.js';
import { createOpenRoom } from './rooms/open-room.js';
import type { Settings } from './settings/settings.js';
import { recordingUrl } from './signalwire/recording-url.js';
import { createSpace } from './signalwire/rest-space.js';
import { isUnauthorized } from './signalwire/space-error.js';
import { createStatus } from './status/status-routes.js';

export interface RecorderOptions {
  /** A pino logger. The default writes JSON lines to the standard output, at the level of the settings. */
  log?: Logger;
  /** Where SignalWire reaches the router; returns undefined until that is known. The default is the settings' public URL. */
  publicUrl?: () => string | undefined;
  /** Waits that differ from the defaults, in milliseconds. */
  durations?: Partial<Durations>;
}

/** The service as a router, to be mounted in an Express app of one's own. */
export interface Recorder {
  /** The webhooks, `/healthz`, and the status page if there is a password. Mount it before any body parser. */
  router: Router;
  /**
   * Discovers the conferences in progress, for three seconds at most. Callers without a room wait until that is done.
   *
   * @throws Error with a human-readable message if SignalWire refuses the credentials
   */
  start(): Promise<void>;
  /**
   * Points the settings' phone number, if there is one, at the public URL, and logs the result. If SignalWire fails, it tries again
   * until that works or is refused, or `close` ends it; so don't make anything wait for it. Never rejects.
   */
  pointNumber(): Promise<void>;
  /** Makes `/readyz` answer 503, so that a load balancer sends requests elsewhere. `close` does so, too. */
  prepareToStop(): void;
  /** Finishes the work on every callback that was acknowledged, in 8 of the 10 s that R11 allows a stop. Never rejects. */
  close(): Promise<void>;
}

/**
 * Puts the parts of the service together. Sends SignalWire no request until it is started or a callback arrives.
 *
 * @throws Error if there is no public URL, nor an option that gives one later
 */
export function createRecorder(settings: Settings, options: RecorderOptions = {}): Recorder {
  const { log = pino(logOptions(settings.logLevel)), publicUrl = () => settings.publicUrl } = options;
  if (settings.publicUrl === undefined && options.publicUrl === undefined) {
    throw new Error('PUBLIC_URL is missing: set it to the URL of the path that the router is mounted under.');
  }
  const durations = { ...DEFAULT_DURATIONS, ...options.durations };
  const { conferencePrefix, resyncIntervalMs, statusPassword, phoneNumber, alertUrl, redisUrl } = settings;
  if (settings.signingKeys.length === 0) {
    log.warn('ALLOW_UNSIGNED_WEBHOOKS is true: anybody who finds this service can make it pause recordings');
  }

  const policyFor = createPolicyFor(settings);
  const outageDetector = createOutageDetector(log, (event) => emit(event), resyncIntervalMs > 0);
  const problems = createProblems(
    (event) => emitOnce(event),
    durations.tolerated,
    (copy) => copies?.ids.includes(copy) ?? false,
  );
  const stories = createRecordingStories({
    policyFor,
    urlOf: (sid) => recordingUrl(settings.spaceUrl, settings.projectId, sid),
    emit: (event) => emitOnce(event),
  });
  const linkStatus = redisUrl === undefined ? undefined : createLinkStatus();
  const status =
    statusPassword === undefined
      ? undefined
      : createStatus({
          password: statusPassword,
          problems,
          policyFor,
          conferencePrefix,
          resyncIntervalMs,
          copies: () => copies,
          linkStatus,
        });
  const alerts = alertUrl === undefined ? undefined : createAlerts({ url: alertUrl, problems, log, publicUrl });
  const readiness = createReadiness(publicUrl, linkStatus);
  const space = createSpace({
    ...settings,
    timeoutMs: durations.request,
    onRequest: (outcome) => emit({ type: 'request-finished', ...outcome }),
  });
  // What is drawn from an event is logged and shown before the event itself.
  const listeners = [
    outageDetector,
    problems.listener,
    stories.listener,
    ...(linkStatus ? [linkStatus.listener, createCopiesLog(log, linkStatus)] : []),
    createEventLog(log),
    createClockWarning(log, space),
    createLagWarning(log, resyncIntervalMs),
    readiness.listener,
    (event: RecorderEvent) => {
      if (event.type === 'webhook-answered') copies?.shareWebhook(event);
    },
    ...(alerts ? [alerts.listener] : []),
    ...(status?.listeners ?? []),
  ];
  const emit: Emit = emitTo(listeners, log);
  const othersListeners = [
    problems.listener,
    stories.listener,
    ...(alerts ? [alerts.othersListener] : []),
    ...(status?.othersListeners ?? []),
  ];
  const emitOthers: Emit = emitTo(othersListeners, log);
  /** Every copy follows all conferences, and the one that works on a conference speaks of it. */
  const emitOnce = (event: RecorderEvent) =>
    (isOurs(subjectOf(event)) && !isAboutOtherCopy(event) ? emit : emitOthers)(event);
  const isOurs = (sid: string | undefined) => copies === undefined || sid === undefined || copies.sharing.isOurs(sid);
  const openRoom = createOpenRoom({
    space,
    prefix: conferencePrefix,
    occupancyOf: (name) => reconciler.occupancyOf(name),
    checksCallers: () => copies?.decidesOpenRoom() ?? true,
    onCallerGone: (callSid) => copies?.callerGone(callSid),
  });
  const copies: Copies | undefined =
    redisUrl === undefined
      ? undefined
      : createCopies({
          id: `${hostname()}/${randomBytes(3).toString('hex')}`,
          openLink: createRedisLink({ url: redisUrl, channel: channelOf(settings) }),
          reconciler: () => reconciler,
          openRoom: () => openRoom,
          emit,
          emitOthers,
        });
  const reconciler = createReconciler({
    space,
    openRoom,
    emit,
    durations,
    policyFor,
    sharing: copies?.sharing ?? ALONE,
    conferencePrefix,
    resyncIntervalMs,
    random: Math.random,
  });
  const closing = new AbortController();
  // Callers without a room wait for the start, because discovery may find the room that others are in.
  let settleStart = () => {};
  const ready = new Promise<void>((resolve) => {
    settleStart = resolve;
  });
  const router = createRoutes({
    settings,
    placeCaller: (callSid) => copies?.placeCaller(callSid) ?? openRoom.placeCaller(callSid),
    ready,
    readiness,
    reconciler,
    log,
    emit,
    status: status?.router,
    publicUrl,
  });

  return {
    router,
    async start() {
      try {
        await Promise.all([reconciler.start(), copies?.start()]);
        copies?.join();
        readiness.started();
      } catch (error) {
        if (!isUnauthorized(error)) throw error;
        throw new Error(
          'SignalWire refused the credentials (401). Check SIGNALWIRE_PROJECT_ID and SIGNALWIRE_API_TOKEN, and that ' +
            `SIGNALWIRE_SPACE_URL (${settings.spaceUrl}) is the space they belong to.`,
          { cause: error },
        );
      } finally {
        settleStart();
      }
    },
    async pointNumber() {
      const url = publicUrl();
      if (phoneNumber === undefined || url === undefined) return;
      const { signal } = closing;
      await pointNumberAt({ space, phoneNumber, publicUrl: url, log, durations, random: Math.random, signal });
    },
    prepareToStop: readiness.stopping,
    async close() {
      closing.abort();
      readiness.stopping();
      copies?.leave();
      openRoom.close();
      await reconciler.close();
      await copies?.close();
      problems.close();
      stories.close();
      alerts?.close();
      space.close();
    },
  };
}

/** Whether an event is about a problem that another copy has, and speaks of itself. */
function isAboutOtherCopy(event: RecorderEvent): boolean {
  return 'problem' in event && event.problem.copy !== undefined;
}

/** The conference, or else the recording, that an event is about; undefined if it is about neither. */
function subjectOf(event: RecorderEvent): string | undefined {
  switch (event.type) {
    case 'problem-began':
    case 'problem-changed':
    case 'problem-ended':
      return event.problem.conferenceSid ?? undefined;
    case 'recording-finished':
      return event.conferenceSid ?? event.story.recordingSid;
  }
}
