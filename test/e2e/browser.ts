import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian's package has it. */
const CHROMIUM = '/usr/bin/chromium';

/** Undefined where there is a browser; else what to say to those who run the tests. */
export const whyNoBrowser = existsSync(CHROMIUM) ? undefined : `${CHROMIUM} isn't there (apt-get install -y chromium)`;

/** Starts a browser that asks nobody but us. */
export function launchBrowser(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'];
  return chromium.launch({ executablePath: CHROMIUM, args });
}
