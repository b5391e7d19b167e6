import { describe, expect, it } from 'vitest';
import type { Webhook } from '../../src/simulator/model/callbacks.js';
import {
  activeParticipants,
  type Conference,
  type ConferenceLaml,
  documentedStatus,
  isCallOver,
} from '../../src/simulator/model/resources.js';
import { createSpaceModel } from '../../src/simulator/model/space-model.js';
import { current } from '../../src/simulator/model/timeline.js';
import { DOCUMENTED, type Traits } from '../../src/simulator/model/traits.js';
import { createViews } from '../../src/simulator/model/views.js';

const START = Date.UTC(2026, 0, 1);

const LAML: ConferenceLaml = {
  name: 'room',
  record: 'record-from-start',
  trim: 'do-not-trim',
  startConferenceOnEnter: true,
  endConferenceOnExit: false,
  muted: false,
  statusCallback: 'https://app.example.com/status',
  statusCallbackEvent: ['start', 'end', 'join', 'leave'],
  statusCallbackMethod: 'POST',
  recordingStatusCallback: 'https://app.example.com/recording',
  recordingStatusCallbackEvent: ['in-progress', 'completed'],
  recordingStatusCallbackMethod: 'POST',
};

/** Creates a space whose clock only the test advances. */
function createSpace(traits: Partial<Traits> = {}) {
  const clock = { now: START };
  const callbacks: Webhook[] = [];
  let sids = 0;
  const model = createSpaceModel({
    projectId: 'project',
    traits: { ...DOCUMENTED, ...traits },
    now: () => clock.now,
    newSid() {
      sids += 1;
      return `sid-${sids}`;
    },
    minParticipants: 2,
    recordingUrl: (sid) => `https://space.example.com/${sid}`,
    onCallback: (callback) => callbacks.push(callback),
    onChange() {},
  });
  const join = (changes: Partial<ConferenceLaml> = {}) => {
    const call = model.addCall('+15550200001', '+15550100000', 'inbound');
    model.setCallStatus(call, 'in-progress');
    model.join(call, { ...LAML, ...changes });
    return call;
  };
  const only = (): Conference => {
    const [conference, ...others] = [...model.conferences.values()];
    if (!conference || others.length > 0) throw new Error('There is not exactly one conference.');
    return conference;
  };
  const events = () =>
    callbacks.map(({ parameters }) => parameters.StatusCallbackEvent ?? `recording ${parameters.RecordingStatus}`);
  return { model, views: createViews(model), clock, callbacks, events, join, only };
}

describe('a conference in the model', () => {
  it('begins and is recorded when a second person joins, and ends when the last one leaves', () => {
    const { model, clock, join, only, events } = createSpace();
    const first = join();
    expect(current(only().status)).toBe('waiting');
    clock.now += 1000;
    const second = join();
    clock.now += 5000;
    model.endCall(first);
    clock.now += 2000;
    model.endCall(second);
    expect(current(only().status)).toBe('completed');
    expect(events()).toEqual([
      'participant-join',
      'participant-join',
      'conference-start',
      'recording in-progress',
      'participant-leave',
      'participant-leave',
      'conference-end',
      'recording completed',
    ]);
    expect(only().meter.read()).toEqual({ recordedMs: 7000, soloMs: 2000, lostMs: 0, longestWrongMs: 2000 });
  });

  it('is a new one if its name is used again after it ended', () => {
    const { model, join } = createSpace();
    model.endCall(join());
    join();
    expect(model.conferences.size).toBe(2);
    model.forgetEnded();
    expect(model.conferences.size).toBe(1);
    expect(model.calls.size).toBe(1);
  });

  it('reports the URL and the size of its recording at the end', () => {
    const { model, clock, join, only, callbacks } = createSpace();
    join();
    join();
    clock.now += 10_000;
    model.endConference(only());
    const end = callbacks.find(({ parameters }) => parameters.StatusCallbackEvent === 'conference-end');
    const { RecordingUrl, RecordingFileSize, Duration } = end?.parameters ?? {};
    const [recording] = only().recordings;
    expect(RecordingUrl).toBe(`https://space.example.com/${recording?.sid}`);
    expect([RecordingFileSize, Duration]).toEqual([String(44 + 160_000), '10']);
    expect(callbacks.at(-1)?.parameters.RecordingDuration).toBe('10');
  });

  it('rejects only callers who exceed MaxParticipants', () => {
    const { join, only } = createSpace();
    join();
    expect(isCallOver(join({ maxParticipants: 1 }))).toBe(true);
    expect(activeParticipants(only())).toHaveLength(1);
  });

  it('leaves out a pause from its recording, or keeps it as silence', () => {
    const { model, clock, join, only, callbacks } = createSpace();
    join();
    join();
    const conference = only();
    const [recording] = conference.recordings;
    if (!recording) throw new Error('Nothing is recorded.');
    for (const behavior of ['skip', 'silence'] as const) {
      clock.now += 1000;
      expect(model.updateRecording(conference, recording, 'paused', behavior)).toBe(true);
      clock.now += 10_000;
      expect(model.updateRecording(conference, recording, 'in-progress', behavior)).toBe(true);
    }
    expect(documentedStatus(recording)).toBe('resumed');
    expect(model.updateRecording(conference, recording, 'stopped', 'skip')).toBe(true);
    expect(model.updateRecording(conference, recording, 'in-progress', 'skip')).toBe(false);
    model.endConference(conference);
    expect(recording.audioMs).toBe(1000 + 1000 + 10_000);
    expect(callbacks.map(({ parameters }) => parameters.RecordingStatus)).not.toContain('completed');
  });
});

describe('the views of the model', () => {
  it('let lists and single reads lag, each by its own trait', () => {
    const { views, clock, join, only } = createSpace({ listLagMs: 1000, readLagMs: 3000 });
    const first = join();
    const seen = () => [views.listConferences().length, views.findConference(only().sid) !== undefined];
    expect(seen()).toEqual([0, false]);
    clock.now += 1000;
    expect(seen()).toEqual([1, false]);
    clock.now += 2000;
    expect(seen()).toEqual([1, true]);
    expect(views.findCall(first.sid.toUpperCase())?.status).toBe('in-progress');
    const second = join();
    const seesSecond = () => [
      views.listParticipants(only().sid)?.length === 2,
      views.findParticipant(only().sid, second.sid) !== undefined,
      views.findParticipantToUpdate(only().sid, second.sid) !== undefined,
    ];
    expect(seesSecond()).toEqual([false, false, true]);
    clock.now += 1000;
    expect(seesSecond()).toEqual([true, false, true]);
    clock.now += 2000;
    expect(seesSecond()).toEqual([true, true, true]);
  });

  it('list people for a while after they left, and let only people who are in be updated', () => {
    const { model, views, clock, join, only } = createSpace({ leftListedMs: 1000 });
    join();
    const second = join();
    model.endCall(second);
    const { sid } = only();
    expect(views.listParticipants(sid)?.map(({ status }) => status)).toEqual(['in-progress', 'completed']);
    expect(views.findParticipant(sid, second.sid)?.status).toBe('completed');
    expect(views.findParticipantToUpdate(sid, second.sid)).toBeUndefined();
    clock.now += 1000;
    expect(views.listParticipants(sid)).toHaveLength(1);
    expect(views.findParticipant(sid, second.sid)).toBeUndefined();
  });

  it('know a conference only after two people have met in it if a waiting one reads as 404', () => {
    const { model, views, clock, join } = createSpace({ alone: '404' });
    const first = join();
    expect(views.listConferences()).toEqual([]);
    clock.now += 1000;
    join();
    expect(views.listConferences().map(({ status }) => status)).toEqual(['in-progress']);
    clock.now += 1000;
    model.endCall(first);
    expect(views.listConferences()).toHaveLength(1);
  });

  it('can show a resumed recording as paused for a while, although it is running', () => {
    const { model, views, clock, join, only } = createSpace({ resumedReads: 'paused', resumedLateMs: 500 });
    join();
    join();
    const conference = only();
    const [recording] = conference.recordings;
    if (!recording) throw new Error('Nothing is recorded.');
    const reads = () => views.findRecording(conference.sid, recording.sid)?.status;
    expect(reads()).toBe('in-progress');
    model.updateRecording(conference, recording, 'paused', 'skip');
    expect(reads()).toBe('paused');
    clock.now += 1000;
    model.updateRecording(conference, recording, 'in-progress', 'skip');
    expect(reads()).toBe('paused');
    expect(current(recording.status)).toBe('in-progress');
    clock.now += 500;
    expect(reads()).toBe('resumed');
  });

  it('do not show a deleted recording', () => {
    const { model, views, join, only } = createSpace();
    join();
    join();
    const conference = only();
    const [recording] = conference.recordings;
    if (!recording) throw new Error('Nothing is recorded.');
    expect(views.findAccountRecording(recording.sid)?.conference).toBe(conference);
    model.deleteRecording(conference, recording);
    expect(views.findAccountRecording(recording.sid)).toBeUndefined();
    expect([views.listRecordings(conference.sid), views.listAccountRecordings()]).toEqual([[], []]);
  });
});
