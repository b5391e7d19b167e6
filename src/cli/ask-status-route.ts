const TIMEOUT_MS = 5000;

/**
 * Requests one of a service's routes that STATUS_PASSWORD protects.
 *
 * @param url the service's URL, without a path
 * @returns the parsed JSON
 * @throws Error if it doesn't answer within 5 s, refuses or lacks the password (with a sentence), or doesn't answer with JSON
 */
export async function askStatusRoute(url: string, route: string, password: string): Promise<unknown> {
  const authorization = `Basic ${Buffer.from(`cli:${password}`).toString('base64')}`;
  const response = await fetch(url + route, {
    headers: { authorization },
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status === 401) throw new Error('STATUS_PASSWORD differs from that of the running service.');
  if (response.status === 404) throw new Error('The running service has no STATUS_PASSWORD.');
  return response.json();
}
