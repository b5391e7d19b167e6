/** The longest part of a file's name that comes from the room, in characters. File systems allow 255 for the whole name. */
const MAX_ROOM_LENGTH = 64;

/** What the names of a recording's files are made of. */
export interface NamedRecording {
  sid: string;
  room: string;
  /** ms since 1970; 0 if it isn't known. */
  createdAt: number;
}

/**
 * The name of a recording's audio: when the recording began (UTC), the room and the SID. What isn't a letter from A to Z, a digit,
 * `_`, `.` or `-` becomes `-`, so no name of a room leads out of the folder.
 */
export function audioName({ sid, room, createdAt }: NamedRecording): string {
  const time = createdAt === 0 ? 'undated' : `${new Date(createdAt).toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
  return `${[time, room.replace(/[^\w.-]+/g, '-').slice(0, MAX_ROOM_LENGTH), sid].join('_')}.wav`;
}

/** The name of the story beside an audio file. */
export function storyName(audio: string): string {
  return audio.replace(/\.wav$/i, '.json');
}

/**
 * The SID of the recording whose audio a file is, in lower case, whatever precedes the SID in its name; undefined if it isn't the
 * audio of one. That no SID has a `_` is assumed.
 */
export function sidOfAudio(file: string): string | undefined {
  return /_([^_]+)\.wav$/i.exec(file)?.[1]?.toLowerCase();
}
