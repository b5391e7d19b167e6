import { describe, expect, it, vi } from 'vitest';
import { NO_FAULTS } from '../../src/simulator/faults.js';
import { eventually } from '../support/eventually.js';
import { liveConference, type Pair, startPair } from '../support/service-beside-simulator.js';
import { countOf, FAST, givenTwoPeople, READ_LIST, statusOf } from '../support/two-people.js';

const durations = { ...FAST, drain: 60_000 };

/** Hangs up, and resolves when the service has acknowledged the leave. */
async function leave({ simulator, log }: Pair, call: Parameters<typeof simulator.hangUp>[0]): Promise<void> {
  simulator.hangUp(call);
  await eventually(() => expect(log).toContainEqual(expect.objectContaining({ msg: 'participant left' })));
}

describe('a stop', () => {
  it('finishes what was acknowledged', async () => {
    const { pair, second } = await givenTwoPeople({ durations });
    pair.simulator.latencyMs = 30;
    await leave(pair, second);
    await pair.service.close();
    expect(statusOf(pair)).toBe('paused');
  });

  it('finishes what waits for a retry if SignalWire recovers in time', async () => {
    const { pair, second } = await givenTwoPeople({ durations });
    Object.assign(pair.simulator.faults, { unavailable: 1 });
    await leave(pair, second);
    await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThan(1));
    const closed = pair.service.close();
    const attempts = countOf(pair, READ_LIST);
    await eventually(() => expect(countOf(pair, READ_LIST)).toBeGreaterThan(attempts + 1));
    Object.assign(pair.simulator.faults, NO_FAULTS);
    await closed;
    expect(statusOf(pair)).toBe('paused');
  });

  it('does not wait for an outage to end, and logs which conferences are unfinished', async () => {
    const { pair, second } = await givenTwoPeople({ durations: { ...FAST, drain: 50 } });
    Object.assign(pair.simulator.faults, { hang: 1 });
    await leave(pair, second);
    await pair.service.close();
    const { sid: conferenceSid, name: conference } = liveConference(pair.simulator);
    expect(pair.log.at(-1)).toMatchObject({
      level: 'warn',
      unfinished: [{ conferenceSid, conference }],
      msg: expect.stringMatching(/^stopped before/),
    });
  });

  it('succeeds even if the tunnel fails to close', async () => {
    const pair = await startPair({
      openTunnel: async (port) => ({ url: `http://127.0.0.1:${port}`, close: () => Promise.reject(new Error('no')) }),
    });
    await pair.service.close();
    expect(pair.log.at(-1)).toMatchObject({ level: 'warn', msg: 'the tunnel could not be closed' });
  });

  it('may be requested more than once', async () => {
    const pair = await startPair({ settings: { resyncIntervalMs: 20 } });
    await pair.simulator.call();
    await Promise.all([pair.service.close(), pair.service.close()]);
    await expect(fetch(`${pair.service.publicUrl}/healthz`)).rejects.toThrow();
  });

  it('closes the tunnel', async () => {
    const close = vi.fn(async () => {});
    const pair = await startPair({ openTunnel: async (port) => ({ url: `http://127.0.0.1:${port}`, close }) });
    await pair.service.close();
    expect(close).toHaveBeenCalledOnce();
  });
});
