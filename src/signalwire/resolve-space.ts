import { lookup } from 'node:dns/promises';

/** Resolves the space's host. @throws Error if it doesn't resolve */
export async function resolveSpace(spaceUrl: string): Promise<void> {
  // An IPv6 address has brackets in a URL only.
  await lookup(new URL(spaceUrl).hostname.replace(/^\[|\]$/g, ''));
}
