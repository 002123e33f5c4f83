// What is looked at on every page: accessibility by axe-core, weight, and width on a small telephone.

import axe from 'axe-core';
import { ensure } from '../openid-client/report.mjs';

const BYTES_MAX = 100 * 1024;
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const TELEPHONE = { width: 320, height: 640 };
const DESK = { width: 1280, height: 900 };

/** A page of `context` that keeps nothing, so that each look carries the whole weight of a first visit. */
export async function freshPage(context) {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  return page;
}

/** Opens `address` and answers what is wrong with the page, one line each. */
export function lookAt(page, address) {
  return look(page, () => page.goto(address, { waitUntil: 'load' }));
}

/** The same for a page that no address leads to: `press` is the button on the present one, `status` what it answers. */
export function lookBehind(page, press, status = 200) {
  const go = async () => (await Promise.all([page.waitForNavigation(), press.click()]))[0];
  return look(page, go, status);
}

async function look(page, open, status = 200) {
  let bytes = 0;
  const asked = [];
  const count = async (response) => {
    asked.push(response.url());
    // On two lines: `bytes += await …` would add to what `bytes` was before the wait, and lose the others.
    const body = await response.body().catch(() => Buffer.alloc(0));
    bytes += body.length;
  };
  const pending = [];
  const listen = (response) => pending.push(count(response));
  page.on('response', listen);
  const answer = await open();
  await Promise.all(pending);
  page.off('response', listen);
  const wrong = [];
  if (answer.status() !== status) wrong.push(`status ${answer.status()}`);
  if (bytes > BYTES_MAX) wrong.push(`${bytes} bytes, more than ${BYTES_MAX}`);
  const foreign = asked.filter((url) => new URL(url).origin !== new URL(page.url()).origin);
  if (foreign.length > 0) wrong.push(`asks elsewhere: ${foreign.join(' ')}`);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    wrong.push(...(await accessibility(page)).map((flaw) => `${colorScheme}: ${flaw}`));
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize(TELEPHONE);
  wrong.push(...(await overhang(page)));
  wrong.push(...(await accessibility(page)).map((flaw) => `320 px: ${flaw}`));
  await page.setViewportSize(DESK);
  return { wrong, bytes };
}

async function accessibility(page) {
  await page.evaluate(axe.source);
  const found = await page.evaluate(
    (tags) => globalThis.axe.run(document, { runOnly: { type: 'tag', values: tags } }),
    TAGS,
  );
  ensure(found.passes.length > 5, 'axe found nothing to check');
  return found.violations.map(
    ({ id, nodes }) => `${id} (${nodes.length}x, such as ${nodes[0].target.join(' ')})`,
  );
}

/** Parts that stick out to the side, so that one must scroll to read a line (WCAG 2.2, 1.4.10). */
function overhang(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().right > clientWidth + 1,
    );
    const named = wide.slice(0, 3).map((element) => `${element.localName}.${element.className}`);
    return [`${scrollWidth} px wide at ${clientWidth}: ${named.join(', ')}`];
  });
}
