import { beforeEach, expect, it, vi } from 'vitest';
import {
  addParticipantEvent,
  appendEvent,
  createTimeline,
  type Timeline,
} from '../../src/status/conference-timeline.js';

let timeline: Timeline;

beforeEach(() => {
  vi.useFakeTimers({ now: 100_000 });
  timeline = createTimeline('one', undefined);
  appendEvent(timeline, 'seen');
  return () => void vi.useRealTimers();
});

const events = () => timeline.events.map(({ at, what, callSid = '', people }) => [at / 1000, what, callSid, people]);
const at = (seconds: number) => void vi.setSystemTime(seconds * 1000);

it('somebody who left late stands where it happened, and those after it are counted again', () => {
  addParticipantEvent(timeline, 'joined', 'a', 101_000);
  addParticipantEvent(timeline, 'joined', 'b', 102_000);
  at(110);
  addParticipantEvent(timeline, 'joined', 'c', 110_000);
  addParticipantEvent(timeline, 'left', 'a', 105_000);
  expect(events()).toEqual([
    [100, 'seen', '', 0],
    [101, 'joined', 'a', 1],
    [102, 'joined', 'b', 2],
    [105, 'left', 'a', 1],
    [110, 'joined', 'c', 2],
  ]);
  expect(timeline.people).toEqual(new Set(['b', 'c']));
});

it('nobody leaves before joining, even if Timestamps are too coarse to tell', () => {
  addParticipantEvent(timeline, 'joined', 'a', 101_400);
  addParticipantEvent(timeline, 'left', 'a', 101_000);
  expect(events().slice(1)).toEqual([
    [101.4, 'joined', 'a', 1],
    [101.4, 'left', 'a', 0],
  ]);
});

it('the conference begins with the first join, even if that callback is late', () => {
  addParticipantEvent(timeline, 'joined', 'a', 96_000);
  expect(events()).toEqual([
    [96, 'seen', '', 0],
    [96, 'joined', 'a', 1],
  ]);
  expect(timeline.firstSeenAt).toBe(96_000);
});

it('an event that is older than those that are kept stands at the beginning', () => {
  for (let second = 101; second < 250; second += 1) {
    at(second);
    appendEvent(timeline, 'recording');
  }
  const oldest = timeline.events[0]?.at;
  addParticipantEvent(timeline, 'joined', 'a', 101_000);
  expect(timeline.events).toHaveLength(100);
  expect(timeline.events[0]?.at).toBeGreaterThanOrEqual(oldest ?? Infinity);
});
