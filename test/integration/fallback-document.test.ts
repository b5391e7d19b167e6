import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/http/server.js';
import { startService } from '../../src/service.js';
import { conferenceResponse } from '../../src/signalwire/laml.js';
import { readLaml } from '../../src/simulator/read-laml.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { keepLog } from '../support/log.js';
import { liveConference, settingsFor } from '../support/service-beside-simulator.js';
import { simulated } from '../support/simulated.js';
import { headCount, recordingStatus } from '../support/space-state.js';

const PUBLIC_URL = 'https://recorder.example.com';

/** The document in docs/deploying.md that SignalWire keeps for when the service is down. */
function documentFor(publicUrl: string): string {
  const [, xml] = /```xml\n([\s\S]*?)```/.exec(readFileSync('docs/deploying.md', 'utf8')) ?? [];
  if (xml === undefined) throw new Error('There is no document.');
  return xml.replaceAll(PUBLIC_URL, publicUrl);
}

it("the documented fallback says what the service's own document says", () => {
  const documented = readLaml('text/xml', documentFor(PUBLIC_URL));
  expect(documented).toEqual(
    readLaml('text/xml', conferenceResponse('recorded-main', PUBLIC_URL, { announcement: undefined, countHeld: true })),
  );
});

it('callers whom the documented fallback takes while the service is down are in good hands when it is back', async () => {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const keeper = createServer((_request, response) => {
    response.setHeader('content-type', 'text/xml').end(documentFor(publicUrl));
  });
  const fallbackUrl = `http://127.0.0.1:${await listen(keeper, 0, '127.0.0.1')}/laml-bins/1`;
  onTestFinished(() => void keeper.close());
  const simulator = await simulated();
  simulator.pointNumber(`${publicUrl}/inbound`, 'POST', fallbackUrl);
  await simulator.call();
  const second = await simulator.call();
  expect(recordingStatus(liveConference(simulator))).toBe('in-progress');

  const settings = settingsFor(simulator, { port, publicUrl, conferenceName: 'main' });
  const service = await startService({ settings, log: keepLog().log });
  onTestFinished(() => service.close());
  simulator.hangUp(second);
  await eventually(() => expect(recordingStatus(liveConference(simulator))).toBe('paused'));
  await simulator.call();
  expect(headCount(liveConference(simulator))).toBe(2);
  await eventually(() => expect(recordingStatus(liveConference(simulator))).toBe('resumed'));
});
