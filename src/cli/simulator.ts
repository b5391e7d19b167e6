import { Command } from 'commander';
import { config } from 'dotenv';
import type { Faults } from '../simulator/faults.js';
import { CALL_HANDLERS } from '../simulator/model/phone-number.js';
import { activeParticipants, documentedStatus } from '../simulator/model/resources.js';
import type { Traits } from '../simulator/model/traits.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { addFaultOptions, parseInteger, pickFaults } from './fault-options.js';
import { addTraitOptions, formatTraitFlags, readTraits } from './trait-options.js';
import { UsageError } from './usage-error.js';

const DEFAULT_PORT = 4010;
// The same at every start, so that the settings of a service remain valid when the simulator is restarted.
const DEFAULT_PROJECT_ID = '51a91a7e-0000-4000-8000-000000004010';
const DEFAULT_API_TOKEN = 'PT-simulator';
const DEFAULT_SIGNING_KEY = 'PSK-simulator';

type Options = Faults & { latencyMs: number };

const options = new Command('simulator')
  .description('Run a simulated SignalWire space on this machine. Shares are from 0 to 1.')
  .option('--latency-ms <ms>', 'how long a request to the REST API takes', parseInteger, 0);

export const command = addTraitOptions(addFaultOptions(options)).action(simulate);

async function simulate(options: Options): Promise<void> {
  const traits = readTraits({ ...options });
  const port = readPort(process.env.PORT);
  // The credentials, and who counts and how many are enough, may come from a service's .env, but the PORT in there is the service's own.
  const env = { ...config({ quiet: true, processEnv: {} }).parsed, ...process.env };
  const countHeld = env.COUNT_HELD?.trim() !== 'false';
  const minParticipants = readMinParticipants(env.MIN_PARTICIPANTS);
  const simulator = await startSimulator({
    port,
    countHeld,
    minParticipants,
    projectId: env.SIGNALWIRE_PROJECT_ID || DEFAULT_PROJECT_ID,
    apiToken: env.SIGNALWIRE_API_TOKEN || DEFAULT_API_TOKEN,
    signingKey: env.SIGNALWIRE_SIGNING_KEY || DEFAULT_SIGNING_KEY,
    traits,
  });
  simulator.latencyMs = options.latencyMs;
  // The numbers end in the SIP status of the result: 486 busy, 480 unavailable, 604 does not exist.
  simulator.unanswered.set('+15550100486', 'busy').set('+15550100480', 'no-answer');
  simulator.invalidNumbers.add('+15550100604');
  const taken = addTakenNumbers(simulator);
  const faults = pickFaults(options);
  Object.assign(simulator.faults, faults);
  console.log(instructions({ simulator, taken, traits, faults, countHeld, minParticipants }));
  printChanges(simulator);
}

/** Adds numbers that belong to somebody else, one for each kind of handler. */
function addTakenNumbers(simulator: Simulator): string[] {
  return CALL_HANDLERS.map((handler, index) => {
    const number = simulator.addNumber(`+1555010${2001 + index}`, { handler });
    if (handler === 'laml_webhooks') number.voiceUrl = 'https://example.com/voice';
    return number.phoneNumber;
  });
}

interface Instructed {
  simulator: Simulator;
  /** The numbers that belong to somebody else. */
  taken: string[];
  traits: Traits;
  faults: Faults;
  countHeld: boolean;
  minParticipants: number;
}

function instructions({ simulator, taken, traits, faults, countHeld, minParticipants }: Instructed): string {
  const { url, projectId, apiToken, signingKey, phoneNumber } = simulator;
  // In a checkout the simulator is run by npm.
  const startCommand =
    process.env.npm_lifecycle_event === 'simulator' ? 'npm run dev' : 'npx conference-recorder start';
  const setting = [
    countHeld ? '' : 'COUNT_HELD=false ',
    minParticipants === 2 ? '' : `MIN_PARTICIPANTS=${minParticipants} `,
  ].join('');
  return `A simulated SignalWire space is at ${url}

  project ID   ${projectId}
  API token    ${apiToken}
  signing key  ${signingKey}
  number       ${phoneNumber}, whose calls nothing handles yet

From ${taken.at(0)} to ${taken.at(-1)}, its numbers are somebody else's, each with another kind of handler.
${describeTraits(traits)}
${describeFaults(faults)}

To start the service against it, in another terminal:

  SIGNALWIRE_SPACE_URL=${url} SIGNALWIRE_PROJECT_ID=${projectId} \\
  SIGNALWIRE_API_TOKEN=${apiToken} SIGNALWIRE_SIGNING_KEY=${signingKey} \\
  PORT=3000 PUBLIC_URL=http://127.0.0.1:3000 STATUS_PASSWORD=simulator-password ${setting}${startCommand}

Its page is then at http://127.0.0.1:3000/, with any user name and that password.

To make somebody call; run it twice for two people:

  curl -u '${projectId}:${apiToken}' \\
    ${url}/api/laml/2010-04-01/Accounts/${projectId}/Calls \\
    --data-urlencode To=+15550100001 --data-urlencode From=${phoneNumber} \\
    --data-urlencode Url=http://127.0.0.1:3000/inbound
`;
}

/** How the space differs from the documented one, as the flags that make it so. */
function describeTraits(traits: Traits): string {
  const flags = formatTraitFlags(traits);
  return flags ? `It differs from what SignalWire documents: ${flags}` : 'It behaves as SignalWire documents.';
}

/** What goes wrong in it, by the names of the options. */
function describeFaults({ seed, delayMs, retryAfter, obeyMs, ...shares }: Faults): string {
  const active = Object.entries(shares).filter(([, share]) => share > 0);
  if (active.length === 0) return 'Nothing goes wrong in it.';
  return `What goes wrong in it: ${active.map(([name, share]) => `${name} ${share}`).join(', ')} (seed ${seed}).`;
}

function printChanges({ events }: Simulator): void {
  events.on('problem', (sentence) => console.log(`problem    ${sentence}`));
  events.on('announcement', ({ sid }, announcement) => console.log(`announcement to ${sid}: ${announcement}`));
  events.on('change', ({ type, conference, call }) => {
    const [newest] = conference.recordings;
    const recording = newest ? documentedStatus(newest) : 'no recording yet';
    const change = call ? `${type} ${call.sid}` : type;
    console.log(`${conference.name}  ${change}  (${activeParticipants(conference).length} in, ${recording})`);
    if (type !== 'ended') return;
    const { recordedMs, soloMs, lostMs } = conference.meter.read();
    console.log(
      `${conference.name}  recorded ${seconds(recordedMs)}, solo ${seconds(soloMs)}, lost ${seconds(lostMs)}`,
    );
  });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function readMinParticipants(text: string | undefined): number {
  const minimum = Number(text?.trim() || 2);
  if (Number.isInteger(minimum) && minimum >= 1) return minimum;
  throw new UsageError('MIN_PARTICIPANTS must be a whole number, 1 or more.');
}

function readPort(text: string | undefined): number {
  const port = Number(text || DEFAULT_PORT);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UsageError('PORT must be a whole number, from 0 to 65535.');
}
