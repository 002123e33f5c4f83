"""What a relying party verifies where Authlib leaves it to the site."""

import time

from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode, urlsafe_b64encode

from report import ensure

AHEAD_SECONDS_MAX = 5
_PRIVATE = ["d", "p", "q", "dp", "dq", "qi", "k"]
_ACCESS_TOKEN = ["iss", "exp", "aud", "sub", "client_id", "iat", "jti", "scope"]


class Verifier:
    def __init__(self, party):
        self._party = party

    def key_set(self):
        """The published keys: signing keys with a name, and nothing private."""
        keys = self._party.fetch_jwk_set()["keys"]
        ensure(keys, "the key set is empty")
        for key in keys:
            ensure(key.get("kid"), "a key has no kid")
            ensure(not any(member in key for member in _PRIVATE), f"key {key['kid']} is not public")
        ensure(len({key["kid"] for key in keys}) == len(keys), "two keys have one kid")

    def id_token(self, claims, nonce):
        """What Authlib's own validation does not look at."""
        self._times(claims)
        ensure(claims["nonce"] == nonce, "nonce is not the one sent")
        ensure(claims["aud"] in (self._us, [self._us]), "the token is for others as well")
        ensure(len(claims["sub"]) <= 255, "sub is longer than 255")

    def access_token(self, tokens, subject):
        """RFC 9068 sections 2 and 4, as far as it concerns who was given the token."""
        token = self._decode(tokens["access_token"], "id_token_signing_alg_values_supported")
        claims = token.claims
        ensure(token.header.get("typ", "").lower() == "at+jwt", "typ is not at+jwt")
        missing = [name for name in _ACCESS_TOKEN if name not in claims]
        ensure(not missing, f"claims are missing: {', '.join(missing)}")
        self._times(claims)
        ensure(claims["iss"] == self._party.issuer, "iss is not the issuer")
        ensure(claims["client_id"] == self._us, "client_id names another")
        ensure(claims["sub"] == subject, "sub is not that of the ID token")
        ensure("openid" in claims["scope"].split(), "scope lacks openid")
        left, told = claims["exp"] - claims["iat"], tokens["expires_in"]
        ensure(abs(left - told) <= 1, f"exp says {left} s and expires_in {told} s")

    def userinfo(self, response, subject):
        """OpenID Connect Core section 5.3.2: signed, by the issuer, for this client."""
        ensure(response.status_code == 200, f"status is {response.status_code}")
        kind = response.headers.get("content-type", "").split(";")[0].strip()
        ensure(kind == "application/jwt", f"userinfo is {kind}, not signed")
        claims = self._decode(response.text, "userinfo_signing_alg_values_supported").claims
        ensure(claims.get("iss") == self._party.issuer, "iss is not the issuer")
        ensure(claims.get("aud") in (self._us, [self._us]), "aud is not this client")
        ensure(claims.get("sub") == subject, "sub is not that of the ID token")
        return claims

    @property
    def _us(self):
        return self._party.client_id

    def _decode(self, token, algorithms):
        """Fails unless one of the published keys signed the token."""
        keys = KeySet.import_key_set(self._party.fetch_jwk_set())
        allowed = self._party.server_metadata.get(algorithms)
        return jwt.decode(token, keys, registry=JWSRegistry(algorithms=allowed))

    def _times(self, claims):
        now = time.time()
        ensure(claims["iat"] <= now + AHEAD_SECONDS_MAX, "iat lies ahead")
        ensure(claims["exp"] > now - AHEAD_SECONDS_MAX, "exp is past")


def with_broken_signature(token):
    """The token with one bit of its signature turned."""
    head, payload, signature = token.split(".")
    turned = bytearray(urlsafe_b64decode(signature.encode()))
    turned[5] ^= 1
    return ".".join([head, payload, urlsafe_b64encode(bytes(turned)).decode()])
