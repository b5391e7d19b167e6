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
  .option('--markdown <file>', 'also write the table to this file')
  .parse();

// So that the exit handlers run, whatever ends the process.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const requested = command.args;
const rows: Row[] = [];
for (const [name, measure] of MEASURES) {
  if (requested.length > 0 && !requested.includes(name)) continue;
  console.error(`Measuring ${name}.`);
  rows.push(...(await attempt(name, measure)));
}
const result = table(rows);
console.log(result);
const { markdown }: { markdown?: string } = command.opts();
if (markdown) await writeFile(markdown, `${result}\n`);
// Ends whatever a failed measurement has left behind.
process.exit(rows.some(({ failure }) => failure !== undefined) ? 1 : 0);
