import { Command } from 'commander';

export const command = new Command('start')
  .description('Start the service.')
  .addHelpText('after', '\nIt runs until SIGTERM or Ctrl-C, and first finishes what it has acknowledged.')
  .action(async () => {
    await import('../main.js');
  });
