import { expect } from 'vitest';
import { finishRecording, temporaryFolder } from './finished-recordings.js';
import { environmentFor, RECORDINGS, runToEnd } from './processes.js';
import { serveLaml } from './serve-laml.js';
import { startSpace } from './simulated-space.js';
import { PASSWORD } from './status.js';

/** A simulator with these finished recordings, newest last, and an empty folder. Every output is checked for secrets. */
export async function startRecorded(...rooms: string[]) {
  const { simulator } = await startSpace();
  const webhook = await serveLaml();
  const sids: string[] = [];
  for (const [index, room] of rooms.entries()) {
    const createdAt = Date.UTC(2026, 10, 24, 12, index, 21);
    sids.push(
      (await finishRecording(simulator, webhook, `recorded-${room}`, { seconds: 64, createdAt })).recording.sid,
    );
  }
  const folder = await temporaryFolder();
  const env = await environmentFor(simulator);
  const recordings = async (args: string[], changes: Record<string, string> = {}) => {
    const result = await runToEnd(RECORDINGS, { ...env, ...changes }, ...args);
    for (const secret of [simulator.apiToken, simulator.signingKey, PASSWORD]) {
      expect(result.out + result.err).not.toContain(secret);
    }
    return result;
  };
  const addressOf = (sid?: string) =>
    `${simulator.url}/api/laml/2010-04-01/Accounts/${simulator.projectId}/Recordings/${sid}`;
  return { simulator, webhook, sids, folder, env, recordings, addressOf };
}
