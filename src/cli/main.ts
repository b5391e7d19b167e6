#!/usr/bin/env node
import { Command } from 'commander';
import { version } from '../version.js';
import { UsageError } from './usage-error.js';

const INVALID_USAGE = 2;

const commands: Record<string, () => Promise<{ command: Command }>> = {
  start: () => import('./start.js'),
  demo: () => import('./demo.js'),
  simulator: () => import('./simulator.js'),
  doctor: () => import('./doctor.js'),
  call: () => import('./call.js'),
  recordings: () => import('./recordings.js'),
  rehearse: () => import('./rehearse.js'),
};

const program = new Command('conference-recorder')
  .description('Records SignalWire conferences while at least two people are in them.')
  .version(version)
  .addHelpText(
    'after',
    `
New here? "conference-recorder demo" needs no account and no settings.
Settings come from the environment and from .env in this folder. README.md lists them.
Exits with 1 if something fails, and with ${INVALID_USAGE} if an argument is wrong.`,
  )
  .showHelpAfterError('Run "conference-recorder help" to see the commands.')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : INVALID_USAGE));

// Only the command that was asked for is loaded: production must not load what only the simulator needs.
const [, , requested = ''] = process.argv;
const load = Object.hasOwn(commands, requested) ? commands[requested] : undefined;
for (const loadCommand of load ? [load] : Object.values(commands)) {
  const { command } = await loadCommand();
  program.addCommand(command.copyInheritedSettings(program));
  for (const nested of command.commands) {
    const usage = `${program.name()} ${command.name()} ${nested.name()} --help`;
    nested.copyInheritedSettings(command).showHelpAfterError(`Run "${usage}" to see its usage.`);
  }
  command.showHelpAfterError(`Run "conference-recorder help ${command.name()}" to see its usage.`);
}

program.parseAsync().catch((error: unknown) => {
  // Node's own error classes mean a bug of ours, which needs its stack.
  const isBug = [TypeError, RangeError, ReferenceError, SyntaxError].some((type) => error instanceof type);
  console.error(error instanceof Error && !isBug ? error.message : error);
  process.exit(error instanceof UsageError ? INVALID_USAGE : 1);
});
