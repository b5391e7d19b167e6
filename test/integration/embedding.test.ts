import { once } from 'node:events';
import express from 'express';
import pino from 'pino';
import request from 'supertest';
import { expect, it, onTestFinished } from 'vitest';
import { createRecorder, readSettings } from '../../src/index.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { startSpace } from '../support/simulated-space.js';
import { headCount, recordingStatus } from '../support/space-state.js';

/** A recorder mounted under /phone in another Express app, beside a simulated space. It isn't started yet. */
async function embed(space?: Awaited<ReturnType<typeof startSpace>>) {
  const { simulator, problems } = space ?? (await startSpace());
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const settings = readSettings({
    SIGNALWIRE_SPACE_URL: simulator.url,
    SIGNALWIRE_PROJECT_ID: simulator.projectId,
    SIGNALWIRE_API_TOKEN: simulator.apiToken,
    SIGNALWIRE_SIGNING_KEY: simulator.signingKey,
    PUBLIC_URL: `${url}/phone`,
    SIGNALWIRE_PHONE_NUMBER: simulator.phoneNumber,
    STATUS_PASSWORD: 'open sesame',
  });
  const recorder = createRecorder(settings, { log: pino({ level: 'silent' }) });
  const app = express();
  app.use('/phone', recorder.router);
  app.use(express.json(), (_request, response) => void response.status(404).send("the app's own 404"));
  const server = app.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    await recorder.close();
    server.closeAllConnections();
    server.close();
  });
  simulator.pointNumber(`${url}/phone/inbound`);
  return { simulator, problems, recorder, server, app: request(url) };
}

it('a recorder mounted under a path of another app records as one on its own', async () => {
  const { simulator, problems, recorder, app } = await embed();
  await recorder.start();
  await simulator.call();
  const second = await simulator.call();
  const [conference] = simulator.conferences();
  expect(conference && recordingStatus(conference)).toBe('in-progress');
  simulator.hangUp(second);
  await eventually(() => expect(conference && recordingStatus(conference)).toBe('paused'));
  await simulator.call();
  await eventually(() => expect(conference && recordingStatus(conference)).toBe('resumed'));
  expect(problems).toEqual([]);
  await app.post('/phone/callback').type('form').send({ ConferenceSid: conference?.sid }).expect(403);
});

it('a mounted recorder leaves all other routes to the app', async () => {
  const { app } = await embed();
  await app.get('/phone/nothing').expect(404, "the app's own 404");
  await app.get('/callback').expect(404, "the app's own 404");
  await app.get('/phone/healthz').expect(200);
});

it('the page of a mounted recorder finds its files and its feed, with and without a slash at the end', async () => {
  const { app } = await embed();
  const page = await app.get('/phone').auth('anybody', 'open sesame').redirects(1).expect(200);
  expect(page.text).toContain('<script');
  expect(page.redirects.map((url) => new URL(url).pathname)).toEqual(['/phone/']);
  for (const file of ['status.css', 'status.js', 'conferences', 'metrics']) {
    await app.get(`/phone/${file}`).auth('anybody', 'open sesame').expect(200);
  }
});

it('a mounted recorder points the number at the path that it is mounted under', async () => {
  const { simulator, recorder } = await embed();
  simulator.pointNumber('');
  await recorder.pointNumber();
  expect(simulator.numbers[0]?.voiceUrl).toMatch(/\/phone\/inbound$/);
});

it('a caller who calls before the start joins the person who is waiting already', async () => {
  const before = await embed();
  await before.recorder.start();
  await before.simulator.call();
  await before.recorder.close();
  const after = await embed(before);
  const calling = after.simulator.call();
  await once(after.server, 'request');
  await after.recorder.start();
  await calling;
  expect(after.simulator.conferences().map(headCount)).toEqual([2]);
});
