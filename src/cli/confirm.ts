import { createInterface } from 'node:readline/promises';
import { UsageError } from './usage-error.js';

/** Asks on the terminal whether to call. @throws UsageError without a terminal, or Error if the answer isn't yes */
export async function confirmCalls(): Promise<void> {
  if (!process.stdin.isTTY) throw new UsageError('Without a terminal to ask on, it needs --yes. Nobody was called.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await new Promise<string>((settle) => {
    // Ctrl-C and Ctrl-D.
    terminal.once('close', () => settle(''));
    terminal.question('Call now? [y/N] ').then(settle, () => settle(''));
  });
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new Error('Nobody was called.');
}
