/**
 * Why a request got no answer. `fetch` hides the cause behind "fetch failed", and if a host has several addresses and none
 * answers, Node's error has a code but no message.
 */
export function connectionFailure(error: Error): string {
  if (error.cause instanceof Error) return connectionFailure(error.cause);
  return error.message || ('code' in error && String(error.code)) || error.name;
}
