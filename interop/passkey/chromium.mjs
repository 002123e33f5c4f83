// Headless Chromium, and the virtual authenticator of its developer tools
// (https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/).

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

// Nothing of the browser's own may go out: it visits the sandbox and nobody else.
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export class Chromium {
  #browser;
  #folder;

  constructor(browser, folder) {
    this.#browser = browser;
    this.#folder = folder;
  }

  static async launch() {
    const executablePath = process.env.MSINGI_CHROMIUM ?? '/usr/bin/chromium';
    const folder = await mkdtemp(join(tmpdir(), 'msingi-chromium-'));
    const browser = await chromium.launch({ executablePath, args: ARGUMENTS, downloadsPath: folder });
    return new Chromium(browser, folder);
  }

  /** A page in a profile of its own. */
  async page(options = {}) {
    const context = await this.#browser.newContext({ locale: 'en', ...options });
    return context.newPage();
  }

  async close() {
    await this.#browser.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** An authenticator that is built in and verifies its owner, such as a phone. */
export class VirtualAuthenticator {
  #session;
  #id;

  constructor(session, id) {
    this.#session = session;
    this.#id = id;
  }

  static async plugIn(page) {
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable');
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return new VirtualAuthenticator(session, authenticatorId);
  }

  async credentials() {
    const answer = await this.#session.send('WebAuthn.getCredentials', { authenticatorId: this.#id });
    return answer.credentials;
  }

  /** Whether the owner proves who they are from now on. */
  async verifies(isUserVerified) {
    await this.#session.send('WebAuthn.setUserVerified', { authenticatorId: this.#id, isUserVerified });
  }
}
