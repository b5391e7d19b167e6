import { writeFile } from 'node:fs/promises';
import { Argument, Command } from 'commander';
import { measureAcknowledgement } from './acknowledgement.js';
import { attempt } from './attempt.js';
import { measureReaction } from './reaction.js';
import { countRequests } from './requests.js';
import { measureScale } from './scale.js';
import { measureStart } from './start.js';
import { type Row, table } from './table.js';
import { measureThroughput } from './throughput.js';

const MEASURES = new Map<string, () => Promise<Row[]>>([
  ['reaction', measureReaction],
  ['acknowledgement', measureAcknowledgement],
  ['throughput', measureThroughput],
  ['requests', countRequests],
  ['scale', measureScale],
  ['start', measureStart],
]);

const command = new Command('npm run bench --')
  .description("Measures the service beside the guide's design and beside the limit, in one run.")
  .addArgument(new Argument('[measures...]', 'what to measure').choices([...MEASURES.keys()]).default([], 'all of it'))
  .option('--markdown <file>', 'writes the table there as well')
  .parse();

// So that what is left to do at the end is done, whatever ends it.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const asked = command.args;
const rows: Row[] = [];
for (const [name, measure] of MEASURES) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.error(`Measuring ${name}.`);
  rows.push(...(await attempt(name, measure)));
}
const result = table(rows);
console.log(result);
const { markdown }: { markdown?: string } = command.opts();
if (markdown) await writeFile(markdown, `${result}\n`);
// What a measure that failed has left behind ends with the process.
process.exit(rows.some(({ failure }) => failure !== undefined) ? 1 : 0);
