// Applies for a service as somebody does who has neither mouse nor script.

import { ensure } from '../openid-client/report.mjs';
import { Keyboard } from './keyboard.mjs';

const PAGES_MAX = 20;
const LAST_YEAR = String(new Date().getFullYear() - 1);

/** Answers by the name of the field; the rest by its kind. MSINGI_ANSWERS (a JSON object) comes first. */
const ANSWERS = {
  account: '0700123456',
  child_name: 'Neema Tumbo',
  household: '4',
  ...JSON.parse(process.env.MSINGI_ANSWERS ?? '{}'),
};
const BY_KIND = { tel: '+254700123456', number: '4', text: 'Asha' };

/** From the list of services to the page with the number; answers that number. */
export async function applyByKeyboard(page, base, service) {
  const keys = new Keyboard(page);
  await page.goto(`${base}/portal/services`);
  await keys.press({ tag: 'a', href: `/portal/services/${service}` });
  await keys.press({ tag: 'button', text: /Apply/ });
  ensure(/\/portal\/applications\/[0-9a-f-]{36}$/.test(page.url()), `Apply leads to ${page.url()}`);
  const draft = new URL(page.url()).pathname;
  await wrongFirst(keys, page);
  for (let at = 0; at < PAGES_MAX; at += 1) {
    const { pathname, search } = new URL(page.url());
    if (pathname === draft && search === '?done=sent') return numberOn(page);
    if (pathname.includes('/steps/')) await answer(keys, page);
    else if (pathname.endsWith('/check')) await keys.press({ tag: 'button', text: /Send/ });
    else await onwards(keys, page, draft);
  }
  throw new Error(`${PAGES_MAX} pages, and the application is not sent; now at ${page.url()}`);
}

/** Begins an application and leaves it; answers the address of its page. */
export async function beginDraft(page, base, service) {
  await page.goto(`${base}/portal/services/${service}`);
  await Promise.all([page.waitForNavigation(), page.locator('main form button').click()]);
  return new URL(page.url()).pathname;
}

/** Deletes a draft again. */
export async function deleteDraft(page, base, draft) {
  await page.goto(base + draft);
  await page.locator('details summary').click();
  await Promise.all([page.waitForNavigation(), page.locator('main .button.danger').click()]);
  ensure(page.url().endsWith('?done=withdrawn'), `deleting a draft ends at ${page.url()}`);
}

/** On the page of the draft: checks the answers if that is offered, else opens the next step to do. */
async function onwards(keys, page, draft) {
  const ready = await page.locator(`a[href="${draft}/check"]`).count();
  if (ready > 0) return keys.press({ tag: 'a', href: `${draft}/check` });
  const todo = page.locator('.tasks li').filter({ hasText: 'To do' });
  const open = todo.locator('a[href*="/steps/"]').first();
  ensure((await open.count()) > 0, `nothing to go on with at ${page.url()}`);
  return keys.press({ tag: 'a', href: await open.getAttribute('href') });
}

/** Sends the first open step with nothing in it: errors must be named at the top and lead to their fields. */
async function wrongFirst(keys, page) {
  const draft = page.url();
  await onwards(keys, page, new URL(draft).pathname);
  const needed = await page.locator('main form .field:not(:has(.optional))').count();
  if (needed > 0) {
    await keys.press({ tag: 'button', text: /continue/i });
    const named = page.locator('.summary a');
    ensure((await named.count()) > 0, 'nothing is said about answers that are missing');
    const target = (await named.first().getAttribute('href')).slice(1);
    ensure((await page.locator(`[id="${target}"]`).count()) === 1, `no field ${target}`);
    ensure((await page.title()).startsWith('Error:'), 'the title does not say that there is an error');
  }
  await page.goto(draft);
}

async function answer(keys, page) {
  const done = new Set();
  for (const field of await fieldsOf(page)) {
    if (done.has(field.name)) continue;
    done.add(field.name);
    await fill(keys, field);
  }
  await keys.press({ tag: 'button', text: /continue/i });
  const errors = await page.locator('.summary a').allTextContents();
  ensure(errors.length === 0, `the answers are refused: ${errors.join('; ')}`);
}

async function fill(keys, { name, type, tag, value, options }) {
  const date = /^(.*)-(day|month|year)$/.exec(name);
  if (date) return keys.type({ tag, name }, { day: '4', month: '3', year: LAST_YEAR }[date[2]]);
  if (type === 'radio') return keys.choose(name, ANSWERS[name] ?? value);
  if (tag === 'select') {
    await keys.to({ tag, name });
    return keys.page.keyboard.type(ANSWERS[name] ?? options[1]);
  }
  return keys.type({ tag, name }, ANSWERS[name] ?? BY_KIND[type]);
}

function fieldsOf(page) {
  return page.locator('main form').evaluate((form) =>
    [...form.elements]
      .filter((field) => field.name && field.type !== 'hidden' && field.tagName !== 'BUTTON')
      .map((field) => ({
        tag: field.tagName.toLowerCase(),
        name: field.name,
        value: field.value,
        type: field.inputMode === 'numeric' ? 'number' : field.type,
        options: [...(field.options ?? [])].map((option) => option.text),
      })),
  );
}

async function numberOn(page) {
  const number = (await page.locator('.panel .number').textContent()).trim();
  ensure(number.length > 3, 'the application has no number');
  return number;
}
