// Visits the resident's pages of the sandbox in a real browser.
// The sandbox's handover comes in MSINGI_* variables (see ../README.md), or as a file:
//   node main.mjs handover.json

import { readFileSync } from 'node:fs';
import { Report, ensure } from '../openid-client/report.mjs';
import {
  ASSESSMENT,
  openRound,
  putIntoReview,
  reviewAndSign,
  wrongWorkbook,
} from './assessment.mjs';
import { applyByKeyboard, beginDraft, deleteDraft } from './application.mjs';
import { startChromium } from './chromium.mjs';
import { pagesFrom } from './crawl.mjs';
import { freshPage, lookAt, lookBehind } from './looks.mjs';
import { signIn, signInOfficer } from './signin.mjs';

const ENTRIES = ['base_url', 'login_name', 'totp_secret'];
const LANGUAGES = ['en', 'fr', 'sw'];
const SERVICE = process.env.MSINGI_SERVICE ?? 'child-benefit';
const STARTS = [
  '/portal',
  '/portal/services',
  '/portal/applications',
  '/portal/messages',
  '/portal/reads',
  '/portal/consents',
  '/portal/grievances',
  '/portal/sign-ins',
  '/gallery',
];
const FOLDERS = ['/portal', '/consent/register'];
const DESK_FOLDERS = ['/desk'];

function settings() {
  const [, , file] = process.argv;
  const handover = file ? JSON.parse(readFileSync(file, 'utf8')) : {};
  for (const name of ENTRIES) {
    handover[name] ??= process.env[`MSINGI_${name.toUpperCase()}`];
    ensure(handover[name], `${name} is missing: set MSINGI_${name.toUpperCase()}`);
  }
  return handover;
}

async function checks(report) {
  const given = settings();
  const { browser, close } = await startChromium();
  try {
    const plain = await browser.newContext({ javaScriptEnabled: false, locale: 'en' });
    const page = await plain.newPage();
    await report.must('sign-in by keyboard, without script', () => signIn(page, given));
    await report.check('an application by keyboard, without script: its number', () =>
      applyByKeyboard(page, given.base_url, SERVICE));
    const kept = await plain.storageState();
    const context = await browser.newContext({ storageState: kept, locale: 'en' });
    await everyPage(report, await freshPage(context), given.base_url);
    const rounds = [];
    for (const officer of officersOf(given)) await desk(report, browser, officer, rounds);
    await strangers(report, browser, given.base_url);
  } finally {
    await close();
  }
}

/** The accounts at desks: text when they come as an environment variable. */
function officersOf({ officers = process.env.MSINGI_OFFICERS ?? '[]' }) {
  return typeof officers === 'string' ? JSON.parse(officers) : officers;
}

/** All that one officer finds at the desk; a caseworker has taken a case, a round of the assessment goes its way. */
async function desk(report, browser, officer, rounds) {
  const context = await browser.newContext({ locale: 'en' });
  const page = await freshPage(context);
  const base = new URL(officer.desk).origin;
  await report.must(`${officer.number}: sign-in at the desk`, () => signInOfficer(page, officer));
  await page.goto(`${base}/desk/cases`);
  const waiting = page.locator('main a').first();
  if ((await waiting.count()) > 0) {
    await waiting.click();
    const take = page.locator('main form button').first();
    if ((await take.count()) > 0) await Promise.all([page.waitForNavigation(), take.click()]);
  }
  const assessing = await assessment(report, browser, context, officer, rounds);
  const found = await report.must(`${officer.number}: pages found by following links`, () =>
    pagesFrom(page, base, ['/desk'], DESK_FOLDERS));
  for (const path of found) {
    // Questions come from the instrument, which has its own translations.
    const languages = path.startsWith(ASSESSMENT) ? LANGUAGES : ['en'];
    for (const language of languages) {
      await oneLook(report, page, base, path, language, officer.number);
    }
  }
  await assessing?.finish(page);
}

/** A lead opens a round, another officer reviews and signs it: by keyboard and without script. */
async function assessment(report, browser, context, officer, rounds) {
  const base = new URL(officer.desk).origin;
  const storageState = await context.storageState();
  const plain = await browser.newContext({ javaScriptEnabled: false, locale: 'en', storageState });
  const page = await plain.newPage();
  await page.goto(base + ASSESSMENT);
  if ((await page.locator(`a[href="${ASSESSMENT}/open"]`).count()) > 0) {
    const path = await report.must(`${officer.number}: a round opened and answered`, () =>
      openRound(page, base));
    rounds.push(path);
    const finish = async (looking) => {
      await report.check(`${officer.number}: a workbook with faults`, async () => {
        const send = await wrongWorkbook(looking, base + path);
        const { wrong } = await lookBehind(looking, send, 422);
        ensure(wrong.length === 0, wrong.join('; '));
      });
      await report.must(`${officer.number}: the round is put into review`, () =>
        putIntoReview(page, base + path));
    };
    return { finish };
  }
  const reviewed = page.locator(`main a[href="${rounds.at(-1)}"]`);
  if ((await reviewed.count()) > 0) {
    await report.must(`${officer.number}: an answer reviewed, the round signed`, () =>
      reviewAndSign(page, base, rounds.at(-1)));
  }
  return undefined;
}

/** What somebody sees who is not signed in. */
async function strangers(report, browser, base) {
  const page = await freshPage(await browser.newContext({ locale: 'en' }));
  const open = ['/portal', '/portal/services', `/portal/services/${SERVICE}`];
  for (const path of open) await oneLook(report, page, base, path, 'en', 'visitor');
}

async function everyPage(report, page, base) {
  const draft = await report.must('another application begun', () => beginDraft(page, base, SERVICE));
  const found = await report.must('pages found by following links', async () => {
    const pages = await pagesFrom(page, base, [draft, ...STARTS], FOLDERS);
    ensure(pages.some((path) => path.startsWith(`${draft}/steps/`)), 'no step of the draft is found');
    return pages;
  });
  for (const language of LANGUAGES) {
    for (const path of found) await oneLook(report, page, base, path, language, 'resident');
    await report.check(`resident, ${language}: the form of a complaint`, () =>
      complaintForm(page, base, language));
  }
  await report.check('the draft deleted', () => deleteDraft(page, base, draft));
}

/** It has no address of its own: a line of the tracker leads there, and stands in none. */
async function complaintForm(page, base, language) {
  await page.goto(`${base}/portal/reads?lang=${language}`);
  const { wrong } = await lookBehind(page, page.locator('.entry-action button').first());
  if (!page.url().endsWith('/portal/grievances/new')) wrong.push(`it is at ${page.url()}`);
  ensure(wrong.length === 0, wrong.join('; '));
}

function oneLook(report, page, base, path, language, who) {
  return report.check(`${who}, ${language}: ${path}`, async () => {
    const joint = path.includes('?') ? '&' : '?';
    const { wrong } = await lookAt(page, `${base}${path}${joint}lang=${language}`);
    const spoken = await page.locator('html').getAttribute('lang');
    if (spoken !== language) wrong.push(`the page is in ${spoken}`);
    ensure(wrong.length === 0, wrong.join('; '));
  });
}

process.exitCode = await new Report().run(checks);
