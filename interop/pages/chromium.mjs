// The browser: Debian's Chromium, or another that MSINGI_CHROMIUM names. Nothing is downloaded.

import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const FLAGS = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts it; `close` ends it and throws its profile away. */
export async function startChromium() {
  // Containers often run as root, which Chromium's own sandbox refuses.
  const chromiumSandbox = process.getuid?.() !== 0;
  const home = mkdtempSync(join(tmpdir(), 'msingi-pages-'));
  const env = { ...process.env, HOME: home };
  const browser = await chromium.launch({
    executablePath: executable(),
    args: FLAGS,
    chromiumSandbox,
    env,
  });
  const close = async () => {
    await browser.close();
    rmSync(home, { recursive: true, force: true });
  };
  return { browser, close };
}

function executable() {
  const named = process.env.MSINGI_CHROMIUM;
  if (named) return named;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(runs);
  if (!found) throw new Error('no Chromium found (Debian package: chromium), set MSINGI_CHROMIUM');
  return found;
}

function runs(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
