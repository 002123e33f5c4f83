// Signs a resident in to the sandbox as a relying party that uses the npm package openid-client.
// The sandbox's handover comes in MSINGI_* variables (see ../README.md), or as a file:
//   node main.mjs handover.json

import { readFileSync } from 'node:fs';
import { Browser } from './browser.mjs';
import { RelyingParty } from './party.mjs';
import { Report, ensure, reason, refusalOf } from './report.mjs';
import { Resident, asksWhoIsThere } from './resident.mjs';
import { Verifier, algorithmOf, withBrokenSignature } from './tokens.mjs';

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
  const resident = new Resident(given.login_name, given.totp_secret);
  const party = await report.must('discovery', () => discover(given));
  const verifier = new Verifier(party.metadata, given.client_id);
  await report.check('key set: named, and nothing private', () => verifier.keySet());
  const run = { given, party, verifier, resident, browser: new Browser(given.redirect_uri) };
  await beforeSignIn(report, run);
  const first = await signIn(report, run);
  await tokens(report, run, first);
  await afterSignIn(report, run, first);
}

async function discover(given) {
  const party = await RelyingParty.discover(given);
  const found = party.metadata;
  const says = (member, value) =>
    ensure(found[member]?.includes(value), `${member} lacks ${value}`);
  ensure(found.issuer === given.issuer, `issuer is ${found.issuer}`);
  ensure(found.userinfo_endpoint && found.jwks_uri, 'userinfo_endpoint or jwks_uri is missing');
  says('response_types_supported', 'code');
  says('scopes_supported', 'openid');
  says('code_challenge_methods_supported', 'S256');
  says('token_endpoint_auth_methods_supported', 'private_key_jwt');
  return party;
}

async function beforeSignIn(report, { party, resident, given }) {
  await report.check('prompt=none with nobody signed in: login_required', async () => {
    const { address, checks: expected } = await party.begin('openid', { prompt: 'none' });
    const { left } = await new Browser(given.redirect_uri).open(address);
    ensure(left, 'a page is shown');
    const answer = left.searchParams;
    ensure(answer.get('error') === 'login_required', `error is ${answer.get('error')}`);
    ensure(answer.get('state') === expected.expectedState, 'state is not the one sent');
    ensure(!answer.has('code'), 'a code is sent along');
  });
  await report.check('a wrong one-time code: asked again', async () => {
    const { address } = await party.begin('openid');
    const page = await resident.signInWrongly(new Browser(given.redirect_uri), address);
    ensure(!page.left, 'sent back to the relying party');
    ensure(asksWhoIsThere(page), `page "${page.title}" (status ${page.status}) does not ask again`);
  });
}

/** The one sign-in with a one-time code; all others use the session it leaves in the browser. */
async function signIn(report, { party, resident, browser }) {
  const begun = await party.begin('openid profile');
  const callback = await report.must('sign-in through the pages: back with a code', async () => {
    const left = await resident.signIn(browser, begun.address);
    const error = left.searchParams.get('error');
    ensure(!error, `${error}: ${left.searchParams.get('error_description')}`);
    ensure(left.searchParams.get('code'), 'no code');
    return left;
  });
  const changed = async (name, value, otherwise) => {
    const url = new URL(callback);
    url.searchParams.set(name, value);
    const before = party.answers.length;
    const error = await refusalOf(party.exchange(url, begun.checks), otherwise);
    ensure(party.answers.length === before, 'a token was asked for all the same');
    ensure(reason(error).includes(`"${name}"`), `refused for another reason: ${reason(error)}`);
  };
  await report.check('a changed state: refused by the client', () =>
    changed('state', 'another', 'the client took it'));
  await report.check('an answer in the name of another issuer: refused by the client', () =>
    changed('iss', 'https://id.example', 'the client took it'));
  const answer = await report.must('tokens by private_key_jwt', async () => {
    const received = await party.exchange(callback, begun.checks);
    ensure(received.token_type === 'bearer', `token_type is ${received.token_type}`);
    ensure(received.id_token && received.expires_in > 0, 'no id_token or no expires_in');
    return received;
  });
  return { ...begun, callback, tokens: answer };
}

async function tokens(report, { party, verifier }, first) {
  const idToken = await report.must(
    `ID token (${algorithmOf(first.tokens.id_token)}): signature, iss, aud, times, nonce, at_hash`,
    () => verifier.idToken(first.tokens, first.checks.expectedNonce),
  );
  first.subject = idToken.sub;
  await report.check('access token: at+jwt, signature and claims', () =>
    verifier.accessToken(first.tokens, first.subject));
  await report.check('userinfo: signed, for us, about the same person', async () => {
    const told = await party.userinfo(first.tokens.access_token, first.subject);
    const { type, body } = party.lastAnswer;
    ensure(type === 'application/jwt', `userinfo is ${type}, not signed`);
    await verifier.userinfo(body, first.subject);
    ensure(told.name, 'profile was granted, and there is no name');
  });
  await report.check('userinfo with a changed access token: 401', () =>
    userinfoRefused(party, withBrokenSignature(first.tokens.access_token), first.subject));
}

async function userinfoRefused(party, accessToken, subject) {
  await refusalOf(party.userinfo(accessToken, subject), 'userinfo was answered');
  ensure(party.lastAnswer.status === 401, `status is ${party.lastAnswer.status}`);
}

async function afterSignIn(report, run, first) {
  const { party, verifier, given } = run;
  await report.check('a code used twice: invalid_grant', async () => {
    await refusalOf(party.exchange(first.callback, first.checks), 'tokens were given again');
    expectError(party, 'invalid_grant');
  });
  await report.check('the access token of a code used twice: void', () =>
    userinfoRefused(party, first.tokens.access_token, first.subject));
  await report.check('a changed nonce: refused by the client', async () => {
    const { callback, begun } = await again(run, { nonce: 'another' });
    const error = await refusalOf(party.exchange(callback, begun.checks), 'the client took it');
    const { status } = party.lastAnswer;
    ensure(status === 200, `no token was given, status ${status}`);
    ensure(/nonce/.test(reason(error)), `refused for another reason: ${reason(error)}`);
  });
  await report.check('a wrong code verifier: invalid_grant', async () => {
    const { callback, begun } = await again(run);
    const { checks: others } = await party.begin('openid');
    const wrong = { ...begun.checks, pkceCodeVerifier: others.pkceCodeVerifier };
    await refusalOf(party.exchange(callback, wrong), 'tokens were given');
    expectError(party, 'invalid_grant');
  });
  await report.check('an assertion by another key: invalid_client', async () => {
    const { callback, begun } = await again(run);
    const forger = await RelyingParty.discover(given, { forged: true });
    await refusalOf(forger.exchange(callback, begun.checks), 'tokens were given');
    expectError(forger, 'invalid_client');
  });
  await report.check('a second sign-in: the same sub', async () => {
    const { callback, begun } = await again(run);
    const received = await party.exchange(callback, begun.checks);
    const { sub } = await verifier.idToken(received, begun.checks.expectedNonce);
    ensure(sub === first.subject, 'the person has another sub now');
  });
  await report.check('a redirect address that is not registered: nobody is sent there', () =>
    strangers(run));
}

/** A further sign-in in the browser that has a session. */
async function again({ party, resident, browser }, changed = {}) {
  const begun = await party.begin('openid');
  Object.entries(changed).forEach(([name, value]) => begun.address.searchParams.set(name, value));
  return { begun, callback: await resident.signIn(browser, begun.address) };
}

/**
 * Addresses that look like the registered one, asked for where somebody is signed in. Not one with
 * another port alone: native apps may have that on loopback (RFC 8252 section 7.3).
 */
async function strangers({ party, browser, given }) {
  const near = new URL(given.redirect_uri);
  near.hostname = `${near.hostname}.party.example`;
  const addresses = [
    'https://party.example/callback',
    near.href,
    `${given.redirect_uri}/further`,
    `${given.redirect_uri}${given.redirect_uri.includes('?') ? '&' : '?'}more=1`,
  ];
  for (const redirectUri of addresses) {
    const { address } = await party.begin('openid', { redirect_uri: redirectUri });
    const page = await browser.open(address);
    ensure(!page.left, `the browser is sent on for ${redirectUri}`);
    ensure(page.forms.length === 0, `the sign-in goes on for ${redirectUri}`);
  }
}

function expectError(party, expected) {
  const { status, error } = party.lastError;
  ensure(error === expected, `error is ${error}`);
  ensure(status === 400 || status === 401, `status is ${status}`);
}

process.exitCode = await new Report().run(checks);
