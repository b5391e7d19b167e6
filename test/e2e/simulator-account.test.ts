import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { run, runToEnd, SIMULATOR } from '../support/processes.js';
import { serveLaml } from '../support/serve-laml.js';

/** For how long somebody is on hold; far longer than it takes two people to hang up (ms). */
const HOLD_MS = 500;

/** Lets two people talk, one of whom is on hold for a while, and returns the simulator's account of it. */
async function accountOfHold(env: Record<string, string>): Promise<string> {
  const { output } = await run(SIMULATOR, { PORT: '0', SIGNALWIRE_API_TOKEN: 'PT-mine', ...env });
  await eventually(() => expect(output.out).toMatch(/\n {2}curl [\s\S]*Url=\S+\n/));
  const url = /http:\S+/.exec(output.out)?.[0] ?? '';
  const projectId = /project ID +(\S+)/.exec(output.out)?.[1] ?? '';
  const authorization = `Basic ${Buffer.from(`${projectId}:PT-mine`).toString('base64')}`;
  const request = async (path: string, body?: Record<string, string>) => {
    const response = await fetch(`${url}/api/laml/2010-04-01/Accounts/${projectId}/${path}`, {
      headers: { authorization },
      ...(body && { method: 'POST', body: new URLSearchParams(body) }),
    });
    return response.json();
  };

  const laml = `${await serveLaml()}talk`;
  const calls = [];
  for (const To of ['+15550100001', '+15550100002']) {
    calls.push(await request('Calls', { To, From: '+15550100000', Url: laml }));
    await eventually(() => expect(output.out.match(/joined/g)).toHaveLength(calls.length));
  }
  const { conferences } = await request('Conferences');
  const held = `Conferences/${conferences[0].sid}/Participants/${calls[1].sid}`;
  await request(held, { Hold: 'true' });
  await delay(HOLD_MS);
  await request(held, { Hold: 'false' });
  for (const { sid } of calls) await request(`Calls/${sid}`, { Status: 'completed' });
  await eventually(() => expect(output.out).toMatch(/solo .* s, lost .* s\n/));
  expect(output.out).toContain(`talk  held ${calls[1].sid}  (2 in, in-progress)`);
  expect(output.out).toContain(`talk  unheld ${calls[1].sid}  (2 in, in-progress)`);
  return output.out;
}

/** For how long, by the account, somebody was recorded alone (ms). */
function soloMs(account: string): number {
  return Number(/solo (\S+) s, lost 0\.00 s/.exec(account)?.[1]) * 1000;
}

it("the simulator's account has holds, during which nobody is alone", async () => {
  const account = await accountOfHold({});
  expect(soloMs(account)).toBeLessThan(HOLD_MS - 10);
  expect(account).not.toContain('COUNT_HELD');
});

it('the simulator counts nobody on hold with COUNT_HELD=false, and starts the service like that', async () => {
  const account = await accountOfHold({ COUNT_HELD: 'false' });
  expect(soloMs(account)).toBeGreaterThanOrEqual(HOLD_MS - 10);
  expect(account).toMatch(/ COUNT_HELD=false npx conference-recorder start\n/);
});

it('the simulator counts two as too few with MIN_PARTICIPANTS=3, and starts the service like that', async () => {
  const account = await accountOfHold({ MIN_PARTICIPANTS: '3' });
  expect(soloMs(account)).toBeGreaterThanOrEqual(HOLD_MS - 10);
  expect(account).toMatch(/ MIN_PARTICIPANTS=3 npx conference-recorder start\n/);
});

it('the simulator refuses a MIN_PARTICIPANTS that is no number of people', async () => {
  const { code, err } = await runToEnd(SIMULATOR, { PORT: '0', MIN_PARTICIPANTS: 'two' });
  expect({ code, err }).toEqual({ code: 2, err: 'MIN_PARTICIPANTS must be a whole number, 1 or more.\n' });
});
