// The person at the browser: reads the pages of the sign-in and fills them in.

import { setTimeout as sleep } from 'node:timers/promises';
import { ensure } from './report.mjs';
import { STEP_SECONDS, codeOf, stepAt, wrongCode } from './totp.mjs';

const PAGES_MAX = 12;
const WAITS_MAX = 2;
const NOT_TYPED = ['hidden', 'submit', 'button', 'reset', 'image', 'checkbox', 'radio', 'select'];
const NO = /\b(no|not|cancel|deny|denied|reject|refuse|decline|back|abort)\b/i;

export class Resident {
  constructor(loginName, totpSecret) {
    this.loginName = loginName;
    this.totpSecret = totpSecret;
  }

  /** Signs in and agrees to what is asked; answers the address at the relying party. */
  async signIn(browser, address) {
    let page = await browser.open(address);
    let waits = -1;
    for (let turn = 0; turn < PAGES_MAX; turn += 1) {
      if (page.left) return page.left;
      const form = formOf(page);
      if (asksForCode(form)) waits += 1;
      ensure(waits <= WAITS_MAX, `the one-time code is refused ${waits} times`);
      // Each code passes once, and somebody may have used the present one a moment ago.
      if (asksForCode(form) && waits > 0) await nextStep();
      page = await browser.submit(form, this.#fill(form, codeOf(this.totpSecret, stepNow())));
    }
    throw new Error(`${PAGES_MAX} pages, and still not back at the relying party`);
  }

  /** Enters a wrong code, once; answers what the browser shows then. */
  async signInWrongly(browser, address) {
    let page = await browser.open(address);
    for (let turn = 0; turn < PAGES_MAX; turn += 1) {
      ensure(!page.left, 'back at the relying party without being asked for a code');
      const form = formOf(page);
      page = await browser.submit(form, this.#fill(form, wrongCode(this.totpSecret, stepNow())));
      if (asksForCode(form)) return page;
    }
    throw new Error(`${PAGES_MAX} pages, and no field for a one-time code`);
  }

  /** Fills a form as a person would who wants to get on: everything needed, nothing refused. */
  #fill(form, code) {
    const filled = [];
    const chosen = new Set(form.fields.filter((field) => field.checked).map(({ name }) => name));
    for (const field of form.fields) {
      if (isCode(field)) filled.push([field.name, code]);
      else if (isLoginName(field)) filled.push([field.name, this.loginName]);
      else if (field.type === 'checkbox') filled.push([field.name, field.value]);
      else if (field.type === 'radio') {
        const first = !chosen.has(field.name) && chosen.add(field.name);
        if (field.checked || first) filled.push([field.name, field.value]);
      } else if (!['submit', 'button', 'reset', 'image'].includes(field.type)) {
        filled.push([field.name, field.value]);
      }
    }
    const yes = form.buttons.find((button) => !NO.test(spoken(button)));
    if (yes?.name) filled.push([yes.name, yes.value]);
    return filled;
  }
}

/** Whether a page asks a person to say who they are. */
export function asksWhoIsThere(page) {
  return page.forms.some((form) => asksForCode(form) || form.fields.some(isLoginName));
}

/** The form a person would fill in: one with something to type, else one to agree with. */
function formOf(page) {
  const sent = page.forms.filter((form) => form.method === 'post');
  const typed = sent.find((form) => form.fields.some((field) => isTyped(field)));
  const agrees = ({ buttons }) => buttons.some((button) => !NO.test(spoken(button)));
  const form = typed ?? sent.find(agrees);
  ensure(form, `page "${page.title}" (status ${page.status}) has no form to go on with`);
  return form;
}

function asksForCode(form) {
  return form.fields.some(isCode);
}

function isTyped(field) {
  return !NOT_TYPED.includes(field.type);
}

function isCode({ name, type, autocomplete, ...rest }) {
  if (!isTyped({ name, type, ...rest })) return false;
  if (autocomplete === 'one-time-code' || type === 'password') return true;
  return /otp|one.?time|code|(^|_|-)pin$/i.test(name);
}

function isLoginName(field) {
  if (!isTyped(field) || isCode(field)) return false;
  if (field.autocomplete === 'username') return true;
  return /login|user|account|vid|uin|number|name|ident|(^|_|-)id$/i.test(field.name);
}

function spoken({ name, value, text }) {
  return [name, value, text].filter(Boolean).join(' ').replace(/[_-]/g, ' ');
}

function stepNow() {
  return stepAt(Date.now() / 1000);
}

async function nextStep() {
  const begins = (stepNow() + 1) * STEP_SECONDS;
  console.log('      waiting for the next one-time code');
  await sleep(begins * 1000 - Date.now() + 250);
}
