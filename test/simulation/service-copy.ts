import { type Copies, createCopies } from '../../src/copies/copies.js';
import { reportConferenceEvent } from '../../src/http/webhooks/conference-event.js';
import { parseTimestamp } from '../../src/http/webhooks/timestamp.js';
import { createProblems } from '../../src/monitoring/problems.js';
import type { RecorderEvent } from '../../src/recorder-events.js';
import { DEFAULT_DURATIONS } from '../../src/recording/durations.js';
import { createReconciler, type Reconciler } from '../../src/recording/reconciler.js';
import { createPolicyFor } from '../../src/recording/recording-policy.js';
import { ALONE } from '../../src/recording/sharing.js';
import { createOpenRoom } from '../../src/rooms/open-room.js';
import { SpaceError } from '../../src/signalwire/space-error.js';
import { type Copy, type CopyOptions, shortenSid } from './copy.js';

/** Starts the service itself: the parts that `recorder.ts` puts together, without HTTP. */
export function startServiceCopy(options: CopyOptions): Copy {
  const { space, conferencePrefix, minParticipants, countHeld = true, log, onEvent, onProblem } = options;
  const openRoom = createOpenRoom({
    space,
    prefix: conferencePrefix,
    occupancyOf: (name) => reconciler.occupancyOf(name),
    checksCallers: () => copies?.decidesOpenRoom() ?? true,
    onCallerGone: (callSid) => copies?.callerGone(callSid),
  });
  const judgedWrong = new Set<string>();
  const problems = createProblems((event) => {
    if (event.type === 'problem-began' && event.problem.conferenceSid) onProblem?.(event.problem.conferenceSid);
  }, DEFAULT_DURATIONS.tolerated);
  const copies: Copies | undefined =
    options.openLink &&
    createCopies({
      id: options.id ?? 'copy',
      openLink: options.openLink,
      reconciler: () => reconciler,
      openRoom: () => openRoom,
      emit() {},
      emitOthers(event) {
        keepJudgement(event, judgedWrong);
        problems.listener(event);
      },
    });
  const reconciler = createReconciler({
    ...options,
    policyFor: options.policyFor ?? createPolicyFor({ minParticipants, pauseBehavior: 'skip', countHeld }),
    emit(event) {
      onEvent?.(event);
      logEvent(event, log);
      keepJudgement(event, judgedWrong);
      problems.listener(event);
      // Any other error is a mistake in the service. It must not be retried unnoticed.
      if (event.type === 'requests-failed' && !(event.error instanceof SpaceError)) throw event.error;
    },
    durations: DEFAULT_DURATIONS,
    openRoom,
    sharing: copies?.sharing ?? ALONE,
  });
  const ready = Promise.all([reconciler.start(), copies?.start()]).then(() => copies?.join());

  return {
    async conferenceNameFor(callSid) {
      await ready;
      return copies?.placeCaller(callSid) ?? openRoom.placeCaller(callSid);
    },
    receive: ({ parameters }) => report(reconciler, parameters),
    get size() {
      return reconciler.size;
    },
    judgedWrong,
    hasNoOpenRoom: () => openRoom.placeCaller('nobody') === `${conferencePrefix}nobody`,
    async stop() {
      copies?.leave();
      openRoom.close();
      await reconciler.close();
      await copies?.close();
      problems.close();
    },
  };
}

function logEvent(event: RecorderEvent, log: (line: string) => void): void {
  if (event.type === 'recording-written') {
    log(`${shortenSid(event.conference.sid)} ${event.state} (${event.trigger.kind})`);
  } else if (event.type === 'conference-over') {
    log(`${shortenSid(event.conferenceSid)} is over`);
  }
}

function keepJudgement(event: RecorderEvent, wrong: Set<string>): void {
  if (event.type !== 'conference-assessed' && event.type !== 'conference-over') return;
  const sid = event.conferenceSid.toLowerCase();
  if (event.type === 'conference-assessed' && event.wrongSince !== undefined) wrong.add(sid);
  else wrong.delete(sid);
}

/** Does what the routes for callbacks do. */
function report(reconciler: Reconciler, parameters: Record<string, string>): void {
  const { ConferenceSid: conferenceSid, RecordingSid: recordingSid, RecordingStatus: status } = parameters;
  if (recordingSid) {
    const { RecordingDuration: seconds, RecordingUrl: url } = parameters;
    reconciler.recordingReported({ conferenceSid, recordingSid, status, seconds, url });
  } else if (conferenceSid) {
    const { StatusCallbackEvent: event, FriendlyName: name, CallSid: callSid, Timestamp: timestamp = '' } = parameters;
    reportConferenceEvent(reconciler, { event, conferenceSid, name, callSid, happenedAt: parseTimestamp(timestamp) });
  }
}
