import { describe, expect, it } from 'vitest';
import type { Simulator } from '../../src/simulator/simulator.js';
import { eventually } from '../support/eventually.js';
import { RECORDED, requestApi, startApplication, startSpace } from '../support/simulated-space.js';
import { callSidsIn, isOver, recordingStatus } from '../support/space-state.js';

/** Puts two people into a recorded conference. */
async function startConference(attributes = '') {
  const { simulator } = await startSpace();
  const application = await startApplication(`${RECORDED} ${attributes}`);
  const first = await simulator.call({ url: application.url });
  const second = await simulator.call({ url: application.url });
  const [conference] = simulator.conferences();
  const [recording] = conference?.recordings ?? [];
  if (!conference || !recording) throw new Error('Nothing is recorded.');
  const path = `Conferences/${conference.sid}`;
  return { simulator, conference, recording, path, first, second, events: application.events };
}

const NOBODY = '51a91a7e-0000-4000-8000-000000000000';

/** Counts the items of a list. */
async function count(simulator: Simulator, path: string, query: Record<string, string>): Promise<number> {
  const { status, body } = await requestApi(simulator, `${path}?${new URLSearchParams(query)}`);
  expect(status).toBe(200);
  return body[path.split('/').at(-1)?.toLowerCase() ?? ''].length;
}

describe("a participant in the simulator's REST API", () => {
  it('can be fetched by CallSid while they are in', async () => {
    const { simulator, path, conference, second } = await startConference('muted="true"');
    expect(await requestApi(simulator, `${path}/Participants/${second.sid}`)).toMatchObject({
      status: 200,
      body: { call_sid: second.sid, conference_sid: conference.sid, status: 'in-progress', muted: true, hold: false },
    });
    simulator.hangUp(second);
    expect((await requestApi(simulator, `${path}/Participants/${second.sid}`)).status).toBe(404);
  });

  it('can be muted and put on hold, and each change has a callback', async () => {
    const { simulator, path, first, events } = await startConference();
    const participant = `${path}/Participants/${first.sid}`;
    expect((await requestApi(simulator, participant, { Muted: 'true' })).body).toMatchObject({
      muted: true,
      hold: false,
    });
    expect((await requestApi(simulator, participant, { Hold: 'true' })).body).toMatchObject({
      muted: true,
      hold: true,
    });
    expect(await count(simulator, `${path}/Participants`, { Muted: 'true' })).toBe(1);
    expect(await count(simulator, `${path}/Participants`, { Hold: 'false' })).toBe(1);
    expect(await count(simulator, `${path}/Participants`, { Muted: 'false', Hold: 'true' })).toBe(0);
    await requestApi(simulator, participant, { Muted: 'false', Hold: 'false' });
    expect((await requestApi(simulator, participant)).body).toMatchObject({ muted: false, hold: false });
    const expected = ['participant-mute', 'participant-unmute', 'participant-hold', 'participant-unhold'];
    await eventually(() => expect(events()).toEqual(expect.arrayContaining(expected)));
    // An update that changes nothing is not an event.
    const before = events().length;
    expect((await requestApi(simulator, participant, { Muted: 'false' })).status).toBe(200);
    expect((await requestApi(simulator, participant, { Muted: 'loud' })).status).toBe(422);
    expect((await requestApi(simulator, participant, { Coaching: 'true' })).status).toBe(422);
    expect((await requestApi(simulator, `${path}/Participants/${NOBODY}`, { Muted: 'true' })).status).toBe(404);
    expect(events()).toHaveLength(before);
  });

  it('can be removed, which ends their call', async () => {
    const { simulator, path, conference, first, second, events } = await startConference();
    const participant = `${path}/Participants/${second.sid}`;
    expect(await requestApi(simulator, participant, 'DELETE')).toEqual({ status: 204, body: '' });
    expect(callSidsIn(conference)).toEqual([first.sid]);
    expect((await requestApi(simulator, `Calls/${second.sid}`)).body.status).toBe('completed');
    expect((await requestApi(simulator, participant, 'DELETE')).status).toBe(404);
    await eventually(() => expect(events()).toContain('participant-leave'));
  });
});

describe("a conference in the simulator's REST API", () => {
  it('can be ended for everybody', async () => {
    const { simulator, path, conference, first, second, events } = await startConference();
    expect((await requestApi(simulator, path, { Status: 'in-progress' })).status).toBe(422);
    expect((await requestApi(simulator, path, {})).status).toBe(422);
    expect(await requestApi(simulator, path, { Status: 'completed' })).toMatchObject({
      status: 200,
      body: { sid: conference.sid, status: 'completed' },
    });
    expect(isOver(conference)).toBe(true);
    expect(recordingStatus(conference)).toBe('completed');
    for (const { sid } of [first, second])
      expect((await requestApi(simulator, `Calls/${sid}`)).body.status).toBe('completed');
    await eventually(() => expect(events()).toEqual(expect.arrayContaining(['conference-end', 'completed'])));
    expect((await requestApi(simulator, path, { Status: 'completed' })).status).toBe(200);
    expect((await requestApi(simulator, `Conferences/${NOBODY}`, { Status: 'completed' })).status).toBe(404);
  });

  it('can be filtered by the dates on which it was created and updated', async () => {
    const { simulator, conference } = await startConference();
    conference.createdAt = Date.UTC(2024, 0, 2, 12);
    conference.updatedAt = Date.UTC(2024, 0, 3);
    for (const [query, found] of [
      [{ DateCreated: '2024-01-02' }, 1],
      [{ DateCreated: '2024-01-03' }, 0],
      [{ 'DateCreated<': '2024-01-02' }, 0],
      [{ 'DateCreated<': '2024-01-03' }, 1],
      [{ 'DateCreated>': '2024-01-02' }, 0],
      [{ 'DateCreated>': '2024-01-01', 'DateCreated<': '2024-01-03' }, 1],
      [{ DateUpdated: '2024-01-02' }, 0],
      [{ DateUpdated: '2024-01-03', Status: 'in-progress' }, 1],
      [{ 'DateUpdated<': '2024-01-03' }, 0],
      [{ 'DateUpdated>': '2024-01-02' }, 1],
      [{ 'DateUpdated>': '2024-01-03' }, 0],
    ] as const) {
      expect([query, await count(simulator, 'Conferences', query)]).toEqual([query, found]);
    }
    expect((await requestApi(simulator, 'Conferences?DateCreated=yesterday')).status).toBe(422);
  });
});

describe("a recording in the simulator's REST API", () => {
  it('can be listed and fetched under the account as well', async () => {
    const { simulator, conference, recording } = await startConference();
    const base = `/api/laml/2010-04-01/Accounts/${simulator.projectId}/Recordings`;
    const shown = { sid: recording.sid, conference_sid: conference.sid, status: 'in-progress', call_sid: null };
    const [listed] = (await requestApi(simulator, 'Recordings')).body.recordings;
    expect(listed).toMatchObject({ ...shown, uri: `${base}/${recording.sid}.json` });
    expect((await requestApi(simulator, `Recordings/${recording.sid}.json`)).body).toMatchObject(shown);
    expect((await requestApi(simulator, `Recordings/${NOBODY}`)).status).toBe(404);
  });

  it('can be filtered under the account by its conference and its time of creation', async () => {
    const { simulator, conference, recording, first } = await startConference();
    recording.createdAt = Date.UTC(2024, 0, 2, 3, 4, 5);
    const [second, later] = ['Tue, 02 Jan 2024 03:04:05 +0000', 'Tue, 02 Jan 2024 03:04:06 +0000'];
    for (const [query, found] of [
      [{ ConferenceSid: conference.sid }, 1],
      [{ ConferenceSid: NOBODY }, 0],
      [{ CallSid: first.sid }, 0],
      [{ DateCreated: second }, 1],
      [{ DateCreated: later }, 0],
      [{ 'DateCreated<': second }, 0],
      [{ 'DateCreated<': later }, 1],
      [{ 'DateCreated>': second }, 0],
      [{ 'DateCreated>': 'Tue, 02 Jan 2024 03:04:04 +0000' }, 1],
    ] as const) {
      expect([query, await count(simulator, 'Recordings', query)]).toEqual([query, found]);
    }
    expect((await requestApi(simulator, 'Recordings?DateCreated=2024-01-02')).status).toBe(422);
  });

  it('can be filtered under its conference by its date of creation', async () => {
    const { simulator, path, recording } = await startConference();
    recording.createdAt = Date.UTC(2024, 0, 2, 3, 4, 5);
    expect(await count(simulator, `${path}/Recordings`, { DateCreated: '2024-01-02' })).toBe(1);
    expect(await count(simulator, `${path}/Recordings`, { 'DateCreated>': '2024-01-02' })).toBe(0);
    expect(await count(simulator, `${path}/Recordings`, { 'DateCreated<': '2024-01-03' })).toBe(1);
  });

  it.each(['conference', 'account'])('can be deleted under the %s, and is then gone everywhere', async (parent) => {
    const { simulator, path, recording } = await startConference();
    const under = { conference: `${path}/Recordings/${recording.sid}`, account: `Recordings/${recording.sid}` };
    const target = parent === 'account' ? under.account : under.conference;
    expect(await requestApi(simulator, target, 'DELETE')).toEqual({ status: 204, body: '' });
    for (const gone of Object.values(under)) expect((await requestApi(simulator, gone)).status).toBe(404);
    expect(await count(simulator, 'Recordings', {})).toBe(0);
    expect((await requestApi(simulator, target, 'DELETE')).status).toBe(404);
  });
});

describe("calls in the simulator's REST API", () => {
  it('can be filtered by every documented filter', async () => {
    const { simulator, first, second } = await startConference();
    simulator.hangUp(second);
    for (const call of [first, second]) for (const entry of call.status) entry.at = Date.UTC(2024, 0, 2, 3, 4, 5);
    const [before, at] = ['Tue, 02 Jan 2024 03:04:04 GMT', 'Tue, 02 Jan 2024 03:04:05 GMT'];
    for (const [query, found] of [
      [{ Status: 'in-progress' }, 1],
      [{ Status: 'completed' }, 1],
      [{ To: simulator.phoneNumber }, 2],
      [{ To: first.from }, 0],
      [{ From: first.from }, 1],
      [{ ParentCallSid: first.sid }, 0],
      [{ StartTime: at }, 2],
      [{ 'StartTime<': at }, 0],
      [{ 'StartTime>': before }, 2],
      [{ EndTime: at }, 1],
      [{ 'EndTime<': at }, 0],
      [{ 'EndTime>': before }, 1],
    ] as const) {
      expect([query, await count(simulator, 'Calls', query)]).toEqual([query, found]);
    }
    expect((await requestApi(simulator, 'Calls?Status=nonsense')).status).toBe(422);
    expect((await requestApi(simulator, 'Calls?StartTime=soon')).status).toBe(422);
  });
});

describe("numbers in the simulator's REST API", () => {
  it('can be filtered by a part of the number and by their exact name', async () => {
    const { simulator } = await startSpace();
    simulator.addNumber('+15550199999');
    const found = async (query: string) =>
      (await requestApi(simulator, `IncomingPhoneNumbers?${query}`)).body.incoming_phone_numbers.length;
    expect(await found('PhoneNumber=%2B1555')).toBe(2);
    expect(await found('PhoneNumber=0199')).toBe(1);
    expect(await found('FriendlyName=%2B15550199999')).toBe(1);
    expect(await found('FriendlyName=%2B1555')).toBe(0);
    // This filter is not documented.
    expect((await requestApi(simulator, 'IncomingPhoneNumbers?Origin=signalwire')).status).toBe(422);
  });
});
