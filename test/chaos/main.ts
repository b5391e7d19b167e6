import { Command } from 'commander';
import { addFaultOptions, atLeastOne, wholeNumber } from '../../src/simulator/fault-options.js';
import { type Faults, NO_FAULTS } from '../../src/simulator/faults.js';
import { comingsAndGoings } from './comings-and-goings.js';
import { startOurs } from './contender.js';
import { contest, type Figures } from './contest.js';
import { startGuide } from './guide.js';

interface Options extends Faults {
  conferences: number;
  seconds: number;
  copies: number;
  latencyMs: number;
}

/** What goes wrong unless flags say otherwise. */
const FAULTS: Faults = {
  ...NO_FAULTS,
  drop: 0.05,
  double: 0.05,
  delay: 0.1,
  reorder: 0.05,
  tooMany: 0.02,
  unavailable: 0.05,
  hang: 0.005,
  reset: 0.02,
  lagMs: 500,
};

/** A sweep of the service, and a second: what no callback told is known by then. */
const CALM_SECONDS = 31;

async function main(): Promise<void> {
  const command = new Command('npm run chaos --')
    .description(
      'Lets people come and go while callbacks are lost and requests fail: once with this service and once with the ' +
        "design of SignalWire's guide, at the same time, with the same people and the same faults.",
    )
    .option('--conferences <number>', 'conferences that go on', atLeastOne, 40)
    .option('--seconds <number>', 'how long people come and go', atLeastOne, 60)
    .option('--copies <number>', 'copies of each behind a round-robin balancer', atLeastOne, 1)
    .option('--latency-ms <ms>', 'how long a request of the REST API takes', wholeNumber, 60);
  const { conferences, seconds, copies, latencyMs, ...faults }: Options = addFaultOptions(command, FAULTS)
    .parse()
    .opts();

  const steps = comingsAndGoings(conferences, seconds * 1000, faults.seed);
  console.log(
    `${steps.length} comings and goings in ${conferences} conferences, in ${seconds} s; then ${CALM_SECONDS} s of calm …\n`,
  );
  const terms = { steps, faults, copies, latencyMs, calmMs: CALM_SECONDS * 1000 };
  const [ours, guide] = await Promise.all([contest(startOurs, terms), contest(startGuide, terms)]);
  print(ours, guide);
}

const ROWS: [label: string, figure: (figures: Figures) => string][] = [
  ['crossings of two', ({ crossings }) => String(crossings)],
  ['left wrong', ({ leftWrong, conferences }) => `${leftWrong} of ${conferences}`],
  ['lost, ms a crossing', ({ lostMs }) => lostMs.toFixed(0)],
  ['solo, ms a crossing', ({ soloMs }) => soloMs.toFixed(0)],
  ['requests', ({ requests }) => String(requests)],
];

function print(ours: Figures, guide: Figures): void {
  const line = (label: string, a: string, b: string) =>
    console.log(`${label.padEnd(22)}${a.padStart(14)}${b.padStart(14)}`);
  line('', 'this service', 'the guide');
  for (const [label, figure] of ROWS) line(label, figure(ours), figure(guide));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
