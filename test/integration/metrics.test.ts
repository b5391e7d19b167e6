import { describe, expect, it } from 'vitest';
import { eventually, kindOf, type Pair, startPair } from '../support/service-beside-simulator.js';
import { ask, PASSWORD } from '../support/status.js';
import {
  FAST,
  fail,
  isPaused,
  isResumed,
  onePerson,
  READ_CONFERENCES,
  READ_LIST,
  settled,
  twoPeople,
  WRITE,
} from '../support/two-people.js';

const NO_CORRECTIONS = {
  'corrections_total{action="pause",found_by="resync"}': 0,
  'corrections_total{action="resume",found_by="resync"}': 0,
  'corrections_total{action="pause",found_by="settling read"}': 0,
  'corrections_total{action="resume",found_by="settling read"}': 0,
};

const OPEN = { settings: { statusPassword: PASSWORD } };

/** The service's own metrics by name and labels, without those of its process. */
async function metricsOf(pair: Pair): Promise<Record<string, number>> {
  const { text } = await ask(pair, '/metrics').expect(200);
  const samples = text.split('\n').filter((line) => line.startsWith('recorder_'));
  return Object.fromEntries(
    samples.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice('recorder_'.length, space), Number(line.slice(space))];
    }),
  );
}

describe('the metrics', () => {
  it('are in the text format of Prometheus, with help and type, and with those of the process', async () => {
    const pair = await startPair(OPEN);
    const { text } = await ask(pair, '/metrics').expect('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    for (const name of new Set(text.match(/^[a-z_]+(?=[ {])/gm))) {
      const family = name.replace(/_(bucket|sum|count)$/, '');
      expect(text).toMatch(new RegExp(`^# HELP ${family} .+\n# TYPE ${family} (counter|gauge|histogram)$`, 'm'));
    }
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  });

  it('begin with zero', async () => {
    expect(await metricsOf(await startPair(OPEN))).toMatchObject({
      'conferences{recording="in-progress"}': 0,
      'conferences{recording="paused"}': 0,
      'conferences{recording="none"}': 0,
      ...NO_CORRECTIONS,
      'reaction_seconds_count{action="pause"}': 0,
      'reaction_seconds_count{action="resume"}': 0,
      retries_total: 0,
      sweeps_total: 2,
    });
  });

  it('count the conferences by what their recording does', async () => {
    const { pair } = await onePerson(OPEN);
    const url = `${pair.service.publicUrl}/inbound?room=another`;
    await pair.simulator.call({ url });
    await pair.simulator.call({ url });
    await pair.simulator.call({ url: `${pair.service.publicUrl}/inbound?room=a-third` });
    await eventually(async () =>
      expect(await metricsOf(pair)).toMatchObject({
        'conferences{recording="in-progress"}': 1,
        'conferences{recording="paused"}': 1,
        'conferences{recording="none"}': 1,
      }),
    );
    // And don't grow by being asked for.
    const [once, twice] = [await metricsOf(pair), await metricsOf(pair)];
    expect(twice['conferences{recording="paused"}']).toBe(once['conferences{recording="paused"}']);
  });

  it('count webhooks by route and answer', async () => {
    const { pair } = await twoPeople(OPEN);
    const { publicUrl } = pair.service;
    for (let i = 0; i < 3; i += 1) await fetch(`${publicUrl}/callback`, { method: 'POST' });
    await fetch(`${publicUrl}/inbound?nothing=1`, { method: 'HEAD' });
    await fetch(`${publicUrl}/else`, { method: 'POST' });
    const metrics = await metricsOf(pair);
    expect(Object.entries(metrics).filter(([name]) => name.startsWith('webhooks_total'))).toEqual(
      expect.arrayContaining([
        ['webhooks_total{route="/inbound",status="200"}', 2],
        ['webhooks_total{route="/inbound",status="404"}', 1],
        ['webhooks_total{route="/store_recording_sid",status="200"}', 1],
        // Two joins and the conference's start.
        ['webhooks_total{route="/callback",status="200"}', 3],
        ['webhooks_total{route="/callback",status="403"}', 3],
      ]),
    );
    expect(Object.keys(metrics).join()).not.toContain('/else');
  });

  it('time what SignalWire is asked, by operation and outcome', async () => {
    const { pair, second } = await twoPeople({
      ...OPEN,
      before: (simulator) => {
        simulator.latencyMs = 60;
      },
    });
    const before = await metricsOf(pair);
    const failing = fail(pair, 503, READ_LIST);
    pair.simulator.hangUp(second);
    const failed = 'signalwire_request_duration_seconds_count{operation="list_participants",outcome="503"}';
    await eventually(async () => expect((await metricsOf(pair))[failed]).toBeGreaterThan(1));
    failing.heal();
    await isPaused(pair);
    await settled(pair);
    const after = await metricsOf(pair);
    const name = 'signalwire_request_duration_seconds';
    const wrote = 'operation="update_recording",outcome="ok"';
    expect(before).not.toHaveProperty(`${name}_count{${wrote}}`);
    expect(after).toMatchObject({
      [`${name}_count{${wrote}}`]: 1,
      [`${name}_bucket{le="0.05",${wrote}}`]: 0,
      [`${name}_bucket{le="10",${wrote}}`]: 1,
    });
    for (const operation of ['list_conferences', 'list_participants', 'list_recordings', 'fetch_recording']) {
      expect(after[`${name}_count{operation="${operation}",outcome="ok"}`]).toBeGreaterThan(0);
    }
    expect(after.retries_total).toBe(after[failed]);
  });

  it('tell a request without an answer from one that is refused', async () => {
    const { pair, second } = await twoPeople({ ...OPEN, durations: { ...FAST, request: 100 } });
    pair.simulator.latencyMs = 1000;
    pair.simulator.hangUp(second);
    const name = 'signalwire_request_duration_seconds_count{operation="list_participants",outcome="no_answer"}';
    await eventually(async () => expect((await metricsOf(pair))[name]).toBeGreaterThan(0));
  });

  it('time how long it takes from a callback to the pause or resume that it asks for', async () => {
    const { pair } = await onePerson({
      ...OPEN,
      before: (simulator) => {
        simulator.latencyMs = 60;
      },
    });
    await pair.simulator.call();
    await isResumed(pair);
    await eventually(async () =>
      expect(await metricsOf(pair)).toMatchObject({
        'reaction_seconds_count{action="pause"}': 1,
        // Two round trips, one after the other.
        'reaction_seconds_bucket{le="0.1",action="pause"}': 0,
        'reaction_seconds_bucket{le="10",action="pause"}': 1,
        'reaction_seconds_count{action="resume"}': 1,
        // One round trip.
        'reaction_seconds_bucket{le="0.05",action="resume"}': 0,
        'reaction_seconds_bucket{le="10",action="resume"}': 1,
        ...NO_CORRECTIONS,
      }),
    );
  });

  it('count discoveries, and what only a resync set right', async () => {
    const beganAt = Date.now() / 1000;
    // Without settling reads, which may come first.
    const durations = { ...FAST, settle: 60_000 };
    const { pair, second } = await twoPeople({ settings: { ...OPEN.settings, resyncIntervalMs: 100 }, durations });
    pair.simulator.onCallback = () => {};
    pair.simulator.hangUp(second);
    await isPaused(pair);
    await pair.simulator.call();
    await isResumed(pair);
    await eventually(async () =>
      expect(await metricsOf(pair)).toMatchObject({
        'corrections_total{action="pause",found_by="resync"}': 1,
        'corrections_total{action="resume",found_by="resync"}': 1,
        'reaction_seconds_count{action="pause"}': 0,
        'reaction_seconds_count{action="resume"}': 0,
      }),
    );
    const { sweeps_total, last_sweep_timestamp_seconds } = await metricsOf(pair);
    expect(sweeps_total).toBeGreaterThan(2);
    expect(last_sweep_timestamp_seconds).toBeGreaterThan(beganAt);
    expect(last_sweep_timestamp_seconds).toBeLessThanOrEqual(Date.now() / 1000);
  });

  it('count no discovery that SignalWire does not answer, but its tries', async () => {
    const { pair } = await twoPeople({ settings: { ...OPEN.settings, resyncIntervalMs: 100 } });
    fail(pair, 503, READ_CONFERENCES);
    const { retries_total: retriesBefore = 0 } = await metricsOf(pair);
    await eventually(async () => expect((await metricsOf(pair)).retries_total).toBeGreaterThan(retriesBefore + 1));
    const { sweeps_total, retries_total = 0 } = await metricsOf(pair);
    await eventually(async () => expect((await metricsOf(pair)).retries_total).toBeGreaterThan(retries_total + 2));
    expect((await metricsOf(pair)).sweeps_total).toBe(sweeps_total);
  });

  it('tell what a settling read set right, because a callback was lost', async () => {
    const { pair, second } = await twoPeople({ ...OPEN, durations: { ...FAST, settle: 2000 } });
    pair.simulator.hangUp(second);
    const logged = () => pair.log.map(({ msg }) => msg);
    await eventually(() =>
      expect(logged().slice(logged().indexOf('recording paused'))).toEqual(['recording paused', 'read']),
    );
    // The leave is dealt with. Somebody comes, of whom no callback tells, before the settling read.
    pair.simulator.onCallback = () => {};
    await pair.simulator.call();
    await isResumed(pair);
    await eventually(async () =>
      expect(await metricsOf(pair)).toMatchObject({
        'corrections_total{action="resume",found_by="settling read"}': 1,
        'reaction_seconds_count{action="resume"}': 0,
        'reaction_seconds_count{action="pause"}': 1,
      }),
    );
  });

  it('count a pause that was obeyed though its answer got lost', async () => {
    const { pair, second } = await twoPeople(OPEN);
    const before = pair.simulator.onRequest;
    pair.simulator.onRequest = (request, handle) => {
      if (kindOf(request) !== WRITE) return before(request, handle);
      handle();
      return 'reset';
    };
    pair.simulator.hangUp(second);
    await eventually(async () =>
      expect(await metricsOf(pair)).toMatchObject({ 'reaction_seconds_count{action="pause"}': 1, ...NO_CORRECTIONS }),
    );
    await settled(pair);
    const lines = pair.log.filter(({ level, msg }) => level === 30 && msg.startsWith('recording '));
    expect(lines.map(({ msg }) => msg)).toEqual(['recording began', 'recording paused']);
  });
});
