import { beforeEach, describe, expect, it } from 'vitest';
import type { Listener } from '../../src/recorder-events.js';
import { createOutageDetector } from '../../src/recording/outage.js';
import { SpaceError } from '../../src/signalwire/space-error.js';
import { keepLog, type LogLine } from '../support/log.js';

const unavailable = new SpaceError('SignalWire answered 503', { status: 503 });
const unauthorized = new SpaceError('SignalWire answered 401', { status: 401 });
const notFound = new SpaceError('SignalWire answered 404', { status: 404 });

let lines: LogLine[];
let emitted: string[];
let listen: Listener;

beforeEach(() => {
  emitted = [];
  const kept = keepLog();
  lines = kept.lines;
  listen = createOutageDetector(kept.log, ({ type }) => emitted.push(type));
});

const logged = () => lines.map(({ level, msg }) => `${level} ${msg.split(/[ :]/, 2).join(' ')}`);
const succeed = (subject: string) => listen({ type: 'requests-answered', subject });

function fail(subject: string, error: unknown = unavailable, times = 1): void {
  for (let time = 0; time < times; time += 1) listen({ type: 'requests-failed', subject, error });
}

describe('an outage', () => {
  it('is logged when a second try fails, and is over when everything has succeeded that failed', () => {
    fail('a');
    fail('b');
    expect(logged()).toEqual([]);
    fail('a');
    fail('b', unavailable, 2);
    succeed('a');
    expect(logged()).toEqual(['40 SignalWire is']);
    succeed('b');
    expect(logged()).toEqual(['40 SignalWire is', '30 SignalWire answers']);
    expect(lines.at(-1)).toMatchObject({ failures: 5 });
    expect(emitted).toEqual(['outage-began', 'outage-ended']);
  });

  it('is not logged when the next try succeeds', () => {
    for (let time = 0; time < 3; time += 1) {
      fail('a');
      succeed('a');
    }
    expect(logged()).toEqual([]);
    expect(emitted).toEqual([]);
  });

  it('does not wait for a conference that is over, but for something that succeeds', () => {
    fail('gone', unavailable, 2);
    listen({ type: 'conference-over', conferenceSid: 'gone' });
    expect(logged()).toEqual(['40 SignalWire is']);
    succeed('another');
    expect(logged()).toEqual(['40 SignalWire is', '30 SignalWire answers']);
  });

  it('by refused credentials is an error, logged at once and once, and once more the next time', () => {
    for (let time = 0; time < 2; time += 1) {
      fail('a', unauthorized, 3);
      succeed('a');
    }
    const once = ['50 SignalWire refuses', '30 SignalWire answers'];
    expect(logged()).toEqual([...once, ...once]);
    expect(emitted).toEqual(['outage-began', 'outage-ended', 'outage-began', 'outage-ended']);
  });

  it('is not made of our own mistakes', () => {
    fail('a', new Error('a bug'), 5);
    expect(logged()).toEqual([]);
    expect(emitted).toEqual([]);
  });
});

describe('a refusal', () => {
  it('is logged when it is the fourth in a row, once, with its conference, and is no outage', () => {
    fail('a', notFound, 3);
    expect(logged()).toEqual([]);
    fail('a', notFound, 5);
    expect(lines).toMatchObject([{ level: 40, conferenceSid: 'a' }]);
    succeed('a');
    expect(lines.slice(1)).toMatchObject([{ level: 30, conferenceSid: 'a' }]);
    expect(emitted).toEqual([]);
  });

  it('is forgotten with what succeeds, and with its conference', () => {
    for (let time = 0; time < 3; time += 1) {
      fail('a', notFound, 3);
      succeed('a');
      fail('b', notFound, 3);
      listen({ type: 'conference-over', conferenceSid: 'b' });
    }
    expect(logged()).toEqual([]);
  });

  it('ends an outage: SignalWire answers', () => {
    fail('a', unavailable, 2);
    fail('a', notFound);
    expect(logged()).toEqual(['40 SignalWire is', '30 SignalWire answers']);
  });
});
