import { describe, expect, it } from 'vitest';
import { type Message, readMessage, writeMessage } from '../../src/copies/messages.js';
import type { SharedMessage } from '../../src/recording/sharing.js';

const shared = (message: SharedMessage): Message => ({ type: 'shared', id: 7, shared: message });

describe('what a copy publishes, another one reads', () => {
  const report = { conferenceSid: 'CF', name: undefined, callSid: 'CA', happenedAt: 1000 };
  const recording = {
    sid: 'RE',
    observed: 'in-progress',
    lastWrite: {
      state: 'paused',
      outcome: 'acknowledged',
      isRepeat: false,
      isReversal: true,
      isUncertain: false,
      refusals: 1,
      wasRefused: false,
    },
  } as const;
  const state = {
    conferenceSid: 'CF',
    name: 'recorded-room',
    known: { people: { counted: new Set(['a', 'b']), held: new Set(['c']) }, recording },
    readAgoMs: 12,
    written: 'paused',
    because: 'settling read',
    reports: [{ callSid: 'CA', change: 'join', happenedAt: 1000, agoMs: 5 }],
  } as const;
  const callback = { conferenceSid: undefined, recordingSid: 'RE', status: 'completed', seconds: '9', url: undefined };

  it.each<Message>([
    { type: 'heartbeat', startedAt: 1, sentAt: 2.5, isMember: true },
    { type: 'hello' },
    { type: 'goodbye' },
    { type: 'acknowledged', to: 'b', id: 3 },
    { type: 'caller', to: 'b', id: 3, callSid: 'CA' },
    { type: 'room', name: 'recorded-CA', callers: ['CA'], answers: { to: 'b', id: 3 } },
    { type: 'room', name: 'recorded-CA', callers: [], answers: undefined },
    { type: 'caller-gone', callSid: 'CA' },
    shared({ type: 'report', report: { type: 'conference', ...report } }),
    shared({ type: 'report', report: { type: 'participant', ...report, change: 'unhold' } }),
    shared({ type: 'report', report: { type: 'ended', ...report } }),
    shared({ type: 'report', report: { type: 'recording', conferenceSid: 'CF', recordingSid: 'RE', isRunning: true } }),
    shared({ type: 'report', report: { type: 'found', conferenceSid: 'CF', name: 'recorded-room' } }),
    shared({ type: 'state', state: { ...state, reports: [...state.reports] } }),
    shared({
      type: 'state',
      state: { ...state, known: undefined, readAgoMs: undefined, written: undefined, reports: [] },
    }),
    shared({ type: 'over', conferenceSid: 'CF', name: undefined }),
    shared({ type: 'listed', status: 'init' }),
    shared({ type: 'recording-callback', callback }),
  ])('$type $shared.type', (message) => {
    expect(readMessage(writeMessage({ from: 'a', message }))).toEqual({ from: 'a', message });
  });
});

it.each(['', 'hello', '{}', '{"from":"a","message":{"type":"of a later version"}}', '[1]', '{"from":1}'])(
  'a text that is no message is ignored: %s',
  (text) => {
    expect(readMessage(text)).toBeUndefined();
  },
);
