import { describe, expect, it } from 'vitest';
import { recordingLines } from '../support/log.js';
import { NO_CORRECTIONS } from '../support/metrics.js';
import { givenOnePerson, givenTwoPeople } from './scenes.js';
import { onStage } from './stage.js';

// What the metrics count and time. The integration tests check that they are served.

describe('the metrics', () => {
  it('measure the time from a callback to the pause or resume that it asks for', () =>
    onStage({ requestMs: 60 }, async (stage) => {
      await givenOnePerson(stage);
      await stage.callIn();
      await stage.run(5000);
      expect(await stage.metrics()).toMatchObject({
        'reaction_seconds_count{action="pause"}': 1,
        // Two round trips, one after the other.
        'reaction_seconds_bucket{le="0.1",action="pause"}': 0,
        'reaction_seconds_bucket{le="0.25",action="pause"}': 1,
        'reaction_seconds_count{action="resume"}': 1,
        // One round trip.
        'reaction_seconds_bucket{le="0.05",action="resume"}': 0,
        'reaction_seconds_bucket{le="0.1",action="resume"}': 1,
        ...NO_CORRECTIONS,
      });
    }));

  it('count discoveries, and the corrections that only a resync made', () =>
    onStage({}, async (stage) => {
      await stage.callIn('sales');
      const second = await stage.callIn('sales');
      await stage.run(20_000);
      const { sweeps_total: before = 0 } = await stage.metrics();
      stage.onCallback = () => {};
      stage.model.endCall(second);
      await stage.run(31_000);
      expect(stage.isRecorded()).toBe(false);
      await stage.callIn('sales');
      await stage.run(31_000);
      expect(stage.isRecorded()).toBe(true);
      const metrics = await stage.metrics();
      expect(metrics).toMatchObject({
        'corrections_total{action="pause",found_by="resync"}': 1,
        'corrections_total{action="resume",found_by="resync"}': 1,
        'reaction_seconds_count{action="pause"}': 0,
        'reaction_seconds_count{action="resume"}': 0,
        // Two lists of conferences, each of which is read once in half a minute.
        sweeps_total: before + 4,
      });
      const agoMs = Date.now() - 1000 * (metrics.last_sweep_timestamp_seconds ?? 0);
      expect(agoMs).toBeGreaterThanOrEqual(0);
      expect(agoMs).toBeLessThan(30_000);
    }));

  it('count the retries of a discovery that fails, and not the discovery', () =>
    onStage({}, async (stage) => {
      const before = await stage.metrics();
      stage.refusalOf = ({ operation }) => (operation.startsWith('conferences') ? 503 : undefined);
      await stage.run(120_000);
      const after = await stage.metrics();
      expect(after.sweeps_total).toBe(before.sweeps_total);
      const refused = stage.requests.filter(({ outcome }) => outcome === '503').length;
      expect(refused).toBeGreaterThan(10);
      expect(after.retries_total).toBe(refused);
    }));

  it('count a correction that a settling read made after a callback was lost', () =>
    onStage({}, async (stage) => {
      await stage.callIn('sales');
      const second = await stage.callIn('sales');
      await stage.run(20_000);
      stage.model.endCall(second);
      await stage.run(1000);
      expect(stage.isRecorded()).toBe(false);
      stage.onCallback = () => {};
      await stage.callIn('sales');
      await stage.run(3000);
      expect(stage.isRecorded()).toBe(true);
      expect(await stage.metrics()).toMatchObject({
        'corrections_total{action="resume",found_by="settling read"}': 1,
        'reaction_seconds_count{action="resume"}': 0,
        'reaction_seconds_count{action="pause"}': 1,
      });
    }));

  it.each([1, 2, 3, 4, 5, 6])(
    'count a pause that failed once as one pause, whether or not it took effect: seed %i',
    (seed) =>
      onStage({ seed }, async (stage) => {
        const { second } = await givenTwoPeople(stage);
        stage.writeFaults.failed = 1;
        stage.model.endCall(second);
        await stage.run(230);
        expect(stage.writes()).toBe(1);
        stage.writeFaults.failed = 0;
        await stage.run(60_000);
        expect(await stage.metrics()).toMatchObject({
          'reaction_seconds_count{action="pause"}': 1,
          retries_total: 1,
          ...NO_CORRECTIONS,
        });
        expect(recordingLines(stage.log).map(({ msg }) => msg)).toEqual(['recording began', 'recording paused']);
      }),
  );

  it('say whether SignalWire answers', () =>
    onStage({}, async (stage) => {
      await givenTwoPeople(stage);
      expect(await stage.metrics()).toMatchObject({ signalwire_up: 1 });
      stage.refusalOf = () => 503;
      await stage.run(60_000);
      expect(await stage.metrics()).toMatchObject({ signalwire_up: 0 });
      stage.refusalOf = () => undefined;
      await stage.run(60_000);
      expect(await stage.metrics()).toMatchObject({ signalwire_up: 1 });
    }));
});
