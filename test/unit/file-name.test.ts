import { expect, it } from 'vitest';
import { audioName, sidOfAudio, storyName } from '../../src/recordings/file-name.js';

const SID = 'e4c9debd-a888-4194-83f9-6d22efb87a64';
const CREATED = Date.UTC(2026, 10, 24, 12, 0, 21);

it.each([
  ['sales', 'sales'],
  ['R&D 1', 'R-D-1'],
  ['v1.2_a-b', 'v1.2_a-b'],
  ['../../etc/passwd', '..-..-etc-passwd'],
  ['a\\b:c\u0000d\u001B[2Je', 'a-b-c-d-2Je'],
  ['営業', '-'],
  ['', ''],
  ['x'.repeat(300), 'x'.repeat(64)],
])('the name of a file in the room %j has the time, the room and the SID', (room, part) => {
  const name = audioName({ sid: SID, room, createdAt: CREATED });
  expect(name).toBe(`2026-11-24T12-00-21Z_${part}_${SID}.wav`);
  expect(sidOfAudio(name)).toBe(SID);
  expect(storyName(name)).toBe(`2026-11-24T12-00-21Z_${part}_${SID}.json`);
});

it('a recording whose date cannot be read is undated', () => {
  expect(audioName({ sid: SID, room: 'sales', createdAt: 0 })).toBe(`undated_sales_${SID}.wav`);
});

it('a file is the audio of a recording if its name ends with the SID, in any case', () => {
  expect(sidOfAudio(`Interview with B_${SID.toUpperCase()}.WAV`)).toBe(SID);
  for (const other of [`sales_${SID}.json`, `sales_${SID}.wav.part`, `sales_x${SID}.wav`, `${SID}.wav`])
    expect(sidOfAudio(other)).not.toBe(SID);
});
