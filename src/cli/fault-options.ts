import { type Command, InvalidArgumentError } from 'commander';
import { type Faults, NO_FAULTS } from '../simulator/faults.js';

/** Adds an option for each fault to a command. `pickFaults(command.opts())` returns their values. */
export function addFaultOptions(command: Command): Command {
  return command
    .option('--seed <number>', 'determines which callbacks and requests are hit', parseInteger, NO_FAULTS.seed)
    .option('--drop <share>', 'callbacks that are lost', parseShare, NO_FAULTS.drop)
    .option('--double <share>', 'callbacks that are sent twice', parseShare, NO_FAULTS.double)
    .option('--delay <share>', 'callbacks that are sent late', parseShare, NO_FAULTS.delay)
    .option('--delay-ms <ms>', 'longest delay of a callback', parseInteger, NO_FAULTS.delayMs)
    .option('--reorder <share>', 'callbacks that are sent after the next one', parseShare, NO_FAULTS.reorder)
    .option('--too-many <share>', 'requests that are answered with 429', parseShare, NO_FAULTS.tooMany)
    .option('--retry-after <seconds>', 'Retry-After of a 429; 0 omits it', parseInteger, NO_FAULTS.retryAfter)
    .option(
      '--unavailable <share>',
      'requests that are answered with 503, as JSON, as HTML or with an empty body',
      parseShare,
      NO_FAULTS.unavailable,
    )
    .option('--hang <share>', 'requests that are never answered', parseShare, NO_FAULTS.hang)
    .option('--obey-ms <ms>', 'longest delay until a request that hangs takes effect', parseInteger, NO_FAULTS.obeyMs)
    .option('--reset <share>', 'requests whose connection is reset', parseShare, NO_FAULTS.reset)
    .option('--missing <share>', 'requests for a recording that are answered with 404', parseShare, NO_FAULTS.missing)
    .option('--stuck <share>', 'updates of a recording that are answered with 422', parseShare, NO_FAULTS.stuck);
}

/** Picks the faults from a command's options. */
export function pickFaults(options: Faults): Faults {
  const { seed, drop, double, delay, delayMs, reorder, tooMany, retryAfter } = options;
  const { unavailable, hang, obeyMs, reset, missing, stuck } = options;
  return {
    ...{ seed, drop, double, delay, delayMs, reorder, tooMany, retryAfter },
    ...{ unavailable, hang, obeyMs, reset, missing, stuck },
  };
}

/**
 * Parses the value of an option as a whole number, 0 or more.
 *
 * @throws InvalidArgumentError, which commander prints before it exits
 */
export function parseInteger(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  return Number(text);
}

function parseShare(text: string): number {
  const number = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= 1)) throw new InvalidArgumentError('It must be a share from 0 to 1, for example 0.1.');
  return number;
}
