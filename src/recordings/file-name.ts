/** The longest part of a file's name that comes from the room, in characters. File systems allow 255 for the whole name. */
const MAX_ROOM_LENGTH = 64;

/** What the names of a recording's file are made of. */
export interface NamedRecording {
  sid: string;
  room: string;
  /** ms since 1970; 0 if it isn't known. */
  createdAt: number;
}

/**
 * The name of a recording's file, without its extension: when the recording began (UTC), the room and the SID. What isn't a
 * letter from A to Z, a digit, `_`, `.` or `-` becomes `-`, so no name of a room leads out of the folder.
 */
export function fileName({ sid, room, createdAt }: NamedRecording): string {
  const time = createdAt === 0 ? 'undated' : `${new Date(createdAt).toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
  return [time, room.replace(/[^\w.-]+/g, '-').slice(0, MAX_ROOM_LENGTH), sid].join('_');
}

/** Whether a file is the recording's audio, whatever precedes the SID in its name. */
export function isAudioOf(sid: string, file: string): boolean {
  return file.toLowerCase().endsWith(`_${sid}.wav`.toLowerCase());
}
