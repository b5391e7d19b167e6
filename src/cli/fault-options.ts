import { type Command, InvalidArgumentError } from 'commander';
import { type Faults, NO_FAULTS } from '../simulator/faults.js';

/**
 * Adds an option for each fault to a command; `faultsOf(command.opts())` then has them.
 *
 * @param otherwise what goes wrong where no option says so
 */
export function addFaultOptions(command: Command, otherwise: Faults = NO_FAULTS): Command {
  return command
    .option('--seed <number>', 'decides which callbacks and requests are hit', wholeNumber, otherwise.seed)
    .option('--drop <share>', 'callbacks that are lost for good', share, otherwise.drop)
    .option('--double <share>', 'callbacks that are sent twice', share, otherwise.double)
    .option('--delay <share>', 'callbacks that are sent late', share, otherwise.delay)
    .option('--delay-ms <ms>', 'the longest delay of a callback', wholeNumber, otherwise.delayMs)
    .option('--reorder <share>', 'callbacks that are sent after the one that follows them', share, otherwise.reorder)
    .option('--too-many <share>', 'requests answered with 429', share, otherwise.tooMany)
    .option(
      '--retry-after <seconds>',
      'what a 429 says in Retry-After; 0 leaves it out',
      wholeNumber,
      otherwise.retryAfter,
    )
    .option(
      '--unavailable <share>',
      'requests answered with 503, as JSON, HTML or nothing',
      share,
      otherwise.unavailable,
    )
    .option('--hang <share>', 'requests that are never answered', share, otherwise.hang)
    .option('--obey-ms <ms>', 'how late those are obeyed at most', wholeNumber, otherwise.obeyMs)
    .option('--reset <share>', 'requests whose connection is reset', share, otherwise.reset)
    .option('--missing <share>', 'requests on a recording that are answered with 404', share, otherwise.missing)
    .option('--stuck <share>', 'changes of a recording that are answered with 422', share, otherwise.stuck);
}

/** The faults that a command's options ask for, and nothing else of them. */
export function faultsOf(options: Faults): Faults {
  const { seed, drop, double, delay, delayMs, reorder, tooMany, retryAfter } = options;
  const { unavailable, hang, obeyMs, reset, missing, stuck } = options;
  return {
    ...{ seed, drop, double, delay, delayMs, reorder, tooMany, retryAfter },
    ...{ unavailable, hang, obeyMs, reset, missing, stuck },
  };
}

/** Reads an option's number, 1 or more. @throws InvalidArgumentError, as wholeNumber does */
export function atLeastOne(text: string): number {
  const number = wholeNumber(text);
  if (number < 1) throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  return number;
}

/**
 * Reads an option's number, 0 or more.
 *
 * @throws InvalidArgumentError, which commander turns into a sentence and exit code 1
 */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  return Number(text);
}

function share(text: string): number {
  const number = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= 1)) throw new InvalidArgumentError('It must be a share from 0 to 1, for example 0.1.');
  return number;
}
