// Signs the resident in through the portal, without script and by keyboard.

import { setTimeout as sleep } from 'node:timers/promises';
import { ensure } from '../openid-client/report.mjs';
import { STEP_SECONDS, codeOf, stepAt } from '../openid-client/totp.mjs';
import { Keyboard } from './keyboard.mjs';

const TRIES_MAX = 3;

export async function signIn(page, { base_url: base, login_name: name, totp_secret: secret }) {
  const keys = new Keyboard(page);
  await page.goto(`${base}/portal`);
  await keys.press({ tag: 'a', href: '/portal/sign-in' });
  for (let attempt = 0; attempt < TRIES_MAX && (await asksForCode(page)); attempt += 1) {
    // Each code passes once, and somebody may have used the present one a moment ago.
    if (attempt > 0) await nextStep();
    await keys.type({ tag: 'input', name: 'number' }, name);
    await keys.type({ tag: 'input', name: 'code' }, codeOf(secret, stepAt(Date.now() / 1000)));
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  }
  if (await page.locator('button[name=answer][value=allow]').count()) {
    await keys.press({ tag: 'button', value: 'allow' });
  }
  ensure(new URL(page.url()).pathname === '/portal', `signing in ends at ${page.url()}`);
}

/** Signs an officer in at the desk: an account of the handover with `desk`, `number` and `secret`. */
export async function signInOfficer(page, { desk, number, secret }) {
  await page.goto(desk);
  for (let attempt = 0; attempt < TRIES_MAX && (await asksForCode(page)); attempt += 1) {
    if (attempt > 0) await nextStep();
    await page.fill('input[name=number]', number);
    await page.fill('input[name=code]', codeOf(secret, stepAt(Date.now() / 1000)));
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  }
  ensure(page.url().endsWith('/desk'), `an officer signing in ends at ${page.url()}`);
}

async function asksForCode(page) {
  return (await page.locator('input[autocomplete=one-time-code]').count()) > 0;
}

async function nextStep() {
  const begins = (stepAt(Date.now() / 1000) + 1) * STEP_SECONDS;
  console.log('      waiting for the next one-time code');
  await sleep(begins * 1000 - Date.now() + 250);
}
