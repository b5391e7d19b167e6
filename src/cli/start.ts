import { Command } from 'commander';
import { runService } from './run-service.js';

export const startCommand = new Command('start')
  .description('Start the service.')
  .addHelpText('after', '\nIt runs until SIGTERM or Ctrl-C, and finishes what it has acknowledged first.')
  .action(runService);
