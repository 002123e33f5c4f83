// As much of a browser as a person needs to sign in, without script: cookies, redirects, forms, and
// the rules by which a real browser would refuse to go on.

import { documentOf } from './page.mjs';

const REDIRECTS_MAX = 10;
const TIMEOUT_MS = 15_000;

export class Browser {
  #cookies = new Map();
  #callback;

  /** `callback`: the relying party's address. The browser stops there and does not fetch it. */
  constructor(callback) {
    this.#callback = new URL(callback);
  }

  /** Follows a link from the relying party's site. */
  async open(address) {
    return this.#go({ method: 'GET', url: new URL(address), site: 'cross-site' });
  }

  /** Sends a form with what was filled in. */
  async submit(form, fields) {
    const body = new URLSearchParams(fields);
    if (form.method === 'post') {
      return this.#go({ method: 'POST', url: form.action, body, site: 'same-origin', from: form });
    }
    const url = new URL(form.action);
    url.search = body.toString();
    return this.#go({ method: 'GET', url, site: 'same-origin', from: form });
  }

  /** Answers `{ left }`, the address at the relying party, or a page. */
  async #go({ method, url, body, site, from }) {
    for (let hop = 0; hop <= REDIRECTS_MAX; hop += 1) {
      if (from) refuseUnlessAllowed(from, url);
      if (this.#isCallback(url)) return { left: url };
      const response = await this.#send(method, url, body, site, from);
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null) {
        return documentOf(url, response, await response.text());
      }
      await response.body?.cancel();
      const target = new URL(location, url);
      if (target.origin !== url.origin && !this.#isCallback(target)) {
        throw new Error(`the browser is sent to a stranger, ${target.origin}`);
      }
      // RFC 9700 section 4.12: it would hand the form, one-time code and all, to the next address.
      if (method === 'POST' && [307, 308].includes(response.status)) {
        throw new Error(`a form is answered with ${response.status}, which sends it on`);
      }
      [method, url, body] = ['GET', target, undefined];
    }
    throw new Error(`more than ${REDIRECTS_MAX} redirects`);
  }

  async #send(method, url, body, site, from) {
    const headers = {
      accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
      'accept-language': 'en',
      'sec-fetch-dest': 'document',
      'sec-fetch-site': site,
    };
    const cookies = this.#cookiesFor(url);
    if (cookies) headers.cookie = cookies;
    if (body) headers['content-type'] = 'application/x-www-form-urlencoded';
    if (body && from) headers.origin = from.page.origin;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const init = { method, headers, body: body?.toString(), redirect: 'manual', signal };
    const response = await fetch(url, init);
    response.headers.getSetCookie().forEach((line) => this.#keep(line, url));
    return response;
  }

  #isCallback(url) {
    return url.origin === this.#callback.origin && url.pathname === this.#callback.pathname;
  }

  #cookiesFor(url) {
    const all = [...this.#cookies.values()];
    const fitting = all.filter(({ path }) => covers(path, url.pathname));
    return fitting.map((cookie) => `${cookie.name}=${cookie.value}`).join('; ');
  }

  /** RFC 6265 section 5.2, for the one host this browser visits. */
  #keep(line, url) {
    const [pair, ...rest] = line.split(';').map((part) => part.trim());
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    const attribute = (wanted) => {
      const found = rest.find((part) => part.toLowerCase().split('=')[0] === wanted);
      return found?.split('=').slice(1).join('=') ?? (found === undefined ? undefined : '');
    };
    if (attribute('secure') !== undefined && url.protocol !== 'https:') return;
    const domain = attribute('domain');
    if (domain && domain.replace(/^\./, '') !== url.hostname) return;
    const given = attribute('path');
    const folder = url.pathname.slice(0, Math.max(1, url.pathname.lastIndexOf('/')));
    const path = given?.startsWith('/') ? given : folder;
    const age = attribute('max-age');
    const expires = attribute('expires');
    const ended = expires !== undefined && Date.parse(expires) <= Date.now();
    const over = age !== undefined ? Number(age) <= 0 : ended;
    if (over) this.#cookies.delete(`${path} ${name}`);
    else this.#cookies.set(`${path} ${name}`, { name, value, path });
  }
}

function covers(folder, pathname) {
  if (folder === pathname || folder === '/') return true;
  return pathname.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** `form-action` of the page the form stands on. Browsers hold it against redirects as well. */
function refuseUnlessAllowed(form, target) {
  for (const policy of form.policies) {
    const directives = policy.split(';').map((directive) => directive.trim().split(/\s+/));
    const directive = directives.find(([name]) => name.toLowerCase() === 'form-action');
    if (directive && !directive.slice(1).some((source) => matches(source, form.page, target))) {
      throw new Error(`the page's form-action keeps browsers from going to ${target.origin}`);
    }
  }
}

function matches(source, page, target) {
  if (source === '*') return true;
  if (source === "'self'") return target.origin === page.origin;
  if (/^[a-z][a-z0-9+.-]*:$/i.test(source)) return target.protocol === source.toLowerCase();
  return URL.canParse(source) && new URL(source).origin === target.origin;
}
