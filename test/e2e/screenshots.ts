import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { startService } from '../../src/service.js';
import type { Call } from '../../src/simulator/model/resources.js';
import { startSimulator } from '../../src/simulator/simulator.js';
import { loopbackTunnel, settingsFor } from '../support/service-beside-simulator.js';
import { PASSWORD } from '../support/status.js';
import { launchBrowser } from './browser.js';

const FOLDER = new URL('../../.github', import.meta.url);

/** Who joins (+) and leaves (-) which room, and when (in steps). */
const SCENE = [
  [0, '+planning', 'a'],
  [2, '+planning', 'b'],
  [3, '+support', 'a'],
  [5, '+support', 'b'],
  [6, '-planning', 'b'],
  [8, '+planning', 'c'],
  [9, '+sales', 'a'],
  [11, '+sales', 'b'],
  [12, '+support', 'c'],
  [14, '-planning', 'a'],
  [15, '-planning', 'c'],
  [16, '-support', 'b'],
  [17, '-sales', 'b'],
  [20, '+sales', 'c'],
  [21, '+sales', 'd'],
  [24, '-support', 'a'],
  [26, '+interviews', 'a'],
] as const;
const STEPS = 30;

/** The pictures show the state after four minutes, which nearly fill the strips. */
const STEP_MS = 8000;

// Takes the README's pictures of the page: `npm run screenshots`.
const simulator = await startSimulator();
simulator.latencyMs = 60;
const settings = settingsFor(simulator, { statusPassword: PASSWORD });
const service = await startService({ settings, log: pino({ level: 'warn' }), openTunnel: loopbackTunnel });

let now = 0;
const calls = new Map<string, Call>();
for (const [at, where, who] of SCENE) {
  await delay((at - now) * STEP_MS);
  now = at;
  const room = where.slice(1);
  const caller = calls.get(room + who);
  if (caller) simulator.hangUp(caller);
  else calls.set(room + who, await simulator.call({ url: `${service.publicUrl}/inbound?room=${room}` }));
}
await delay((STEPS - now) * STEP_MS);

const browser = await launchBrowser();
for (const colorScheme of ['light', 'dark'] as const) {
  const httpCredentials = { username: 'anybody', password: PASSWORD };
  const page = await browser.newPage({
    httpCredentials,
    colorScheme,
    viewport: { width: 720, height: 640 },
    deviceScaleFactor: 1.5,
  });
  await page.goto(`http://127.0.0.1:${service.port}/`);
  await page.locator('.conference').first().waitFor();
  await page.screenshot({ path: fileURLToPath(new URL(`page-${colorScheme}.png`, FOLDER)), fullPage: true });
}
await browser.close();
await service.close();
await simulator.close();
