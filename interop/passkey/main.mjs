// Makes a passkey on the sandbox's pages and signs in with it, in headless Chromium with the virtual
// authenticator of its developer tools. The sandbox's handover comes in MSINGI_* variables (see
// ../README.md), or as a file:
//   node main.mjs handover.json

import { readFileSync } from 'node:fs';
import { Report, ensure } from '../openid-client/report.mjs';
import { Chromium, VirtualAuthenticator } from './chromium.mjs';
import { Party } from './party.mjs';
import { Pages } from './pages.mjs';

const ENTRIES = ['issuer', 'client_id', 'client_key', 'redirect_uri', 'login_name', 'totp_secret'];

function settings() {
  const [, , file] = process.argv;
  const handover = file ? JSON.parse(readFileSync(file, 'utf8')) : {};
  for (const name of ENTRIES) {
    handover[name] ??= process.env[`MSINGI_${name.toUpperCase()}`];
    ensure(handover[name], `${name} is missing: set MSINGI_${name.toUpperCase()}`);
  }
  const key = handover.client_key;
  return { ...handover, client_key: typeof key === 'string' ? JSON.parse(key) : key };
}

async function checks(report) {
  const given = settings();
  const party = await report.must('discovery: passkeys are among the contexts', () =>
    Party.discover(given));
  const chromium = await report.must('Chromium starts', () => Chromium.launch());
  try {
    await withScript(report, given, party, chromium);
    await withoutScript(report, given, party, chromium);
  } finally {
    await chromium.close();
  }
}

async function withScript(report, given, party, chromium) {
  const page = await chromium.page();
  const authenticator = await VirtualAuthenticator.plugIn(page);
  const pages = new Pages(page, given);
  await report.must('number and code lead to the page of passkeys', () => pages.enterWithCode());
  await report.must('a passkey is made: resident, for localhost', async () => {
    await pages.addPasskey('interop');
    const [held, ...others] = await authenticator.credentials();
    ensure(others.length === 0, 'more than one passkey was made');
    ensure(held?.isResidentCredential, 'the passkey is not discoverable');
    ensure(held.rpId === 'localhost', `it belongs to ${held.rpId}`);
    ensure(held.userHandle, 'it does not know whose it is');
  });
  await report.check('the same device is not asked to hold a second one', async () => {
    ensure(await pages.addPasskeyAgain(), 'no message is shown');
    ensure((await authenticator.credentials()).length === 1, 'a second passkey was made');
  });
  await signIns(report, party, pages, authenticator);
  await report.check('a person who is not verified: the page says so', async () => {
    await pages.forget();
    await authenticator.verifies(false);
    ensure(await pages.passkeyFails(await party.begin()), 'no message is shown');
    await authenticator.verifies(true);
  });
  await report.check('a removed passkey: refused', async () => {
    await pages.forget();
    await pages.enterWithPasskey();
    await pages.removePasskey('interop');
    await pages.forget();
    ensure(await pages.passkeyIsRefused(await party.begin()), 'it still signs in');
  });
  await report.check('nothing broke the pages\' policy', () =>
    ensure(pages.violations.length === 0, pages.violations.join('; ')));
}

async function signIns(report, party, pages, authenticator) {
  await report.check('under the number of the machine, a link leads to its name', async () => {
    await pages.forget();
    const begun = await party.begin();
    ensure((await pages.twinOf(begun)).startsWith('http://localhost:'), 'it leads elsewhere');
  });
  const first = await report.must('sign-in by passkey alone: back with a code', async () => {
    await pages.forget();
    const begun = await party.begin();
    return party.redeem(begun, await pages.signInWithPasskey(begun));
  });
  await report.check('the ID token says how: acr phr, amr pop and user', () => {
    ensure(first.acr === 'phr', `acr is ${first.acr}`);
    ensure(['pop', 'user'].every((way) => first.amr?.includes(way)), `amr is ${first.amr}`);
  });
  await report.check('a second sign-in: the same sub, and the counter rises', async () => {
    const before = (await authenticator.credentials())[0].signCount;
    await pages.forget();
    const begun = await party.begin();
    const second = await party.redeem(begun, await pages.signInWithPasskey(begun));
    ensure(second.sub === first.sub, 'the person has another sub now');
    ensure((await authenticator.credentials())[0].signCount > before, 'the counter stands still');
  });
}

async function withoutScript(report, given, party, chromium) {
  const page = await chromium.page({ javaScriptEnabled: false });
  const pages = new Pages(page, given);
  await report.check('script off: the sign-in page says what to do instead', async () => {
    ensure(await pages.explainsScript(await party.begin()), 'nothing is explained');
  });
  await report.check('script off: number and code still sign in', async () => {
    const begun = await party.begin();
    const { acr } = await party.redeem(begun, await pages.signInWithCode(begun));
    ensure(acr === 'idbb:acr:generated-code', `acr is ${acr}`);
  });
}

process.exitCode = await new Report().run(checks);
