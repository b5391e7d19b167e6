import pino from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { createOutage, type Outage } from '../../src/conferences/outage.js';
import { SpaceError } from '../../src/signalwire/space-error.js';

const unavailable = new SpaceError('SignalWire answered 503', { status: 503 });
const unauthorized = new SpaceError('SignalWire answered 401', { status: 401 });

let lines: { level: number; msg: string; failures?: number }[];
let announced: string[];
let outage: Outage;

beforeEach(() => {
  lines = [];
  announced = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  outage = createOutage(log, ({ what }) => announced.push(what));
});

const said = () => lines.map(({ level, msg }) => `${level} ${msg.split(/[ :]/, 2).join(' ')}`);

function failTwice(whose: string): void {
  outage.failed(whose, unavailable);
  outage.failed(whose, unavailable);
}

describe('an outage', () => {
  it('begins to be spoken of when a second try fails, and is over when everything works that failed', () => {
    outage.failed('a', unavailable);
    outage.failed('b', unavailable);
    expect(said()).toEqual([]);
    expect(outage.isOn).toBe(true);
    outage.failed('a', unavailable);
    failTwice('b');
    outage.worked('a');
    expect(said()).toEqual(['40 SignalWire fails']);
    outage.worked('b');
    expect(said()).toEqual(['40 SignalWire fails', '30 SignalWire works']);
    expect(lines.at(-1)).toMatchObject({ failures: 5 });
    expect(announced).toEqual(['failing', 'working']);
    expect(outage.isOn).toBe(false);
  });

  it('is not spoken of when the next try works', () => {
    outage.failed('a', unavailable);
    outage.worked('a');
    outage.failed('a', unavailable);
    outage.worked('a');
    expect(said()).toEqual([]);
    expect(announced).toEqual([]);
  });

  it('does not wait for what nobody asks for any more, but for something that works', () => {
    failTwice('gone');
    outage.forget('gone');
    expect(said()).toEqual(['40 SignalWire fails']);
    outage.worked('another');
    expect(said()).toEqual(['40 SignalWire fails', '30 SignalWire works']);
  });

  it('by refused credentials is an error, said at once and once, and anew the next time', () => {
    for (let time = 0; time < 2; time += 1) {
      outage.failed('a', unauthorized);
      outage.failed('a', unauthorized);
      outage.worked('a');
    }
    const once = ['50 SignalWire refuses', '30 SignalWire works'];
    expect(said()).toEqual([...once, ...once]);
  });

  it('is not made of our own mistakes', () => {
    outage.failed('a', new Error('a bug'));
    expect(outage.isOn).toBe(false);
    expect(said()).toEqual(['50 something went']);
  });
});
