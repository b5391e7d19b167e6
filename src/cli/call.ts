import { Command, InvalidArgumentError } from 'commander';
import { DEFAULT_DURATIONS } from '../recording/durations.js';
import { invalidNameReason } from '../rooms/names.js';
import { placeCall, waitUntilAnswered } from '../signalwire/place-call.js';
import { createSpace } from '../signalwire/rest-space.js';
import { callerNumber, fromOption } from './caller-number.js';
import { phoneNumber } from './phone-number.js';
import { requireSettings } from './require-settings.js';
import { findRunningService } from './running-service.js';
import { UsageError } from './usage-error.js';

interface CallOptions {
  room?: string;
  from?: string;
}

export const command = new Command('call')
  .description('Call somebody and put them into the conference of the running service. Prints the CallSid.')
  .argument('<number>', 'whom to call, for example +15551234567', phoneNumber)
  .option('--room <name>', 'the room to put them into; by default the one that callers share', roomName)
  .addOption(fromOption())
  .addHelpText(
    'after',
    "\nExits with 0 if they answer, 1 if they don't or SignalWire refuses, 2 if an argument or a setting is wrong, or the service isn't ready.",
  )
  .action(call);

/** Places the call and waits for the outcome. */
async function call(to: string, { room, from }: CallOptions): Promise<void> {
  const settings = requireSettings();
  const caller = callerNumber(from, settings);
  const invalid = room === undefined ? undefined : invalidNameReason(settings.conferencePrefix + room);
  if (invalid) throw new UsageError(`The room ${invalid}`);
  const query = room === undefined ? '' : `?${new URLSearchParams({ room })}`;
  const { publicUrl } = await findRunningService(settings);
  const url = `${publicUrl}/inbound${query}`;

  const space = createSpace({ ...settings, timeoutMs: DEFAULT_DURATIONS.request });
  try {
    const sid = await placeCall(space, { to, from: caller, url });
    console.error(`Calling ${to} from ${caller}, into ${room === undefined ? 'the conference' : `the room ${room}`}.`);
    console.log(sid);
    await waitUntilAnswered(space, sid);
    console.error('Answered.');
  } finally {
    space.close();
  }
}

function roomName(text: string): string {
  const name = text.trim();
  if (name === '') throw new InvalidArgumentError('It must not be empty.');
  return name;
}
