import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addFaultOptions, pickFaults } from '../../src/cli/fault-options.js';
import { addTraitOptions, formatTraitFlags, readTraits } from '../../src/cli/trait-options.js';
import { type Faults, NO_FAULTS } from '../../src/simulator/faults.js';
import { DOCUMENTED, drawTraits, type Traits } from '../../src/simulator/model/traits.js';

/** Parses flags as the simulator's command does. */
function parse(...flags: string[]) {
  const command = addTraitOptions(addFaultOptions(new Command().exitOverride().configureOutput({ writeErr() {} })));
  const options = command.parse(flags, { from: 'user' }).opts<Faults>();
  return { traits: readTraits({ ...options }), faults: pickFaults(options) };
}

describe("the simulator's flags", () => {
  it('default to the documented space without faults', () => {
    expect(parse()).toEqual({ traits: DOCUMENTED, faults: NO_FAULTS });
  });

  it('can set every trait', () => {
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
      voiceUrlSetsHandler: false,
    };
    const flags = formatTraitFlags(everything);
    expect(flags).toContain('--alone 404 --unknown-ms 11847 --begins first');
    expect(flags.match(/--/g)).toHaveLength(Object.keys(DOCUMENTED).length);
    expect(parse(...flags.split(' '))).toEqual({ traits: everything, faults: NO_FAULTS });
    expect(formatTraitFlags(DOCUMENTED)).toBe('');
  });

  it('draw a space from a seed, and override what it draws', () => {
    expect(parse('--space', '7').traits).toEqual(drawTraits(7));
    expect(parse('--alone', '404', '--space', '7', '--unknown-ms', '0', '--recordings-listed', 'true').traits).toEqual({
      ...drawTraits(7),
      alone: '404',
      unknownMs: 0,
      recordingsListed: true,
    });
  });

  it('set faults as well', () => {
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
  ])('are rejected if they are invalid: %s %s', (...flags) => {
    expect(() => parse(...flags)).toThrow();
  });
});
