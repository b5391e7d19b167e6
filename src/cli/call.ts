import { Command, InvalidArgumentError } from 'commander';
import { askHealth, localUrl } from '../http/health.js';
import { e164 } from '../phone-numbers/e164.js';
import { DEFAULT_DURATIONS } from '../recording/durations.js';
import { nameFault } from '../rooms/names.js';
import { settingsOfProcess } from '../settings/dotenv.js';
import type { Settings } from '../settings/settings.js';
import { createSpace } from '../signalwire/rest-space.js';
import { place, untilAnswered } from './place-call.js';

interface Options {
  room?: string;
  from?: string;
}

/** An argument or a setting is wrong: nothing was sent. */
class Wrong extends Error {}

/** Calls somebody into the conference of the service that runs, and waits until they answer or it is sure they won't. */
async function call(to: string, { room, from }: Options): Promise<void> {
  const settings = readSettings();
  const caller = from ?? settings.phoneNumber;
  if (!caller) throw new Wrong('Say which number of yours calls: --from +15551234567, or set SIGNALWIRE_PHONE_NUMBER.');
  const fault = room === undefined ? undefined : nameFault(settings.conferencePrefix + room);
  if (fault) throw new Wrong(`The room ${fault}`);
  const query = room === undefined ? '' : `?${new URLSearchParams({ room })}`;
  const url = `${await publicUrlOf(settings)}/inbound${query}`;

  const space = createSpace({ ...settings, timeoutMs: DEFAULT_DURATIONS.request, onAnswered: () => {} });
  try {
    const sid = await place(space, { to, from: caller, url });
    console.error(`Calling ${to} from ${caller}, into ${room === undefined ? 'the conference' : `the room ${room}`}.`);
    console.log(sid);
    await untilAnswered(space, sid);
    console.error('Answered.');
  } finally {
    space.close();
  }
}

function readSettings(): Settings {
  try {
    return settingsOfProcess();
  } catch (error) {
    throw new Wrong(error instanceof Error ? error.message : String(error));
  }
}

/** Where the running service is reached: SignalWire must ask it, not whatever the settings would start. */
async function publicUrlOf(settings: Settings): Promise<string> {
  if (settings.publicUrl !== undefined) return settings.publicUrl;
  const local = localUrl(settings);
  const { publicUrl } = await askHealth(local).catch((error: Error) => {
    throw new Wrong(`${local}/healthz ${error.message}: start the service first (npm start), or set PUBLIC_URL.`);
  });
  if (publicUrl === null) throw new Wrong('The service has no public URL yet: its tunnel is still being opened.');
  return publicUrl;
}

function roomName(text: string): string {
  const name = text.trim();
  if (name === '') throw new InvalidArgumentError('It must have a name.');
  return name;
}

function number(text: string): string {
  const number = e164(text);
  if (number === undefined) throw new InvalidArgumentError('It must be in E.164 form, for example +15551234567.');
  return number;
}

const command = new Command('npm run call --')
  .description('Calls somebody into the conference of the service that runs, and prints the CallSid.')
  .argument('<number>', 'whom to call, for example +15551234567', number)
  .option('--room <name>', 'the room to put them into; without it, the one that callers come into', roomName)
  .option('--from <number>', 'a number of yours that calls (default: SIGNALWIRE_PHONE_NUMBER)', number)
  .addHelpText(
    'after',
    "\nExits with 0 when they answer, 1 when they don't or SignalWire refuses, 2 when an argument or a setting is wrong.",
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

call(command.processedArgs[0], command.opts()).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof Wrong ? 2 : 1);
});
