import type { Response } from 'express';

/** Answers with a LaML document. Express' `send` would work out type, charset and freshness anew for each one. */
export function sendLaml(response: Response, document: string): void {
  const headers = { 'content-type': 'text/xml; charset=utf-8', 'content-length': Buffer.byteLength(document) };
  response.writeHead(200, headers).end(document);
}
