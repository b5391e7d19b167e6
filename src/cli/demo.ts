import { Command } from 'commander';
import { createLog } from '../log/log.js';
import { type Service, startService } from '../service.js';
import { readSettings } from '../settings/settings.js';
import { simulateCallers } from '../simulator/random-callers.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { tellStory } from './demo-story.js';

/** How long a request to SignalWire takes in the demo, in milliseconds. */
const LATENCY_MS = 60;

/** How long the recording may be in the wrong state without a break, in milliseconds. */
const TOLERANCE_MS = 1000;

const PASSWORD = 'demo-password';

/** The rooms of the random callers. */
const ROOMS = ['sales', 'support', 'planning', 'interviews'];

export const command = new Command('demo')
  .description('Run the service beside a simulated SignalWire, and let three people call. Needs no account.')
  .option('--stay', 'then keep random callers coming until Ctrl-C, so that the status page has something to show')
  .action(demo);

async function demo({ stay }: { stay?: true }): Promise<void> {
  const simulator = await startSimulator();
  simulator.latencyMs = LATENCY_MS;
  const problems: string[] = [];
  simulator.events.on('problem', (sentence) => problems.push(sentence));
  const service = await startServiceAgainst(simulator);
  simulator.pointNumber(`${service.publicUrl}/inbound`);

  console.log(`Three people call a number of a simulated SignalWire space, over real HTTP on loopback.
A request to SignalWire takes ${LATENCY_MS} ms. The recording should run while two or more people are in.
Watch it at http://127.0.0.1:${service.port}/ (any user name, password: ${PASSWORD})${stay ? '' : '; with --stay it stays up'}.
`);
  await tellStory(simulator);
  if (stay) await keepCallersComing(simulator, service);
  await service.close();
  await simulator.close();

  const { recordedMs, soloMs, lostMs, longestWrongMs } = simulator.recordingTime();
  console.log(`
Recorded ${seconds(recordedMs)} s, of which ${seconds(soloMs)} s solo (fewer than two people in).
Lost ${seconds(lostMs)} s (two or more people in, and the recording paused).`);

  if (recordedMs === 0) problems.push('Nothing was recorded.');
  if (longestWrongMs > TOLERANCE_MS) {
    problems.push(`The recording was in the wrong state for ${Math.round(longestWrongMs)} ms without a break.`);
  }
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}

async function startServiceAgainst(simulator: Simulator): Promise<Service> {
  const settings = readSettings({
    SIGNALWIRE_SPACE_URL: simulator.url,
    SIGNALWIRE_PROJECT_ID: simulator.projectId,
    SIGNALWIRE_API_TOKEN: simulator.apiToken,
    SIGNALWIRE_SIGNING_KEY: simulator.signingKey,
    NGROK_AUTHTOKEN: 'unused',
    STATUS_PASSWORD: PASSWORD,
    HOST: '127.0.0.1',
    PORT: '0',
  });
  const openTunnel = async (port: number) => ({ url: `http://127.0.0.1:${port}`, close: async () => {} });
  return startService({ settings, log: await createLog('warn'), openTunnel });
}

async function keepCallersComing(simulator: Simulator, { publicUrl }: Service): Promise<void> {
  console.log('\nCallers now come and go at random, in several rooms: watch the page. Ctrl-C ends the demo.');
  const stop = new AbortController();
  // Not `once`: npm passes on the Ctrl-C that the terminal has sent us already.
  process.on('SIGINT', () => stop.abort());
  process.on('SIGTERM', () => stop.abort());
  await Promise.all(ROOMS.map((room) => simulateCallers(simulator, `${publicUrl}/inbound?room=${room}`, stop.signal)));
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}
