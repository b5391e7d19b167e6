/** The name of the event that a callback reports, or the status of the recording that it is about. */
export function eventNameOf({ parameters }: { parameters: Record<string, string> }): string {
  return parameters.StatusCallbackEvent ?? parameters.RecordingStatus ?? '';
}
