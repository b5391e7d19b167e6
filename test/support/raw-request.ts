import { connect } from 'node:net';

/**
 * Sends raw bytes, for requests that no HTTP client would send, and reads until the server closes the connection.
 *
 * @returns everything that the server sent
 */
export function rawRequest(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (text) => (answer += text));
    // If the server closes the connection before it has read the whole request, writing the rest fails.
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}
