import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addFaultOptions, pickFaults } from '../../src/cli/fault-options.js';
import { addTraitOptions, formatTraitFlags, readTraits } from '../../src/cli/trait-options.js';
import { type Faults, NO_FAULTS } from '../../src/simulator/faults.js';
import { DOCUMENTED, drawTraits, MAX_LAG_MS, type Traits } from '../../src/simulator/model/traits.js';

const SEVENTH: Traits = {
  alone: 'init',
  unknownMs: 0,
  begins: 'second',
  endedReads: 'completed',
  listLagMs: 0,
  readLagMs: 0,
  participantStatus: 'in-progress',
  leftListedMs: 13_051,
  pausedReads: 'completed',
  resumedReads: 'paused',
  resumedLateMs: 2560,
  redundantUpdate: '200',
  updateAnswer: '200',
  recordingsListed: false,
  recordingsFetchable: true,
  initFilter: 'accepted',
  timestamp: 'rfc2822',
  friendlyName: true,
  callSid: true,
  recordingConferenceSid: false,
  eventNames: 'short',
  sids: 'prefixed',
  parameters: 'json',
};

describe('the traits of a space', () => {
  it('are the same for the same seed, on every machine', () => {
    expect(drawTraits(7)).toEqual(SEVENTH);
  });

  it('are each as documented in three of four spaces, and come to every other value, too', () => {
    const spaces = Array.from({ length: 2000 }, (_, seed) => drawTraits(seed));
    const values = (name: keyof Traits) => spaces.map((space) => space[name]);
    for (const [name, value] of Object.entries(DOCUMENTED)) {
      const documented = spaces.filter((space) => new Map<string, unknown>(Object.entries(space)).get(name) === value);
      expect(documented.length, name).toBeGreaterThan(1400);
      expect(documented.length, name).toBeLessThan(1600);
    }
    expect(new Set(values('pausedReads'))).toEqual(new Set(['paused', 'in-progress', 'stopped', 'completed']));
    expect(new Set(values('sids'))).toEqual(new Set(['uuid', 'capitals', 'prefixed']));
    for (const ms of [...values('listLagMs'), ...values('readLagMs'), ...values('unknownMs')]) {
      expect(ms).toBeLessThanOrEqual(MAX_LAG_MS);
    }
  });
});

/** What the simulator's command makes of flags. */
function parse(...flags: string[]) {
  const command = addTraitOptions(addFaultOptions(new Command().exitOverride().configureOutput({ writeErr() {} })));
  const options = command.parse(flags, { from: 'user' }).opts<Faults>();
  return { traits: readTraits({ ...options }), faults: pickFaults(options) };
}

describe("the simulator's flags", () => {
  it('leave a space as documented, and nothing wrong, where there are none', () => {
    expect(parse()).toEqual({ traits: DOCUMENTED, faults: NO_FAULTS });
  });

  it('each set a trait, and every trait has one', () => {
    const everything: Traits = {
      alone: '404',
      unknownMs: 11_847,
      begins: 'first',
      endedReads: '404',
      listLagMs: 1,
      readLagMs: 2,
      participantStatus: 'none',
      leftListedMs: 3,
      pausedReads: 'completed',
      resumedReads: 'paused',
      resumedLateMs: 4,
      redundantUpdate: '422',
      updateAnswer: '204',
      recordingsListed: false,
      recordingsFetchable: false,
      initFilter: 'refused',
      timestamp: 'local',
      friendlyName: false,
      callSid: false,
      recordingConferenceSid: false,
      eventNames: 'short',
      sids: 'prefixed',
      parameters: 'json',
    };
    const flags = formatTraitFlags(everything);
    expect(flags).toContain('--alone 404 --unknown-ms 11847 --begins first');
    expect(flags.match(/--/g)).toHaveLength(Object.keys(DOCUMENTED).length);
    expect(parse(...flags.split(' '))).toEqual({ traits: everything, faults: NO_FAULTS });
    expect(formatTraitFlags(DOCUMENTED)).toBe('');
  });

  it('draw a space by its seed, and win over it', () => {
    expect(parse('--space', '7').traits).toEqual(SEVENTH);
    expect(parse('--alone', '404', '--space', '7', '--unknown-ms', '0', '--recordings-listed', 'true').traits).toEqual({
      ...SEVENTH,
      alone: '404',
      unknownMs: 0,
      recordingsListed: true,
    });
  });

  it('say what goes wrong beside it', () => {
    expect(parse('--drop', '0.5', '--list-lag-ms', '1500', '--seed', '3')).toEqual({
      traits: { ...DOCUMENTED, listLagMs: 1500 },
      faults: { ...NO_FAULTS, drop: 0.5, seed: 3 },
    });
  });

  it.each([
    ['--alone', 'nowhere'],
    ['--list-lag-ms', '1.5'],
    ['--list-lag-ms', '-1'],
    ['--recordings-listed', 'no'],
    ['--space', 'x'],
    ['--lag-ms', '1'],
  ])('are refused where they make no sense: %s %s', (...flags) => {
    expect(() => parse(...flags)).toThrow();
  });
});
