import { beforeEach, describe, expect, it } from 'vitest';
import { createOutageDetector } from '../../src/monitoring/outage.js';
import type { Listener } from '../../src/recorder-events.js';
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
  listen = createOutageDetector(kept.log, ({ type }) => emitted.push(type), true);
});

const logged = () => lines.map(({ level, msg }) => `${level} ${msg.split(/[ :]/, 2).join(' ')}`);
const succeed = (subject: string) => listen({ type: 'requests-answered', subject });

function fail(subject: string, error: unknown = unavailable, times = 1): void {
  for (let time = 0; time < times; time += 1) listen({ type: 'requests-failed', subject, error });
}

describe('an outage', () => {
  it('is logged when a retry fails, and ends when everything that failed has succeeded', () => {
    fail('a');
    fail('b');
    expect(logged()).toEqual([]);
    fail('a');
    fail('b', unavailable, 2);
    succeed('a');
    expect(logged()).toEqual(['warn SignalWire is']);
    succeed('b');
    expect(logged()).toEqual(['warn SignalWire is', 'info SignalWire answers']);
    expect(lines.at(-1)).toMatchObject({ failures: 5 });
    expect(emitted).toEqual(['outage-began', 'outage-ended']);
  });

  it('is not logged if the first retry succeeds', () => {
    for (let time = 0; time < 3; time += 1) {
      fail('a');
      succeed('a');
    }
    expect(logged()).toEqual([]);
    expect(emitted).toEqual([]);
  });

  it('ends with the next success if the conference that failed is over', () => {
    fail('gone', unavailable, 2);
    listen({ type: 'conference-over', conferenceSid: 'gone', name: undefined });
    expect(logged()).toEqual(['warn SignalWire is']);
    succeed('another');
    expect(logged()).toEqual(['warn SignalWire is', 'info SignalWire answers']);
  });

  it('because of refused credentials is logged as an error, at once and only once each time', () => {
    for (let time = 0; time < 2; time += 1) {
      fail('a', unauthorized, 3);
      succeed('a');
    }
    const once = ['error SignalWire refuses', 'info SignalWire answers'];
    expect(logged()).toEqual([...once, ...once]);
    expect(emitted).toEqual(['outage-began', 'outage-ended', 'outage-began', 'outage-ended']);
  });

  it('is not begun by an error of our own', () => {
    fail('a', new Error('a bug'), 5);
    expect(logged()).toEqual([]);
    expect(emitted).toEqual([]);
  });
});

it('a refusal ends an outage, because SignalWire answers', () => {
  fail('a', unavailable, 2);
  fail('a', notFound);
  expect(logged()).toEqual(['warn SignalWire is', 'info SignalWire answers']);
});
