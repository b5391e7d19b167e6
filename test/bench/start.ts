import { fork } from 'node:child_process';
import { median, ms } from './figures.js';
import { answerOf, PROBE_ARGS, ROOT } from './measured-process.js';
import { openSpace, startService } from './space.js';
import type { Row } from './table.js';

const TIMES = 5;
const ROUND_TRIP_MS = 20;
const MAX_TIMES = 1.5;
const IMPORTS = "import 'express'; import '@signalwire/compatibility-api'; process.send(process.memoryUsage.rss());";

/** Measures how long the service takes to start, and its memory after that. */
export async function measureStart(): Promise<Row[]> {
  const simulator = await openSpace();
  simulator.latencyMs = ROUND_TRIP_MS;
  const [ours, imports] = [
    { ms: [] as number[], rss: [] as number[] },
    { ms: [] as number[], rss: [] as number[] },
  ];
  for (let time = 0; time < TIMES; time += 1) {
    const imported = await importAlone();
    imports.ms.push(imported.ms);
    imports.rss.push(imported.rss);

    const startedAt = performance.now();
    const service = await startService(simulator);
    ours.ms.push(performance.now() - startedAt);
    ours.rss.push((await service.usage()).rss);
    await service.stop();
  }
  await simulator.close();
  const [took, limit] = [median(ours.ms), median(imports.ms)];
  return [
    {
      what: `start until /healthz answers, ${ROUND_TRIP_MS} ms a request; beside importing express and the SDK`,
      ours: ms(took),
      limit: ms(limit),
      ratio: (took / limit).toFixed(2),
      wanted: `below ${MAX_TIMES}`,
      isMet: took < MAX_TIMES * limit,
    },
    {
      what: 'resident memory after the start',
      ours: `${Math.round(median(ours.rss) / 1e6)} MB`,
      limit: `${Math.round(median(imports.rss) / 1e6)} MB`,
      ratio: (median(ours.rss) / median(imports.rss)).toFixed(2),
    },
  ];
}

/** Measures how long a process takes to import Express and the SDK, and its memory after that (bytes). */
async function importAlone(): Promise<{ ms: number; rss: number }> {
  const startedAt = performance.now();
  const child = fork('-', { cwd: ROOT, execArgv: [...PROBE_ARGS, '--input-type=module', '--eval', IMPORTS] });
  const rss = Number(await answerOf(child));
  const importedMs = performance.now() - startedAt;
  child.kill('SIGKILL');
  return { ms: importedMs, rss };
}
