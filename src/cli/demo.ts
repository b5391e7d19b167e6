import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { createLog } from '../log/log.js';
import { type Service, startService } from '../service.js';
import { readSettings } from '../settings/settings.js';
import { type Call, type Conference, documentedStatus, peopleIn } from '../simulator/model/resources.js';
import type { Change } from '../simulator/model/space-model.js';
import { comeAndGo } from '../simulator/random-callers.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';

/** What a request to SignalWire takes in this story, in milliseconds. */
const LATENCY_MS = 60;

/** The recording may not be wrong for longer than this at a stretch, in milliseconds. */
const TOLERANCE_MS = 1000;

const PASSWORD = 'demo';

/** Where random callers meet. */
const ROOMS = ['sales', 'support', 'planning', 'interviews'];

/** The real service beside a simulated SignalWire, told as a story. */
async function demo({ stay }: { stay?: true }): Promise<void> {
  const simulator = await startSimulator();
  simulator.latencyMs = LATENCY_MS;
  const problems: string[] = [];
  simulator.events.on('problem', (sentence) => problems.push(sentence));
  const service = await startServiceAgainst(simulator);
  simulator.pointNumber(`${service.publicUrl}/inbound`);

  console.log(`Three people call a number of a simulated SignalWire space, over real HTTP on loopback.
A request to SignalWire takes ${LATENCY_MS} ms. The recording should run while two or more are in.
Watch it at http://127.0.0.1:${service.port}/ (any user name, password: ${PASSWORD})${stay ? '' : '; npm run demo -- --stay keeps it up'}.

   time   what happens                                          in   recording
  ------  ----------------------------------------------------  ---  ---------`);
  await tell(simulator);
  if (stay) await keepCallersComing(simulator, service);
  await service.close();
  await simulator.close();

  const { recordedMs, soloMs, lostMs, longestWrongMs } = simulator.account();
  console.log(`
Recorded ${seconds(recordedMs)} s. Of that, solo (with fewer than two in): ${seconds(soloMs)} s.
Lost (two or more in, and paused): ${seconds(lostMs)} s.`);

  if (recordedMs === 0) problems.push('Nothing was recorded.');
  if (longestWrongMs > TOLERANCE_MS) {
    problems.push(`The recording was in the wrong state for ${Math.round(longestWrongMs)} ms at a stretch.`);
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
    NGROK_AUTHTOKEN: 'not used: nothing leaves this machine',
    STATUS_PASSWORD: PASSWORD,
    HOST: '127.0.0.1',
    PORT: '0',
  });
  const openTunnel = async (port: number) => ({ url: `http://127.0.0.1:${port}`, close: async () => {} });
  return startService({ settings, log: await createLog('warn'), openTunnel });
}

async function keepCallersComing(simulator: Simulator, { publicUrl }: Service): Promise<void> {
  console.log('\nNow callers come and go at random, in several rooms: watch the page. Ctrl-C ends it.');
  const stop = new AbortController();
  const coming = ROOMS.map((room) => comeAndGo(simulator, `${publicUrl}/inbound?room=${room}`, stop.signal));
  // Not once: npm passes on the Ctrl-C that the terminal has sent us already.
  process.on('SIGINT', () => stop.abort());
  process.on('SIGTERM', () => stop.abort());
  await Promise.race([once(stop.signal, 'abort'), Promise.all(coming)]);
  await Promise.all(coming);
}

async function tell(simulator: Simulator): Promise<void> {
  const names = new Map<string, string>();
  const narrator = narrate(names);
  simulator.events.on('change', narrator);

  const callIn = async (name: string): Promise<Call> => {
    const from = `+1555020000${name.charCodeAt(0) - 'A'.charCodeAt(0)}`;
    names.set(from, name);
    return simulator.call({ from });
  };
  const a = await callIn('A');
  await delay(1200);
  const b = await callIn('B');
  await delay(2000);
  const c = await callIn('C');
  await delay(1000);
  simulator.hangUp(b);
  await delay(1000);
  simulator.hangUp(c);
  await delay(2000);
  const bAgain = await callIn('B');
  await delay(2000);
  simulator.hangUp(a);
  await delay(1000);
  const cAgain = await callIn('C');
  await delay(1500);
  simulator.hangUp(bAgain);
  await delay(800);
  // The conference ends with its last participant, before this returns.
  simulator.hangUp(cAgain);
  simulator.events.off('change', narrator);
}

/** Tells what happens, a line each, to callers of these names. */
function narrate(names: Map<string, string>): (change: Change) => void {
  const startedAt = performance.now();
  let cause = { at: startedAt, what: '' };

  function say(what: string, { conference }: Change): void {
    const time = seconds(performance.now() - startedAt).padStart(5);
    const people = String(peopleIn(conference).length);
    console.log(`  ${time}   ${what.padEnd(52)}  ${people.padStart(2)}   ${stateOf(statusOf(conference))}`);
  }

  return (change) => {
    const { what, call, conference } = change;
    const name = call && names.get(call.from);
    if (what === 'joined' || what === 'left') {
      cause = { at: performance.now(), what: `${name} ${what}` };
      say(`${name} ${what === 'joined' ? 'joins' : 'hangs up'}`, change);
    } else if (what === 'recording') {
      const took = Math.round(performance.now() - cause.at);
      const verb = { 'in-progress': 'begins', paused: 'is paused', resumed: 'resumes' }[String(statusOf(conference))];
      say(`  the recording ${verb}, ${took} ms after ${cause.what}`, change);
    } else {
      say('the conference is over', change);
    }
  };
}

function statusOf({ recordings: [newest] }: Conference): string | undefined {
  return newest && documentedStatus(newest);
}

function stateOf(status: string | undefined): string {
  if (status === undefined) return 'none yet';
  return status === 'in-progress' || status === 'resumed' ? 'runs' : status;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}

const command = new Command('npm run demo --')
  .description('The service beside a simulated SignalWire, told as a story.')
  .option('--stay', 'then keeps random callers coming until Ctrl-C, so that there is something to watch')
  .parse();

demo(command.opts()).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
