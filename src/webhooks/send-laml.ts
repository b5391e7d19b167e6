import type { Response } from 'express';

/**
 * Answers with a LaML document, of 64 kB at most and with a content type that says XML. Source: SignalWire's page "Common
 * webhook errors". Express' `send` would work out type, charset and freshness anew for each one.
 */
export function sendLaml(response: Response, document: string): void {
  const headers = { 'content-type': 'text/xml; charset=utf-8', 'content-length': Buffer.byteLength(document) };
  response.writeHead(200, headers).end(document);
}
