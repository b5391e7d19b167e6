import { writeFile } from 'node:fs/promises';
import { Argument, Command } from 'commander';
import { parseInteger } from '../../src/cli/fault-options.js';
import { measureAcknowledgement } from './acknowledgement.js';
import { attempt } from './attempt.js';
import { type CrowdOptions, measureCrowd } from './crowd.js';
import { measureReaction } from './reaction.js';
import { countRequests } from './requests.js';
import { measureScale } from './scale.js';
import { measureStart } from './start.js';
import { type Row, table } from './table.js';
import { measureThroughput } from './throughput.js';

const MEASURES = new Map<string, (options: CrowdOptions) => Promise<Row[]>>([
  ['reaction', measureReaction],
  ['acknowledgement', measureAcknowledgement],
  ['throughput', measureThroughput],
  ['requests', countRequests],
  ['scale', async (options) => [...(await measureScale()), ...(await measureCrowd(options))]],
  ['start', measureStart],
]);

const command = new Command('npm run bench --')
  .description("Measures the service beside the guide's design and beside the limit, in one run.")
  .addArgument(new Argument('[measures...]', 'what to measure').choices([...MEASURES.keys()]).default([], 'all of it'))
  .option(
    '--conferences <number>',
    'how many conferences the largest part of `scale` has; by default 10,000',
    parseInteger,
  )
  .option('--beside <directory>', 'another checkout of the service, built, that this part measures first')
  .option('--markdown <file>', 'also write the table to this file')
  .parse();

// So that the exit handlers run, whatever ends the process.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const options: CrowdOptions & { markdown?: string } = command.opts();
const requested = command.args;
const rows: Row[] = [];
for (const [name, measure] of MEASURES) {
  if (requested.length > 0 && !requested.includes(name)) continue;
  console.error(`Measuring ${name}.`);
  rows.push(...(await attempt(name, () => measure(options))));
}
const result = table(rows);
console.log(result);
if (options.markdown) await writeFile(options.markdown, `${result}\n`);
// Ends whatever a failed measurement has left behind.
process.exit(rows.some(({ failure }) => failure !== undefined) ? 1 : 0);
