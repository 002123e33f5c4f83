// What the person does on the pages. Passkeys belong to the name `localhost`, so that is where the
// browser goes, also where the issuer is the same machine by its number.

import { setTimeout as sleep } from 'node:timers/promises';
import { ensure } from '../openid-client/report.mjs';
import { STEP_SECONDS, codeOf, stepAt } from '../openid-client/totp.mjs';

const WAITS_MAX = 3;

export class Pages {
  /** What the browser says about the pages' policy. */
  violations = [];
  #page;
  #given;

  constructor(page, given) {
    this.#page = page;
    this.#given = given;
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) this.violations.push(message.text());
    });
    page.on('pageerror', (error) => this.violations.push(String(error)));
  }

  /** As if in a new browser; what the authenticator holds stays. */
  async forget() {
    await this.#page.context().clearCookies();
  }

  async enterWithCode() {
    await this.#open(new URL('/identity/passkeys', this.#given.issuer));
    await this.#typeCode(() => new URL(this.#page.url()).pathname === '/identity/passkeys'
      && this.#page.locator('#code').count().then((count) => count === 0));
  }

  async enterWithPasskey() {
    await this.#open(new URL('/identity/passkeys', this.#given.issuer));
    await this.#usePasskey();
    await this.#page.locator('form[data-work=create]').waitFor();
  }

  async addPasskey(name) {
    await this.#page.locator('#name').fill(name);
    await this.#page.locator('#passkey button').click();
    await this.#page.getByText(name, { exact: true }).first().waitFor();
  }

  /** Whether the page says that it did not work. */
  async addPasskeyAgain() {
    await this.#page.locator('#passkey button').click();
    return this.#isTold();
  }

  async removePasskey(name) {
    await this.#page.getByRole('button', { name: `Remove ${name}` }).click();
    await this.#page.getByRole('button', { name: `Remove ${name}` }).waitFor({ state: 'detached' });
  }

  /** Where the link leads that stands in for passkeys under the number of the machine. */
  async twinOf({ address }) {
    await this.#page.goto(address.href);
    const link = this.#page.getByRole('link', { name: 'Sign in with a passkey' });
    return link.getAttribute('href');
  }

  /** The address at the relying party that the browser is sent to. */
  async signInWithPasskey({ address }) {
    await this.#open(address);
    return this.#leaves(() => this.#usePasskey());
  }

  async signInWithCode({ address }) {
    await this.#open(address);
    return this.#leaves((left) => this.#typeCode(left));
  }

  async passkeyFails({ address }) {
    await this.#open(address);
    await this.#usePasskey();
    return this.#isTold();
  }

  async passkeyIsRefused({ address }) {
    await this.#open(address);
    await this.#usePasskey();
    await this.#page.locator('[role=alert]').first().waitFor();
    return new URL(this.#page.url()).pathname === '/identity/sign-in/passkey' || this.#isTold();
  }

  async explainsScript({ address }) {
    await this.#open(address);
    const hidden = await this.#page.locator('#passkey').isHidden();
    return hidden && this.#page.getByText('Passkeys cannot be used in this browser').isVisible();
  }

  async #open(address) {
    const home = new URL(address);
    if (/^(127\.|\[)/.test(home.hostname)) home.hostname = 'localhost';
    await this.#page.goto(home.href);
  }

  async #usePasskey() {
    await this.#page.locator('#passkey button').click();
  }

  async #isTold() {
    await this.#page.locator('#passkey-failed').waitFor({ state: 'visible', timeout: 10_000 });
    return true;
  }

  /** Does something that ends at the relying party, where nobody listens: the request is enough. */
  async #leaves(act) {
    const callback = new URL(this.#given.redirect_uri);
    let left;
    const isCallback = (request) => {
      const url = new URL(request.url());
      if (url.origin !== callback.origin || url.pathname !== callback.pathname) return false;
      left = url;
      return true;
    };
    const asked = this.#page.waitForEvent('request', { predicate: isCallback, timeout: 120_000 });
    await act(() => left !== undefined);
    await asked;
    await this.#page.waitForEvent('framenavigated', { timeout: 2_000 }).catch(() => undefined);
    return left;
  }

  /** Types number and code. Each code passes once, and somebody may have used the present one. */
  async #typeCode(isDone) {
    for (let turn = 0; turn <= WAITS_MAX; turn += 1) {
      await this.#page.locator('#number').fill(this.#given.login_name);
      await this.#page.locator('#code').fill(codeOf(this.#given.totp_secret, stepNow()));
      const moved = this.#page.waitForEvent('framenavigated', { timeout: 5_000 });
      await this.#page.locator('form:has(#code) button').click();
      await moved.catch(() => undefined);
      if (await isDone()) return;
      await nextStep();
    }
    ensure(false, `the one-time code is refused ${WAITS_MAX} times`);
  }
}

function stepNow() {
  return stepAt(Date.now() / 1000);
}

async function nextStep() {
  const begins = (stepNow() + 1) * STEP_SECONDS;
  console.log('      waiting for the next one-time code');
  await sleep(begins * 1000 - Date.now() + 250);
}
