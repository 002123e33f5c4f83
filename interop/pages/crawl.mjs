// Finds the pages of a resident by following links, as somebody would who is curious.

/** Pages of one shape (`/portal/messages/{id}`) that are looked at; more of them look alike. */
const ALIKE_MAX = 2;
const PAGES_MAX = 60;
/** Parts of a round have short names of their own: `/indicators/ID-01`. */
const PART = /\/(dimensions|indicators)\/[A-Z0-9-]+/;
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Addresses (path and query) below the given folders, from `starts` on. */
export async function pagesFrom(page, base, starts, folders) {
  const found = [...starts];
  const alike = new Map();
  const shapes = (address) => 
    address.replace(ID, '{id}').replace(PART, '/$1/{part}').replace(/(before|source)=[^&]*/, '$1=');
  for (let at = 0; at < found.length && found.length < PAGES_MAX; at += 1) {
    await page.goto(base + found[at]);
    const links = await page.locator('a[href]:not([download])').evaluateAll((all) => all.map((link) => link.href));
    for (const link of links) {
      const url = new URL(link);
      const address = url.pathname + url.search;
      const ours = url.origin === new URL(base).origin;
      if (!ours || !folders.some((folder) => within(url.pathname, folder))) continue;
      if (url.searchParams.has('lang') || leaves(url.pathname) || found.includes(address)) continue;
      const seen = alike.get(shapes(address)) ?? 0;
      if (seen >= ALIKE_MAX) continue;
      alike.set(shapes(address), seen + 1);
      found.push(address);
    }
  }
  return found;
}

function within(pathname, folder) {
  return pathname === folder || pathname.startsWith(`${folder}/`);
}

/** Signing in and out are ways, not pages. */
function leaves(pathname) {
  if (pathname.startsWith('/desk/sign-')) return true;
  return pathname.startsWith('/portal/sign-in') && pathname !== '/portal/sign-ins';
}
