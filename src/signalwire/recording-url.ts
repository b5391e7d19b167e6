/**
 * The address of a recording's audio, as WAV; with `.mp3` behind it, as MP3. It needs no password, so anyone who knows it can listen.
 * Source: SignalWire's REST reference, "Retrieve a Recording".
 */
export function recordingUrl(spaceUrl: string, projectId: string, recordingSid: string): string {
  return `${spaceUrl}/api/laml/2010-04-01/Accounts/${projectId}/Recordings/${recordingSid}`;
}
