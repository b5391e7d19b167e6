import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { DOCUMENTED, drawTraits, type Traits } from '../simulator/model/traits.js';
import { wholeNumber } from './fault-options.js';

const ms = z
  .string()
  .regex(/^\d{1,9}$/, 'It must be a whole number, 0 or more.')
  .transform(Number);
const yesOrNo = z.enum(['true', 'false']).transform((word) => word === 'true');

/** Reads each trait from text; what it is about is the help of its option. */
const traitsFromText = z.object({
  alone: z.enum(['init', 'in-progress', '404']).describe('how a conference reads in which one person waits'),
  unknownMs: ms.describe('for how long the API answers 404 for a new conference'),
  begins: z.enum(['first', 'second']).describe('with which person a conference and its recording begin'),
  endedReads: z.enum(['completed', '404']).describe('how a conference that is over reads'),
  listLagMs: ms.describe('how far lists are behind'),
  readLagMs: ms.describe('how far what is read by itself is behind'),
  participantStatus: z.enum(['in-progress', 'connected', 'none']).describe('the status of somebody who is in'),
  leftListedMs: ms.describe('for how long those who left stay listed'),
  pausedReads: z.enum(['paused', 'in-progress', 'stopped', 'completed']).describe('how a paused recording reads'),
  resumedReads: z
    .enum(['resumed', 'in-progress', 'paused'])
    .describe('how a resumed recording reads; paused: as before, for a while'),
  resumedLateMs: ms.describe('for how long it does'),
  redundantUpdate: z.enum(['200', '422']).describe('the answer to an update that changes nothing; 200: as to others'),
  updateAnswer: z.enum(['200', '202', '204']).describe("the answer to an update of a recording's"),
  recordingsListed: yesOrNo.describe('whether recordings are listed'),
  recordingsFetchable: yesOrNo.describe('whether recordings can be fetched under their conference'),
  initFilter: z.enum(['accepted', 'refused']).describe('whether conferences can be listed by the status init'),
  timestamp: z.enum(['rfc2822', 'iso', 'local', 'absent']).describe('the form of a Timestamp'),
  friendlyName: yesOrNo.describe('whether callbacks bring FriendlyName'),
  callSid: yesOrNo.describe('whether callbacks bring CallSid'),
  recordingConferenceSid: yesOrNo.describe('whether callbacks of recordings bring ConferenceSid'),
  eventNames: z.enum(['documented', 'short', 'underscored']).describe('how events are called'),
  sids: z.enum(['uuid', 'capitals', 'prefixed']).describe('how SIDs look; capitals: in callbacks'),
  parameters: z.enum(['form', 'json']).describe('how the parameters of webhooks are sent'),
});

type Words = Record<string, unknown>;

const documented: Words = { ...DOCUMENTED };

/** Adds an option for each trait to a command, and `--space` for all; traitsOf then reads them. */
export function addTraitOptions(command: Command): Command {
  command.option('--space <seed>', 'draws a space: all traits that no flag gives', wholeNumber);
  for (const [name, schema] of Object.entries(traitsFromText.shape)) {
    const values = 'options' in schema ? schema.options.join('|') : name.endsWith('Ms') ? 'ms' : 'true|false';
    const check = (text: string) => {
      const { error } = schema.safeParse(text);
      if (error) throw new InvalidArgumentError(error.issues.map(({ message }) => message).join(' '));
      return text;
    };
    command.option(`${flagOf(name)} <${values}>`, `${schema.description} (documented: ${documented[name]})`, check);
  }
  return command;
}

/** The space that a command's options ask for: `otherwise` where they say nothing, or what `--space` draws. */
export function traitsOf(options: Words, otherwise: Traits = DOCUMENTED): Traits {
  const seed = z.number().optional().parse(options.space);
  const drawn: Words = { ...(seed === undefined ? otherwise : drawTraits(seed)) };
  const words = Object.keys(DOCUMENTED).map((name) => [name, String(options[name] ?? drawn[name])]);
  return traitsFromText.parse(Object.fromEntries(words));
}

/** The flags that make the documented space into this one; empty where it is the documented one. */
export function flagsOf(traits: Traits): string {
  return Object.entries(traits)
    .filter(([name, value]) => value !== documented[name])
    .map(([name, value]) => `${flagOf(name)} ${value}`)
    .join(' ');
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
}
