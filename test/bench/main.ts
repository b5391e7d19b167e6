import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { measureAcknowledgement } from './acknowledgement.js';
import { measureReaction } from './reaction.js';
import { countRequests } from './requests.js';
import { measureScale } from './scale.js';
import { measureStart } from './start.js';
import { type Row, table } from './table.js';
import { measureThroughput } from './throughput.js';

const MEASURES: Record<string, () => Promise<Row[]>> = {
  reaction: measureReaction,
  acknowledgement: measureAcknowledgement,
  throughput: measureThroughput,
  requests: countRequests,
  scale: measureScale,
  start: measureStart,
};

const command = new Command('npm run bench --')
  .description("Measures the service beside the guide's design and beside the limit, in one run.")
  .argument('[measures...]', `which ones: ${Object.keys(MEASURES).join(', ')}; all of them if none is named`)
  .option('--markdown <file>', 'writes the table there as well')
  .parse();

const names = command.args.length > 0 ? command.args : Object.keys(MEASURES);
const rows: Row[] = [];
for (const name of names) {
  const measure = MEASURES[name];
  if (!measure) command.error(`There is no measure called ${name}.`);
  else {
    console.error(`Measuring ${name}.`);
    rows.push(...(await measure()));
  }
}
const result = table(rows);
console.log(result);
const { markdown }: { markdown?: string } = command.opts();
if (markdown) await writeFile(markdown, `${result}\n`);
