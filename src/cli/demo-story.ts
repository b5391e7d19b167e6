import { setTimeout as delay } from 'node:timers/promises';
import { activeParticipants, type Call, type Conference, documentedStatus } from '../simulator/model/resources.js';
import type { Change } from '../simulator/model/space-model.js';
import type { Simulator } from '../simulator/simulator.js';

/** Lets three people call and hang up, and prints what happens. Returns when the conference is over. */
export async function tellStory(simulator: Simulator): Promise<void> {
  const names = new Map<string, string>();
  const printChange = createPrinter(names);
  simulator.events.on('change', printChange);

  const callIn = async (name: string): Promise<Call> => {
    const from = `+1555020000${name.charCodeAt(0) - 'A'.charCodeAt(0)}`;
    names.set(from, name);
    return simulator.call({ from });
  };
  const a = await callIn('A');
  await delay(1200);
  const b = await callIn('B');
  await delay(2000);
  const c = await callIn('C');
  await delay(1000);
  simulator.hangUp(b);
  await delay(1000);
  simulator.hangUp(c);
  await delay(2000);
  const bAgain = await callIn('B');
  await delay(2000);
  simulator.hangUp(a);
  await delay(1000);
  const cAgain = await callIn('C');
  await delay(1500);
  simulator.hangUp(bAgain);
  await delay(800);
  // The conference ends with its last participant, before this returns.
  simulator.hangUp(cAgain);
  simulator.events.off('change', printChange);
}

/** Prints the head of a table, and returns a listener that prints a row for each change. @param names by phone number */
function createPrinter(names: Map<string, string>): (change: Change) => void {
  const startedAt = performance.now();
  let last = { at: startedAt, event: '' };
  console.log(`   time   what happens                                          in   recording
  ------  ----------------------------------------------------  ---  ---------`);

  function printRow(text: string, { conference }: Change): void {
    const time = ((performance.now() - startedAt) / 1000).toFixed(2).padStart(5);
    const people = String(activeParticipants(conference).length).padStart(2);
    console.log(`  ${time}   ${text.padEnd(52)}  ${people}   ${recordingColumn(statusOf(conference))}`);
  }

  return (change) => {
    const { type, call, conference } = change;
    const name = call && names.get(call.from);
    if (type === 'joined' || type === 'left') {
      last = { at: performance.now(), event: `${name} ${type}` };
      printRow(`${name} ${type === 'joined' ? 'joins' : 'hangs up'}`, change);
    } else if (type === 'recording') {
      const ms = Math.round(performance.now() - last.at);
      const verb = { 'in-progress': 'begins', paused: 'is paused', resumed: 'resumes' }[String(statusOf(conference))];
      printRow(`  the recording ${verb}, ${ms} ms after ${last.event}`, change);
    } else {
      printRow('the conference is over', change);
    }
  };
}

function statusOf({ recordings: [newest] }: Conference): string | undefined {
  return newest && documentedStatus(newest);
}

function recordingColumn(status: string | undefined): string {
  if (status === undefined) return 'none yet';
  return status === 'in-progress' || status === 'resumed' ? 'running' : status;
}
