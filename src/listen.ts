import { once } from 'node:events';
import type { Server } from 'node:http';

/**
 * Has a server listen.
 *
 * @param port 0 takes a free one
 * @returns the port
 * @throws Error with a sentence that says what to change
 */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const remedy = code === 'EADDRINUSE' ? 'something listens there; set PORT to another one' : 'check HOST and PORT';
    throw new Error(`Can't listen on port ${port} of ${host} (${code}): ${remedy}.`, { cause });
  }
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}
