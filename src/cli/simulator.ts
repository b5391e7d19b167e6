import { Command } from 'commander';
import { config } from 'dotenv';
import type { Faults } from '../simulator/faults.js';
import { documentedStatus, peopleIn } from '../simulator/model/resources.js';
import type { Traits } from '../simulator/model/traits.js';
import { startSimulator } from '../simulator/simulator.js';
import { addFaultOptions, faultsOf, wholeNumber } from './fault-options.js';
import { addTraitOptions, flagsOf, traitsOf } from './trait-options.js';

const DEFAULT_PORT = 4010;
// The same at every start, so that a service's settings stay right when the simulator is started anew.
const DEFAULT_PROJECT_ID = '51a91a7e-0000-4000-8000-000000004010';
const DEFAULT_API_TOKEN = 'PT-simulator';
const DEFAULT_SIGNING_KEY = 'PSK-simulator';

async function main(): Promise<void> {
  const { latencyMs, faults, traits } = readArguments();
  const port = readPort(process.env.PORT);
  // A service's own .env may share its credentials with us, but its PORT is the service's.
  const env = { ...config({ quiet: true, processEnv: {} }).parsed, ...process.env };
  const simulator = await startSimulator({
    port,
    projectId: env.SIGNALWIRE_PROJECT_ID || DEFAULT_PROJECT_ID,
    apiToken: env.SIGNALWIRE_API_TOKEN || DEFAULT_API_TOKEN,
    signingKey: env.SIGNALWIRE_SIGNING_KEY || DEFAULT_SIGNING_KEY,
    traits,
  });
  simulator.latencyMs = latencyMs;
  // They end in what SIP answers: 486 busy, 480 unavailable, 604 doesn't exist.
  simulator.unanswered.set('+15550100486', 'busy').set('+15550100480', 'no-answer');
  simulator.invalidNumbers.add('+15550100604');
  Object.assign(simulator.faults, faults);
  const { url, projectId, apiToken, signingKey } = simulator;

  console.log(`A simulated SignalWire space is at ${url}

  project ID   ${projectId}
  API token    ${apiToken}
  signing key  ${signingKey}

${aboutTraits(traits)}

Start the service against it, in another terminal:

  SIGNALWIRE_SPACE_URL=${url} SIGNALWIRE_PROJECT_ID=${projectId} \\
  SIGNALWIRE_API_TOKEN=${apiToken} SIGNALWIRE_SIGNING_KEY=${signingKey} \\
  PORT=3000 PUBLIC_URL=http://127.0.0.1:3000 STATUS_PASSWORD=simulator npm run dev

Its page is then at http://127.0.0.1:3000/, with any user name and that password.

Then let somebody call, and once more for a second person:

  curl -u '${projectId}:${apiToken}' \\
    ${url}/api/laml/2010-04-01/Accounts/${projectId}/Calls \\
    --data-urlencode To=+15550100001 --data-urlencode From=${simulator.phoneNumber} \\
    --data-urlencode Url=http://127.0.0.1:3000/inbound
`);

  simulator.events.on('problem', (sentence) => console.log(`problem    ${sentence}`));
  simulator.events.on('change', ({ what, conference, call }) => {
    const [newest] = conference.recordings;
    const recording = newest ? documentedStatus(newest) : 'no recording yet';
    const about = call ? `${what} ${call.sid}` : what;
    console.log(`${conference.name}  ${about}  (${peopleIn(conference).length} in, ${recording})`);
    if (what !== 'ended') return;
    const { recordedMs, soloMs, lostMs } = conference.ledger.account();
    console.log(
      `${conference.name}  recorded ${seconds(recordedMs)}, solo ${seconds(soloMs)}, lost ${seconds(lostMs)}`,
    );
  });
}

interface Arguments {
  latencyMs: number;
  faults: Faults;
  traits: Traits;
}

function readArguments(): Arguments {
  const command = new Command('npm run simulator --')
    .description('A simulated SignalWire space on loopback, and what goes wrong in it. Shares are from 0 to 1.')
    .option('--latency-ms <ms>', 'how long a request of the REST API takes', wholeNumber, 0);
  const options = addTraitOptions(addFaultOptions(command)).parse().opts<Faults & { latencyMs: number }>();
  return { latencyMs: options.latencyMs, faults: faultsOf(options), traits: traitsOf({ ...options }) };
}

/** In what the space differs from the documented one, as the flags that make it so. */
function aboutTraits(traits: Traits): string {
  const flags = flagsOf(traits);
  return flags ? `It differs from what SignalWire documents: ${flags}` : 'It is as SignalWire documents.';
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function readPort(text: string | undefined): number {
  const port = Number(text || DEFAULT_PORT);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error('PORT must be a whole number, from 0 to 65535.');
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
