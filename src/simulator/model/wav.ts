/** Bytes before the samples. */
const HEADER_BYTES = 44;
const SAMPLES_PER_SECOND = 8000;
const BYTES_PER_SAMPLE = 2;

/**
 * A WAV file with a quiet tone that rises and falls, so that no two parts of it are alike: one channel, 16 bits, 8000 samples
 * per second. That SignalWire's files have this form is assumed; its documents don't say.
 *
 * @param bytes the size of the whole file, as `fileBytes` counts it
 */
export function createWav(bytes: number): Buffer {
  const wav = Buffer.alloc(bytes);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(bytes - 8, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  // PCM, in one channel.
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(SAMPLES_PER_SECOND, 24);
  wav.writeUInt32LE(SAMPLES_PER_SECOND * BYTES_PER_SAMPLE, 28);
  wav.writeUInt16LE(BYTES_PER_SAMPLE, 32);
  wav.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(bytes - HEADER_BYTES, 40);
  for (let at = HEADER_BYTES; at + 1 < bytes; at += BYTES_PER_SAMPLE) {
    const seconds = (at - HEADER_BYTES) / BYTES_PER_SAMPLE / SAMPLES_PER_SECOND;
    wav.writeInt16LE(Math.round(1000 * Math.sin(2 * Math.PI * (300 * seconds + 40 * Math.sin(seconds)))), at);
  }
  return wav;
}
