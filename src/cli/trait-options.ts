import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { DOCUMENTED, drawTraits, type Traits } from '../simulator/model/traits.js';
import { parseInteger } from './fault-options.js';

const ms = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);
const boolean = z.enum(['true', 'false']).transform((text) => text === 'true');

/** Parses each trait from text. The descriptions are the help texts of the options. */
const traitsSchema = z.object({
  alone: z
    .enum(['init', 'in-progress', '404'])
    .describe("a conference's status while one person waits in it; 404: the API doesn't know it"),
  unknownMs: ms.describe('how long the API answers 404 for a new conference'),
  begins: z
    .enum(['first', 'second'])
    .describe('whether a conference and its recording begin with the first person or the second'),
  endedReads: z.enum(['completed', '404']).describe("a conference's status once it is over"),
  listLagMs: ms.describe('how far lists lag'),
  readLagMs: ms.describe('how far reads of a single resource lag'),
  participantStatus: z
    .enum(['in-progress', 'connected', 'none'])
    .describe('status of a participant in the conference; none: omitted'),
  leftListedMs: ms.describe('how long participants who have left stay listed'),
  pausedReads: z.enum(['paused', 'in-progress', 'stopped', 'completed']).describe('status of a paused recording'),
  resumedReads: z
    .enum(['resumed', 'in-progress', 'paused'])
    .describe('status of a resumed recording; paused: at first that of a paused one, then resumed'),
  resumedLateMs: ms.describe('how long it reads as paused, with --resumed-reads paused'),
  redundantUpdate: z
    .enum(['200', '422'])
    .describe('answer to an update that changes nothing; 200: the same as to any other'),
  updateAnswer: z.enum(['200', '202', '204']).describe('answer to an update of a recording'),
  recordingsListed: boolean.describe('whether recordings are listed'),
  recordingsFetchable: boolean.describe('whether a recording can be fetched under its conference'),
  initFilter: z.enum(['accepted', 'refused']).describe('whether conferences can be filtered by the status init'),
  timestamp: z.enum(['rfc2822', 'iso', 'local', 'absent']).describe('form of the Timestamp in callbacks'),
  friendlyName: boolean.describe('whether conference callbacks have a FriendlyName'),
  callSid: boolean.describe('whether callbacks have a CallSid'),
  recordingConferenceSid: boolean.describe('whether recording callbacks have a ConferenceSid'),
  eventNames: z
    .enum(['documented', 'short', 'underscored'])
    .describe('form of event names: participant-join, join or participant_join'),
  sids: z
    .enum(['uuid', 'capitals', 'prefixed'])
    .describe('form of SIDs; capitals: upper case in callbacks; prefixed: SW- before each'),
  parameters: z.enum(['form', 'json']).describe('encoding of the parameters of webhooks'),
  voiceUrlSetsHandler: boolean.describe("whether a number's VoiceUrl, once it is set, handles its calls"),
});

type Values = Record<string, unknown>;

const documented: Values = { ...DOCUMENTED };

/** Adds an option for each trait to a command, and `--space`, which draws them all. `readTraits` reads their values. */
export function addTraitOptions(command: Command): Command {
  command.option('--space <seed>', 'draws every trait that has no flag from this seed', parseInteger);
  for (const [name, schema] of Object.entries(traitsSchema.shape)) {
    const options = 'options' in schema ? schema.options : ['true', 'false'];
    const isMs = name.endsWith('Ms');
    const values = isMs ? 'ms' : options.join('|');
    const expected = isMs ? 'a whole number, 0 or more' : `one of ${options.join(', ')}`;
    const check = (text: string) => {
      if (!schema.safeParse(text).success) throw new InvalidArgumentError(`It must be ${expected}.`);
      return text;
    };
    command.option(`${toFlag(name)} <${values}>`, `${schema.description} (documented: ${documented[name]})`, check);
  }
  return command;
}

/**
 * Reads the traits from a command's options.
 *
 * @param defaults the traits that have no flag, if there is no `--space`
 */
export function readTraits(options: Values, defaults: Traits = DOCUMENTED): Traits {
  const seed = z.number().optional().parse(options.space);
  const otherwise: Values = { ...(seed === undefined ? defaults : drawTraits(seed)) };
  const texts = Object.keys(DOCUMENTED).map((name) => [name, String(options[name] ?? otherwise[name])]);
  return traitsSchema.parse(Object.fromEntries(texts));
}

/** The flags that produce these traits; empty if they are the documented ones. */
export function formatTraitFlags(traits: Traits): string {
  return Object.entries(traits)
    .filter(([name, value]) => value !== documented[name])
    .map(([name, value]) => `${toFlag(name)} ${value}`)
    .join(' ');
}

function toFlag(traitName: string): string {
  return `--${traitName.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
}
