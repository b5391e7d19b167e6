/** Why `fetch` failed. It hides the cause behind "fetch failed". */
export function fetchFailure({ message, cause }: Error): string {
  if (!(cause instanceof Error)) return message;
  return cause.message || ('code' in cause && String(cause.code)) || message;
}
