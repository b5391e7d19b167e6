import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian's package installs it. */
const CHROMIUM = '/usr/bin/chromium';

/** Why no browser can be started, and how to install one; undefined if there is one. */
export const browserMissing = existsSync(CHROMIUM)
  ? undefined
  : `${CHROMIUM} isn't there (apt-get install -y chromium)`;

/** Starts a browser that sends no requests of its own. */
export function launchBrowser(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'];
  return chromium.launch({ executablePath: CHROMIUM, args });
}
