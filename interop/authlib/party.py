"""The relying party: what a site that uses Authlib does, step by step.

Authlib's integrations for Flask, Django and Starlette are thin layers over the classes used here;
what those keep in the web session is kept in a dictionary.
"""

from urllib.parse import parse_qs, urlsplit

from authlib.integrations.base_client import (
    BaseApp,
    FrameworkIntegration,
    OAuth2Mixin,
    OAuthError,
    OpenIDMixin,
)
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.discovery import OpenIDProviderMetadata
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

TIMEOUT_SECONDS = 15
ALGORITHMS = {"P-256": "ES256", "P-384": "ES384", "Ed25519": "EdDSA"}


class RelyingParty(OAuth2Mixin, OpenIDMixin, BaseApp):
    client_cls = OAuth2Session

    def __init__(self, given, *, forged=False):
        """`given` as the sandbox hands it over; `forged`: sign assertions with a key of our own."""
        jwk = given["client_key"]
        alg = jwk.get("alg") or ALGORITHMS.get(jwk.get("crv"), "PS256")
        named = {"kid": jwk["kid"]} if "kid" in jwk else {}
        self.redirect_uri = given["redirect_uri"]
        self.issuer = given["issuer"]
        self.session = {}
        # The token endpoint's last answer, as it came.
        self.last_answer = None
        super().__init__(
            FrameworkIntegration("msingi"),
            name="msingi",
            client_id=given["client_id"],
            client_secret=_another(jwk) if forged else import_key(jwk),
            server_metadata_url=f"{self.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "private_key_jwt",
                "default_timeout": TIMEOUT_SECONDS,
                "trust_env": False,
            },
            client_auth_methods=[PrivateKeyJWT(alg=alg, headers=named)],
            compliance_fix=self._listen,
        )

    def discover(self):
        """The discovery document."""
        return OpenIDProviderMetadata(self.load_server_metadata())

    def begin(self, scope, redirect_uri=None, **more):
        """A new sign-in: the address to send the person to. The rest stays in the session."""
        redirect_uri = redirect_uri or self.redirect_uri
        begun = self.create_authorization_url(redirect_uri, scope=scope, **more)
        kept = {**begun, "redirect_uri": redirect_uri}
        self.framework.set_state_data(self.session, begun["state"], kept)
        return kept

    def exchange(self, callback, **instead):
        """The code in `callback` for tokens; fails unless this party's session knows the state."""
        answer = answer_of(callback)
        if "error" in answer:
            raise OAuthError(answer["error"], answer.get("error_description"))
        kept = self.framework.get_state_data(self.session, answer.get("state"))
        params = self._format_state_params(kept, {"code": answer["code"]})
        return self.fetch_access_token(**{**params, **instead})

    def id_token(self, tokens, nonce):
        """The claims of the ID token, verified by Authlib (OpenID Connect Core section 3.1.3.7)."""
        expected = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client_id},
            "exp": {"essential": True},
            "at_hash": {"essential": True},
        }
        return self.parse_id_token(tokens, nonce=nonce, claims_options=expected, leeway=5)

    def userinfo_answer(self, access_token):
        token = {"access_token": access_token, "token_type": "Bearer"}
        return self.get(self.server_metadata["userinfo_endpoint"], token=token)

    def _listen(self, session):
        def keep(response):
            self.last_answer = response
            return response

        session.register_compliance_hook("access_token_response", keep)


def answer_of(callback):
    """The parameters of an answer, each once."""
    return {name: values[0] for name, values in parse_qs(urlsplit(callback).query).items()}


def _another(jwk):
    """A key of the same kind that the provider has never seen."""
    if jwk["kty"] == "EC":
        return ECKey.generate_key(jwk["crv"])
    if jwk["kty"] == "OKP":
        return OKPKey.generate_key(jwk["crv"])
    return RSAKey.generate_key(2048)
