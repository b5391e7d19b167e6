import { describe, expect, it } from 'vitest';
import { placeCall, waitUntilAnswered } from '../../src/signalwire/place-call.js';
import { settingsFor, spaceOf } from '../support/service-beside-simulator.js';
import { simulated } from '../support/simulated.js';

const TO = '+15551234567';

async function start(apiToken?: string) {
  const simulator = await simulated({ ringMs: 0, unansweredMs: 0 });
  const space = spaceOf(settingsFor(simulator, apiToken === undefined ? {} : { apiToken }));
  const posts: string[] = [];
  simulator.events.on('request', ({ method, path }) => {
    if (method === 'POST') posts.push(path);
  });
  const call = { to: TO, from: simulator.phoneNumber, url: 'http://127.0.0.1:1/inbound' };
  return { simulator, space, posts, call };
}

describe('placing a call', () => {
  it.each([
    ['busy', 'The line is busy.'],
    ['no-answer', 'Nobody answered.'],
    ['failed', 'The call failed.'],
  ] as const)('reports how the call ended: %s', async (end, sentence) => {
    const { simulator, space, call } = await start();
    simulator.unanswered.set(TO, end);
    const sid = await placeCall(space, call);
    await expect(waitUntilAnswered(space, sid, 1)).rejects.toThrow(sentence);
    expect(simulator.conferences()).toEqual([]);
  });

  it.each([
    [
      "a number that is not the project's",
      { from: '+15550100009' },
      /^SignalWire refused the call \(400\): From is not/,
    ],
    ['an invalid number', { to: '+15550100604' }, /^SignalWire refused the call \(400\): To does not appear to be/],
  ])("fails with SignalWire's reason for %s", async (_case, change, sentence) => {
    const { simulator, space, call } = await start();
    simulator.invalidNumbers.add('+15550100604');
    await expect(placeCall(space, { ...call, ...change })).rejects.toThrow(sentence);
  });

  it('tolerates one failure to read the status of the call, and gives up after several', async () => {
    const { simulator, space, call } = await start();
    simulator.unanswered.set(TO, 'busy');
    const sid = await placeCall(space, call);
    let fails = 1;
    simulator.onRequest = (_request, handle) => (fails-- > 0 ? { status: 503, body: '' } : handle());
    await expect(waitUntilAnswered(space, sid, 1)).rejects.toThrow('The line is busy.');
    fails = Number.POSITIVE_INFINITY;
    await expect(waitUntilAnswered(space, sid, 1)).rejects.toThrow(/The status of the call can't be read: .*503/);
  });

  it('fails with a message without the token if the credentials are refused', async () => {
    const { space, call } = await start('PT-secret');
    await expect(placeCall(space, call)).rejects.toThrow(/refused the credentials \(401\).*Voice scope/);
    await expect(placeCall(space, call)).rejects.not.toThrow(/PT-secret/);
  });

  it.each([
    ['answers 503', { status: 503, body: '' }, /503/],
    ['breaks the connection', 'reset', /It may have placed the call nevertheless/],
  ] as const)('does not retry if SignalWire %s', async (_case, outcome, sentence) => {
    const { simulator, space, posts, call } = await start();
    simulator.onRequest = () => outcome;
    await expect(placeCall(space, call)).rejects.toThrow(sentence);
    expect(posts).toHaveLength(1);
  });

  it('does not claim that the call may have been placed if SignalWire could not be reached', async () => {
    const { simulator, space, call } = await start();
    await simulator.close();
    const placed = placeCall(space, call);
    await expect(placed).rejects.toThrow(/ECONNREFUSED/);
    await expect(placed).rejects.not.toThrow(/may have placed/);
  });
});
