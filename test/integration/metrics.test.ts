import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { NO_CORRECTIONS, ownSamples } from '../support/metrics.js';
import { type Pair, startPair } from '../support/service-beside-simulator.js';
import { getStatusRoute, PASSWORD } from '../support/status.js';
import { fail, givenOnePerson, givenTwoPeople, isPaused, isResumed, READ_LIST } from '../support/two-people.js';

const OPEN = { settings: { statusPassword: PASSWORD } };

/** The service's own metrics by name and labels. */
async function metricsOf(pair: Pair): Promise<Record<string, number>> {
  return ownSamples((await getStatusRoute(pair, '/metrics').expect(200)).text);
}

// What the service serves. test/simulation/metrics.test.ts checks which pauses and resumes are counted.

describe('the metrics', () => {
  it('are in the text format of Prometheus, with help and type, and include those of the process', async () => {
    const pair = await startPair(OPEN);
    const { text } = await getStatusRoute(pair, '/metrics').expect(
      'content-type',
      'text/plain; version=0.0.4; charset=utf-8',
    );
    for (const name of new Set(text.match(/^[a-z_]+(?=[ {])/gm))) {
      const family = name.replace(/_(bucket|sum|count)$/, '');
      expect(text).toMatch(new RegExp(`^# HELP ${family} .+\n# TYPE ${family} (counter|gauge|histogram)$`, 'm'));
    }
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  });

  it('begin at zero', async () => {
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

  it('count conferences by the state of their recording', async () => {
    const { pair } = await givenOnePerson(OPEN);
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
    // Serving them changes nothing.
    const [once, twice] = [await metricsOf(pair), await metricsOf(pair)];
    expect(twice['conferences{recording="paused"}']).toBe(once['conferences{recording="paused"}']);
  });

  it('count webhooks by route and status', async () => {
    const { pair } = await givenTwoPeople(OPEN);
    const { publicUrl } = pair.service;
    for (let i = 0; i < 3; i += 1) await fetch(`${publicUrl}/callback`, { method: 'POST' });
    await fetch(`${publicUrl}/inbound?nothing=1`, { method: 'HEAD' });
    await fetch(`${publicUrl}/else`, { method: 'POST' });
    const metrics = await metricsOf(pair);
    expect(Object.entries(metrics).filter(([name]) => name.startsWith('webhooks_total'))).toEqual(
      expect.arrayContaining([
        ['webhooks_total{route="/inbound",status="200"}', 2],
        ['webhooks_total{route="/store_recording_sid",status="200"}', 1],
        // Two joins and the conference's start.
        ['webhooks_total{route="/callback",status="200"}', 3],
        ['webhooks_total{route="/callback",status="403"}', 3],
      ]),
    );
    expect(Object.keys(metrics).join()).not.toContain('/else');
  });

  it('measure requests to SignalWire by operation and outcome', async () => {
    const { pair, second } = await givenTwoPeople({
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
    const name = 'signalwire_request_duration_seconds';
    const wrote = 'operation="update_recording",outcome="ok"';
    await eventually(async () => expect(await metricsOf(pair)).toHaveProperty(`${name}_count{${wrote}}`));
    const after = await metricsOf(pair);
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

  it('measure reactions, and count discoveries and corrections', async () => {
    const beganAt = Date.now() / 1000;
    const { pair, second } = await givenTwoPeople({ settings: { ...OPEN.settings, resyncIntervalMs: 100 } });
    pair.simulator.hangUp(second);
    await isPaused(pair);
    await eventually(async () =>
      expect(await metricsOf(pair)).toMatchObject({
        'reaction_seconds_bucket{le="+Inf",action="pause"}': 1,
        'reaction_seconds_count{action="pause"}': 1,
        'reaction_seconds_count{action="resume"}': 0,
      }),
    );
    pair.simulator.onCallback = () => {};
    await pair.simulator.call();
    await isResumed(pair);
    await eventually(async () => {
      const metrics = await metricsOf(pair);
      const byResync = metrics['corrections_total{action="resume",found_by="resync"}'] ?? 0;
      const bySettlingRead = metrics['corrections_total{action="resume",found_by="settling read"}'] ?? 0;
      expect(byResync + bySettlingRead).toBe(1);
    });
    await eventually(async () => expect((await metricsOf(pair)).sweeps_total).toBeGreaterThan(2));
    const { last_sweep_timestamp_seconds } = await metricsOf(pair);
    expect(last_sweep_timestamp_seconds).toBeGreaterThan(beganAt);
    expect(last_sweep_timestamp_seconds).toBeLessThanOrEqual(Date.now() / 1000);
  });
});
