#!/usr/bin/env node
import { Command } from 'commander';
import { version } from '../version.js';
import { callCommand } from './call.js';
import { demoCommand } from './demo.js';
import { doctorCommand } from './doctor.js';
import { simulatorCommand } from './simulator.js';
import { startCommand } from './start.js';
import { UsageError } from './usage-error.js';

const INVALID_USAGE = 2;

const program = new Command('conference-recorder')
  .description('Records SignalWire conferences while at least two people are in them.')
  .version(version)
  .addHelpText(
    'after',
    `
New here? "conference-recorder demo" needs no account and no settings.
Settings come from the environment and from .env in this folder; see .env.example and README.md.`,
  )
  .showHelpAfterError('Run it with --help to see how it is used.')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : INVALID_USAGE));

for (const command of [startCommand, demoCommand, simulatorCommand, doctorCommand, callCommand]) {
  program.addCommand(command.copyInheritedSettings(program));
}

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof UsageError ? INVALID_USAGE : 1);
});
