"""Signs a resident in to the sandbox as a relying party that uses the PyPI package Authlib.

The sandbox's handover comes in MSINGI_* variables (see ../README.md), or as a file:
    python main.py handover.json
"""

import json
import os
import sys
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from authlib.integrations.base_client import MismatchingStateError, OAuthError
from joserfc.errors import JoseError

from browser import Browser
from party import RelyingParty, answer_of
from report import Report, ensure, refusal_of
from resident import Resident, asks_who_is_there
from tokens import Verifier, with_broken_signature

ENTRIES = ["issuer", "client_id", "client_key", "redirect_uri", "login_name", "totp_secret"]


def settings():
    given = {}
    if len(sys.argv) > 1:
        with open(sys.argv[1], encoding="utf-8") as file:
            given = json.load(file)
    for name in ENTRIES:
        variable = f"MSINGI_{name.upper()}"
        given[name] = given.get(name) or os.environ.get(variable)
        ensure(given[name], f"{name} is missing: set {variable}")
    if isinstance(given["client_key"], str):
        given["client_key"] = json.loads(given["client_key"])
    return given


class Run:
    """One resident with a browser, one relying party, and what they have come to so far."""

    def __init__(self, report):
        self.report = report
        self.given = settings()
        self.party = RelyingParty(self.given)
        self.verifier = Verifier(self.party)
        self.resident = Resident(self.given["login_name"], self.given["totp_secret"])
        self.browser = self.new_browser()
        # Of the one sign-in with a one-time code; all others use the session it leaves.
        self.callback = self.tokens = self.subject = None

    def new_browser(self):
        return Browser(self.given["redirect_uri"])

    def again(self, **changed):
        """A further sign-in in the browser that has a session."""
        begun = self.party.begin("openid")
        address = with_parameters(begun["url"], **changed)
        return begun, self.resident.sign_in(self.browser, address)


def checks(report):
    run = Run(report)
    metadata = report.must("discovery", lambda: discovery(run))
    # Authlib judges each member by OpenID Connect Discovery section 3; http passes on loopback.
    report.check("discovery: well-formed to the letter", metadata.validate)
    report.check("key set: named, and nothing private", run.verifier.key_set)
    before_sign_in(run)
    begun = sign_in(run)
    tokens(run, begun)
    after_sign_in(run)


def discovery(run):
    found = run.party.discover()
    ensure(found["issuer"] == run.given["issuer"], f"issuer is {found['issuer']}")
    ensure(found.get("userinfo_endpoint"), "userinfo_endpoint is missing")
    needed = {
        "response_types_supported": "code",
        "scopes_supported": "openid",
        "code_challenge_methods_supported": "S256",
        "token_endpoint_auth_methods_supported": "private_key_jwt",
    }
    for member, value in needed.items():
        ensure(value in found.get(member, []), f"{member} lacks {value}")
    return found


def before_sign_in(run):
    def nobody():
        begun = run.party.begin("openid", prompt="none")
        page = run.new_browser().open(begun["url"])
        ensure(page.left, "a page is shown")
        answer = answer_of(page.left)
        ensure(answer.get("error") == "login_required", f"error is {answer.get('error')}")
        ensure(answer.get("state") == begun["state"], "state is not the one sent")
        ensure("code" not in answer, "a code is sent along")

    def wrong_code():
        begun = run.party.begin("openid")
        page = run.resident.sign_in_wrongly(run.new_browser(), begun["url"])
        ensure(not page.left, "sent back to the relying party")
        shown = f'page "{page.title}" (status {page.status})'
        ensure(asks_who_is_there(page), f"{shown} does not ask again")

    run.report.check("prompt=none with nobody signed in: login_required", nobody)
    run.report.check("a wrong one-time code: asked again", wrong_code)


def sign_in(run):
    begun = run.party.begin("openid profile")

    def pages():
        left = run.resident.sign_in(run.browser, begun["url"])
        answer = answer_of(left)
        ensure("error" not in answer, f"{answer.get('error')}: {answer.get('error_description')}")
        ensure(answer.get("code"), "no code")
        return left

    def changed_state():
        url = with_parameters(run.callback, state="another")
        refusal_of(lambda: run.party.exchange(url), MismatchingStateError, "the client took it")
        ensure(run.party.last_answer is None, "a token was asked for all the same")

    def issuer():
        # Authlib leaves this comparison to the site.
        ensure(answer_of(run.callback).get("iss") == run.given["issuer"], "iss is not the issuer")

    def exchange():
        received = run.party.exchange(run.callback)
        kind = received["token_type"]
        ensure(kind.lower() == "bearer", f"token_type is {kind}")
        ensure(received.get("id_token") and received["expires_in"] > 0, "no id_token or expires_in")
        return received

    run.callback = run.report.must("sign-in through the pages: back with a code", pages)
    run.report.check("a changed state: refused by the client", changed_state)
    run.report.check("the answer names its issuer", issuer)
    run.tokens = run.report.must("tokens by private_key_jwt", exchange)
    return begun


def tokens(run, begun):
    def id_token():
        claims = run.party.id_token(run.tokens, begun["nonce"])
        run.verifier.id_token(claims, begun["nonce"])
        return claims["sub"]

    def swapped():
        other = {**run.tokens, "access_token": with_broken_signature(run.tokens["access_token"])}
        expect_unfit(lambda: run.party.id_token(other, begun["nonce"]), "at_hash")

    def userinfo():
        response = run.party.userinfo_answer(run.tokens["access_token"])
        told = run.verifier.userinfo(response, run.subject)
        ensure(told.get("name"), "profile was granted, and there is no name")

    name = "ID token: signature, iss, aud, times, nonce, at_hash"
    run.subject = run.report.must(name, id_token)
    run.report.check("an ID token of another access token: refused by the client", swapped)
    run.report.check(
        "access token: at+jwt, signature and claims",
        lambda: run.verifier.access_token(run.tokens, run.subject),
    )
    run.report.check("userinfo: signed, for us, about the same person", userinfo)
    run.report.check(
        "userinfo with a changed access token: 401",
        lambda: userinfo_refused(run, with_broken_signature(run.tokens["access_token"])),
    )


def userinfo_refused(run, access_token):
    status = run.party.userinfo_answer(access_token).status_code
    ensure(status == 401, f"status is {status}")


def after_sign_in(run):
    def replay():
        expect_error(run.party, "invalid_grant", lambda: run.party.exchange(run.callback))

    def nonce():
        begun, callback = run.again(nonce="another")
        received = run.party.exchange(callback)
        expect_unfit(lambda: run.party.id_token(received, begun["nonce"]), "nonce")

    def verifier():
        _, callback = run.again()
        other = run.party.begin("openid")["code_verifier"]
        wrong = {"code_verifier": other}
        expect_error(run.party, "invalid_grant", lambda: run.party.exchange(callback, **wrong))

    def forged():
        _, callback = run.again()
        forger = RelyingParty(run.given, forged=True)
        forger.session = run.party.session
        expect_error(forger, "invalid_client", lambda: forger.exchange(callback))

    def second():
        begun, callback = run.again()
        claims = run.party.id_token(run.party.exchange(callback), begun["nonce"])
        ensure(claims["sub"] == run.subject, "the person has another sub now")

    check = run.report.check
    check("a code used twice: invalid_grant", replay)
    check(
        "the access token of a code used twice: void",
        lambda: userinfo_refused(run, run.tokens["access_token"]),
    )
    check("a changed nonce: refused by the client", nonce)
    check("a wrong code verifier: invalid_grant", verifier)
    check("an assertion by another key: invalid_client", forged)
    check("a second sign-in: the same sub", second)
    name = "a redirect address that is not registered: nobody is sent there"
    check(name, lambda: strangers(run))


def strangers(run):
    """Addresses that look like the registered one, asked for where somebody is signed in. Not one
    with another port alone: native apps may have that on loopback (RFC 8252 section 7.3)."""
    registered = run.given["redirect_uri"]
    parts = urlsplit(registered)
    host, _, port = parts.netloc.partition(":")
    addresses = [
        "https://party.example/callback",
        urlunsplit(parts._replace(netloc=f"{host}.party.example:{port or 80}")),
        f"{registered}/further",
        f"{registered}{'&' if parts.query else '?'}more=1",
    ]
    for redirect_uri in addresses:
        begun = run.party.begin("openid", redirect_uri=redirect_uri)
        page = run.browser.open(begun["url"])
        ensure(not page.left, f"the browser is sent on for {redirect_uri}")
        ensure(not page.forms, f"the sign-in goes on for {redirect_uri}")


def expect_unfit(verify, claim):
    """The client refuses a token, and for the reason that was given to it."""
    error = refusal_of(verify, JoseError, "the client took it")
    ensure(claim in str(error), f"refused for another reason: {error}")


def expect_error(party, expected, exchange):
    error = refusal_of(exchange, OAuthError, "tokens were given").error
    status = party.last_answer.status_code
    ensure(error == expected, f"error is {error}")
    ensure(status in (400, 401), f"status is {status}")


def with_parameters(url, **changed):
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query)), **changed}
    return urlunsplit(parts._replace(query=urlencode(query)))


if __name__ == "__main__":
    sys.exit(Report().run(checks))
