// Takes part in a round of the assessment, as an officer does who has neither mouse nor script.

import { ensure } from '../openid-client/report.mjs';
import { Keyboard } from './keyboard.mjs';

export const ASSESSMENT = '/desk/assessment';

const YEAR = String(new Date().getFullYear());
const FIRST = 'ID-01';

/** A lead opens a round, adds a link to its evidence and answers with it; answers the path of the round's page. */
export async function openRound(page, base) {
  const keys = new Keyboard(page);
  await page.goto(base + ASSESSMENT);
  await keys.press({ tag: 'a', href: `${ASSESSMENT}/open` });
  await keys.type({ tag: 'input', name: 'title' }, `Baseline ${YEAR}`);
  await keys.choose('profile', 'full');
  await day(keys, 'as_of');
  await keys.press({ tag: 'button', text: 'Open a round' });
  const round = new URL(page.url()).pathname;
  ensure(/\/rounds\/[0-9a-f-]{36}$/.test(round), `opening a round leads to ${page.url()}`);
  await addLink(keys, page, round);
  await answerFirst(keys, page, base + round);
  await sendWorkbook(keys, page, base + round);
  return round;
}

/** Sends what is no workbook: the page with what is to be mended. */
export async function wrongWorkbook(page, round) {
  await page.goto(`${round}/spreadsheet`);
  const file = { name: 'round.xlsx', mimeType: 'text/plain', buffer: Buffer.from('no workbook') };
  await page.setInputFiles('input[type=file]', file);
  return page.locator('main form .button');
}

/** Puts the round into review: a lead's last step. */
export async function putIntoReview(page, round) {
  await page.goto(round);
  await new Keyboard(page).press({ tag: 'button', value: 'in_review' });
  ensure((await page.locator('h1 .tag').textContent()) === 'In review', 'it is not in review');
}

/** A reviewer sets another level beside the answer, and signs with dissent. */
export async function reviewAndSign(page, base, round) {
  const keys = new Keyboard(page);
  await page.goto(`${base}${round}/indicators/${FIRST}`);
  await keys.choose('verdict', '1');
  await keys.type({ tag: 'textarea', name: 'reason' }, 'One office only.');
  await keys.press({ tag: 'button', text: 'Save the review' });
  await noErrors(page);
  await page.goto(`${base}${round}/sign-off`);
  await keys.type({ tag: 'input', name: 'role' }, 'Director');
  await keys.type({ tag: 'textarea', name: 'dissent' }, 'The level is too low.');
  await keys.press({ tag: 'button', text: 'Sign' });
  await noErrors(page);
  ensure((await page.locator('.timeline > li').count()) === 1, 'the signature is not shown');
}

async function addLink(keys, page, round) {
  await keys.press({ tag: 'a', href: `${round}/evidence` });
  // Sent empty once: what is missing must be named.
  await keys.press({ tag: 'button', text: 'Add evidence' });
  ensure((await page.locator('.summary a').count()) > 1, 'nothing is said about what is missing');
  await keys.type({ tag: 'input', name: 'title' }, 'Identity strategy');
  await keys.type({ tag: 'input', name: 'publisher' }, 'Digital Agency');
  await day(keys, 'made');
  await keys.type({ tag: 'input', name: 'source' }, 'https://agency.example/strategy');
  await keys.press({ tag: 'button', text: 'Add evidence' });
  await noErrors(page);
}

async function answerFirst(keys, page, round) {
  await page.goto(`${round}/indicators/${FIRST}`);
  await keys.choose('level', '2');
  await keys.choose('evidence', 'E-1');
  await keys.type({ tag: 'textarea', name: 'note' }, 'As the register says.');
  await keys.press({ tag: 'button', text: 'Save the answer' });
  await noErrors(page);
}

/** Gets the workbook and sends it back as it is. Choosing a file is the browser's own window. */
async function sendWorkbook(keys, page, round) {
  await page.goto(`${round}/spreadsheet`);
  await keys.to({ tag: 'a', href: /\/spreadsheet\/file$/ });
  const saved = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  const workbook = await (await saved).path();
  await keys.to({ tag: 'input', name: 'file' });
  await page.setInputFiles('input[type=file]', workbook);
  await keys.press({ tag: 'button', text: 'Send a filled workbook' });
  await noErrors(page);
  ensure((await page.locator('.notice.good').count()) === 1, 'nothing is said about the workbook');
}

async function day(keys, name) {
  const parts = { day: '1', month: '1', year: YEAR };
  for (const [part, text] of Object.entries(parts)) {
    await keys.type({ tag: 'input', name: `${name}-${part}` }, text);
  }
}

async function noErrors(page) {
  const errors = await page.locator('.summary a').allTextContents();
  ensure(errors.length === 0, `refused: ${errors.join('; ')}`);
}
