import { connect } from 'node:net';

/**
 * Sends bytes as they are, and reads until the server hangs up: for requests that no HTTP client would send.
 *
 * @returns everything that the server said; empty when it hung up without a word
 */
export function rawRequest(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (text) => (answer += text));
    // Of a request that the server won't read to its end the rest is lost on a closed connection.
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}
