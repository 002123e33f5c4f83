"""As much of a browser as a person needs to sign in, without script: cookies, redirects, forms, and
the rules by which a real browser would refuse to go on."""

import re
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

import requests

from page import Page, page_of
from report import Failed, ensure

REDIRECTS_MAX = 10
TIMEOUT_SECONDS = 15


class Browser:
    def __init__(self, callback):
        """`callback`: the relying party's address. The browser stops there and never fetches it."""
        self._callback = callback
        self._session = requests.Session()
        # No proxy and no stored password of this machine.
        self._session.trust_env = False
        self._session.headers = {
            "accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
            "accept-language": "en",
            "sec-fetch-dest": "document",
            "sec-fetch-mode": "navigate",
        }

    def open(self, address):
        """Follows a link from the relying party's site."""
        return self._go("GET", address, site="cross-site")

    def submit(self, form, fields):
        """Sends a form with what was filled in."""
        if form.method == "post":
            return self._go("POST", form.action, fields, site="same-origin", form=form)
        address = urlunsplit(urlsplit(form.action)._replace(query=urlencode(fields)))
        return self._go("GET", address, site="same-origin", form=form)

    def _go(self, method, url, body=None, *, site, form=None):
        for _ in range(REDIRECTS_MAX + 1):
            if form is not None:
                _refuse_unless_allowed(form, url)
            if self._is_callback(url):
                return Page(left=url)
            response = self._send(method, url, body, site, form)
            if not response.is_redirect:
                return page_of(response)
            target = urljoin(url, response.headers["location"])
            if origin(target) != origin(url) and not self._is_callback(target):
                raise Failed(f"the browser is sent to a stranger, {origin(target)}")
            # RFC 9700 section 4.12: it would hand the form, one-time code and all, to the next
            # address.
            if method == "POST" and response.status_code in (307, 308):
                raise Failed(f"a form is answered with {response.status_code}, which sends it on")
            method, url, body = "GET", target, None
        raise Failed(f"more than {REDIRECTS_MAX} redirects")

    def _send(self, method, url, body, site, form):
        headers = {"sec-fetch-site": site}
        if body is not None and form is not None:
            headers["origin"] = origin(form.page)
        return self._session.request(
            method,
            url,
            data=body,
            headers=headers,
            allow_redirects=False,
            timeout=TIMEOUT_SECONDS,
        )

    def _is_callback(self, url):
        here, there = urlsplit(url), urlsplit(self._callback)
        return origin(url) == origin(self._callback) and here.path == there.path


def origin(url):
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _refuse_unless_allowed(form, target):
    """`form-action` of the page the form stands on. Browsers hold it against redirects as well."""
    for policy in form.policies:
        directives = [directive.split() for directive in policy.split(";")]
        named = [words for words in directives if words and words[0].lower() == "form-action"]
        allowed = not named or any(_matches(source, form, target) for source in named[0][1:])
        ensure(allowed, f"the page's form-action keeps browsers from going to {origin(target)}")


def _matches(source, form, target):
    if source == "*":
        return True
    if source == "'self'":
        return origin(target) == origin(form.page)
    if re.fullmatch(r"[a-z][a-z0-9+.-]*:", source, re.IGNORECASE):
        return target.startswith(source.lower())
    return origin(source) == origin(target)
