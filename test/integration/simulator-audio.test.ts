import { describe, expect, it } from 'vitest';
import { fileBytes } from '../../src/simulator/model/resources.js';
import { finishRecording, holdConference } from '../support/finished-recordings.js';
import { serveLaml } from '../support/serve-laml.js';
import { requestApi, startSpace } from '../support/simulated-space.js';

/** A simulator with a finished recording of two seconds. `get` requests something of it without credentials. */
async function startRecorded() {
  const { simulator } = await startSpace();
  const webhook = await serveLaml();
  const { recording } = await finishRecording(simulator, webhook, 'recorded-sales', { seconds: 2 });
  const base = `${simulator.url}/api/laml/2010-04-01/Accounts/${simulator.projectId}/Recordings`;
  const get = (extension: string, range?: string, sid = recording.sid) =>
    fetch(`${base}/${sid}${extension}`, { headers: range === undefined ? {} : { range } });
  return { simulator, webhook, recording, get };
}

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe("the audio in the simulator's REST API", () => {
  it.each(['', '.wav'])(
    'is a WAV of the length of the recording, and needs no credentials (extension %j)',
    async (extension) => {
      const { simulator, recording, get } = await startRecorded();
      const response = await get(extension);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'audio/wav']);
      const wav = await bytesOf(response);
      expect(wav.length).toBe(44 + 2 * 8000 * 2);
      expect(wav.length).toBe(fileBytes(recording, simulator.model.now()));
      expect([wav.toString('latin1', 0, 4), wav.toString('latin1', 8, 16)]).toEqual(['RIFF', 'WAVEfmt ']);
      // PCM, one channel, 8000 samples and 16,000 bytes per second, 2 bytes and 16 bits a sample.
      expect([20, 22, 32, 34].map((at) => wav.readUInt16LE(at))).toEqual([1, 1, 2, 16]);
      expect([4, 24, 28, 40].map((at) => wav.readUInt32LE(at))).toEqual([
        wav.length - 8,
        8000,
        16_000,
        wav.length - 44,
      ]);
    },
  );

  it('can be fetched in parts', async () => {
    const { get } = await startRecorded();
    const whole = await bytesOf(await get(''));
    const part = await get('', 'bytes=1000-');
    expect([part.status, part.headers.get('content-range')]).toEqual([
      206,
      `bytes 1000-${whole.length - 1}/${whole.length}`,
    ]);
    expect((await bytesOf(part)).equals(whole.subarray(1000))).toBe(true);
    const behind = await get('', `bytes=${whole.length}-`);
    expect([behind.status, behind.headers.get('content-range')]).toEqual([416, `bytes */${whole.length}`]);
  });

  it('is not there while the recording runs, as MP3, or of a recording that does not exist', async () => {
    const { simulator, webhook, get } = await startRecorded();
    const { recording } = await holdConference(simulator, `${webhook}recorded-live`, false);
    const statuses = [await get('', undefined, recording.sid), await get('.mp3'), await get('', undefined, 'nobody')];
    expect(statuses.map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  it('leaves the metadata where it was, which need credentials', async () => {
    const { simulator, recording, get } = await startRecorded();
    expect((await get('.json')).status).toBe(401);
    const sdkPath = `/2010-04-01/Accounts/${simulator.projectId}/Recordings/${recording.sid}.json`;
    for (const path of [`Recordings/${recording.sid}.json`, sdkPath]) {
      expect((await requestApi(simulator, path)).body).toMatchObject({ sid: recording.sid, duration: 2 });
    }
  });

  it('may break off in the middle if requests are reset', async () => {
    const { simulator, get } = await startRecorded();
    simulator.faults.reset = 1;
    const received = new Set<number>();
    for (let attempt = 0; attempt < 12; attempt += 1) {
      const response = await get('').catch(() => undefined);
      if (response) received.add(Number(response.headers.get('content-length')));
      await expect(response ? bytesOf(response) : Promise.reject(new Error('reset'))).rejects.toThrow();
    }
    expect([...received]).toEqual([32_044]);
  });
});
