import { describe, expect, it } from 'vitest';
import { DOCUMENTED, drawTraits, MAX_LAG_MS, type Traits } from '../../src/simulator/model/traits.js';

/** The traits that seed 7 draws. */
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
  voiceUrlSetsHandler: false,
};

describe('the traits of a space', () => {
  it('depend only on the seed', () => {
    expect(drawTraits(7)).toEqual(SEVENTH);
  });

  it('are each as documented in three of four spaces, and take every other value as well', () => {
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
