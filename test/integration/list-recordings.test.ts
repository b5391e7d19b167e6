import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/http/server.js';
import { listFinishedRecordings } from '../../src/recordings/list-recordings.js';
import { appendValue } from '../../src/simulator/model/timeline.js';
import { finishRecording, holdConference } from '../support/finished-recordings.js';
import { serveLaml } from '../support/serve-laml.js';
import { kindOf, settingsFor, spaceOf } from '../support/service-beside-simulator.js';
import { simulated } from '../support/simulated.js';
import { startSpace } from '../support/simulated-space.js';
import { addRecording } from '../support/space-state.js';
import { changeAnswers } from '../support/two-people.js';

const NOON = Date.UTC(2026, 10, 24, 12);
const HOUR_MS = 60 * 60 * 1000;

/** A simulator, and a list of the recordings in it. `requests` are those that the last list took. */
async function startListed() {
  const { simulator } = await startSpace();
  const webhook = await serveLaml();
  const settings = settingsFor(simulator);
  const space = spaceOf(settings);
  const requests: string[] = [];
  simulator.events.on('request', (request) => requests.push(kindOf(request)));
  const list = async (since?: number) => {
    requests.length = 0;
    return listFinishedRecordings(space, settings, { since });
  };
  const rooms = async (since?: number) => (await list(since)).recordings.map(({ room }) => room);
  const finish = (name: string, createdAt = NOON) => finishRecording(simulator, webhook, name, { createdAt });
  return { simulator, webhook, list, rooms, finish, requests };
}

it('lists the finished recordings of our conferences, newest first', async () => {
  const { simulator, list, finish } = await startListed();
  const { recording, conference } = await finish('recorded-old', NOON - HOUR_MS);
  await finish('recorded-new', NOON);
  const { recordings, ...omissions } = await list();
  expect(omissions).toEqual({ unknownConferences: 0, unfinished: 0 });
  expect(recordings.map(({ room, createdAt }) => [room, createdAt])).toEqual([
    ['new', NOON],
    ['old', NOON - HOUR_MS],
  ]);
  expect(recordings[1]).toEqual({
    sid: recording.sid,
    conferenceSid: conference.sid,
    conference: 'recorded-old',
    room: 'old',
    createdAt: NOON - HOUR_MS,
    seconds: 1,
    status: 'completed',
    url: `${simulator.url}/api/laml/2010-04-01/Accounts/${simulator.projectId}/Recordings/${recording.sid}`,
  });
});

it("leaves out other applications' recordings, of conferences and of calls", async () => {
  const { simulator, list, rooms, finish } = await startListed();
  await finish('recorded-ours');
  await finish('other-theirs');
  expect(await rooms()).toEqual(['ours']);
  // SignalWire's OpenAPI document: null if it is the recording of a call.
  changeAnswers({ simulator }, 'GET Recordings', (text) =>
    text.replace(/"conference_sid":"[^"]+"/g, '"conference_sid":null'),
  );
  expect(await list()).toEqual({ recordings: [], unknownConferences: 0, unfinished: 0 });
});

it('leaves out what began before the given time', async () => {
  const { rooms, finish } = await startListed();
  await finish('recorded-old', NOON - 2 * HOUR_MS);
  await finish('recorded-new', NOON);
  expect(await rooms(NOON - HOUR_MS)).toEqual(['new']);
  expect(await rooms(NOON)).toEqual(['new']);
  expect(await rooms(NOON + 1000)).toEqual([]);
});

it('reads all pages, but none beyond the given time', async () => {
  const pages: string[] = [];
  // Page 0 has the recordings of one and two hours before noon, and so on.
  const server = createServer(({ url = '' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://space');
    const page = Number(searchParams.get('Page') ?? 0);
    pages.push(`${pathname.split('/').at(-1)} ${page}`);
    const hours = [2 * page + 1, 2 * page + 2];
    const next_page_uri = page < 2 ? `${pathname}?Page=${page + 1}` : null;
    const date_created = (hour: number) => new Date(NOON - hour * HOUR_MS).toUTCString().replace('GMT', '+0000');
    const recordings = hours.map((hour) => ({
      ...{ sid: `recording-${hour}`, conference_sid: `conference-${hour}`, status: 'completed', duration: hour },
      date_created: date_created(hour),
    }));
    const conferences = hours.map((hour) => ({
      ...{ sid: `conference-${hour}`, friendly_name: `recorded-${hour}`, status: 'completed' },
      date_created: date_created(hour),
    }));
    const items = pathname.endsWith('/Recordings.json') ? { recordings } : { conferences };
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ ...items, next_page_uri }));
  });
  onTestFinished(() => void server.close());
  const spaceUrl = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  const settings = { ...settingsFor(await simulated()), spaceUrl };
  const rooms = async (since?: number) =>
    (await listFinishedRecordings(spaceOf(settings), settings, { since })).recordings.map(({ room }) => room);
  const readPages = (list: string) => pages.splice(0).filter((page) => page.startsWith(list));

  expect(await rooms()).toEqual(['1', '2', '3', '4', '5', '6']);
  expect(readPages('Recordings')).toEqual(['Recordings.json 0', 'Recordings.json 1', 'Recordings.json 2']);
  expect(await rooms(NOON - 2 * HOUR_MS)).toEqual(['1', '2']);
  expect(readPages('Recordings')).toEqual(['Recordings.json 0', 'Recordings.json 1']);
});

it('takes one request for the recordings and one for their conferences, however many there are', async () => {
  const { list, finish, requests } = await startListed();
  for (let number = 0; number < 10; number += 1) await finish(`recorded-${number}`);
  expect((await list()).recordings).toHaveLength(10);
  expect(requests).toEqual(['GET Recordings', 'GET Conferences']);
});

it('fetches the conferences that the list lacks, and counts the recordings whose conference is unknown', async () => {
  const { simulator, list, finish, requests } = await startListed();
  await finish('recorded-one');
  const { conference } = await finish('recorded-two');
  // Two recordings of one conference take one request.
  const second = addRecording(simulator, conference);
  appendValue(second.status, simulator.model.now(), 'completed');
  second.createdAt = NOON;
  // The list of conferences is empty; a single one is left alone.
  changeAnswers({ simulator }, 'GET Conferences', (text) => text.replace(/"conferences":\[.*\]/, '"conferences":[]'));
  expect((await list()).recordings).toHaveLength(3);
  expect(requests.filter((request) => request === 'GET Conferences')).toHaveLength(1 + 2);
  simulator.traits.endedReads = '404';
  expect(await list()).toEqual({ recordings: [], unknownConferences: 3, unfinished: 0 });
});

it('leaves out recordings that run, and those of conferences that are not over', async () => {
  const { simulator, webhook, list } = await startListed();
  const { conference, recording } = await holdConference(simulator, `${webhook}recorded-live`, false);
  expect(await list()).toEqual({ recordings: [], unknownConferences: 0, unfinished: 0 });
  // It may only be paused: a space may show that by a word that looks final.
  appendValue(recording.status, simulator.model.now(), 'completed');
  expect(await list()).toEqual({ recordings: [], unknownConferences: 0, unfinished: 1 });
  simulator.model.endConference(conference);
  expect((await list()).recordings).toHaveLength(1);
});

it('fails if the recordings or the conferences cannot be listed', async () => {
  const { simulator, list, finish } = await startListed();
  await finish('recorded-one');
  for (const kind of ['GET Recordings', 'GET Conferences']) {
    simulator.onRequest = (request, handle) => (kindOf(request) === kind ? { status: 503, body: '' } : handle());
    await expect(list()).rejects.toThrow('SignalWire answered 503');
  }
});
