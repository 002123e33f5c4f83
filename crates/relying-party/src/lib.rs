//! A relying party of OpenID Connect Core 1.0: the authorization code flow, PKCE (RFC 7636), `private_key_jwt` (OpenID
//! Connect Core section 9, RFC 7523) and the issuer named in the answer (RFC 9207).
//!
//! The portal is one towards the identity authority, and the identity authority towards foreign providers. Nothing here is
//! particular to our own issuer: everything is read from the discovery document. It keeps no state of sign-ins; that is for
//! whoever uses it.

mod fetch;
mod metadata;
mod token;

pub use metadata::Metadata;
pub use token::plain;

use aws_lc_rs::digest::{SHA256, digest};
use basis::{Clock, Rng, Timestamp};
use credential::{JoseError, JwkSet, VerifyingKey, base64url};
use kernel::keys::{KeyError, KeyStore};
use std::sync::{Arc, Mutex, PoisonError};

/// What the issuer publishes is asked for again after this time, and at once when a token names an unknown key.
const KNOWN_SECONDS: i64 = 10 * 60;

/// But not more often than this, whatever tokens come in.
const REFRESH_SECONDS: i64 = 10;

/// Who we are to which issuer.
#[derive(Clone, Debug)]
pub struct Client {
    /// The issuer, as its discovery document and ID tokens name it.
    pub issuer: String,
    /// The `client_id` it knows us by.
    pub id: String,
    /// Where it sends people back to.
    pub redirect_uri: String,
    /// What is asked for: `openid`, or `openid profile` where a name is wanted.
    pub scope: &'static str,
    /// Purpose of the key that proves who we are. Its public half has to be registered with the issuer.
    pub key: String,
}

/// Why a sign-in could not be completed.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The issuer does not answer, or not with a success. Names the endpoint.
    #[error("the issuer's {0} cannot be reached")]
    Unreachable(&'static str),
    /// The discovery document or key set is not of the form, or not this issuer's.
    #[error("the issuer's {what} cannot be used: {why}")]
    Metadata {
        /// Which document.
        what: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The token endpoint said no (RFC 6749 section 5.2).
    #[error("the issuer refused the code: {0}")]
    Refused(String),
    /// A token does not verify.
    #[error("a token of the issuer does not verify: {0}")]
    Token(#[from] JoseError),
    /// A claim is missing or wrong.
    #[error("the claim {0} of the ID token is missing or wrong")]
    Claim(&'static str),
    /// Our own key.
    #[error(transparent)]
    Keys(#[from] KeyError),
}

/// Who signed in.
pub struct SignedIn {
    /// The `sub`: what the issuer calls them.
    pub subject: String,
    /// The `name`, if the issuer tells it.
    pub name: Option<String>,
}

/// What is known of the issuer, and since when.
struct Known {
    at: Timestamp,
    metadata: Metadata,
    keys: Vec<VerifyingKey>,
}

/// The client. Cheap to clone.
#[derive(Clone)]
pub struct RelyingParty {
    client: Arc<Client>,
    http: reqwest::Client,
    store: Arc<KeyStore>,
    clock: Clock,
    rng: Rng,
    known: Arc<Mutex<Option<Arc<Known>>>>,
}

impl RelyingParty {
    /// A client that asks through `http`, which must not follow redirects.
    #[must_use]
    pub fn new(
        client: Client,
        http: reqwest::Client,
        store: Arc<KeyStore>,
        clock: Clock,
        rng: Rng,
    ) -> Self {
        Self { client: Arc::new(client), http, store, clock, rng, known: Arc::default() }
    }

    /// The issuer.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.client.issuer
    }

    /// Where to send the person (OpenID Connect Core section 3.1.2.1). `prompt=login`, because the next one at a shared
    /// device must not be let in by what the last one left behind. `language` is a tag such as `sw`.
    ///
    /// # Errors
    /// [`OidcError::Unreachable`] and [`OidcError::Metadata`].
    pub async fn authorization_url(
        &self,
        state: &str,
        nonce: &str,
        verifier: &str,
        language: &str,
    ) -> Result<String, OidcError> {
        let known = self.known().await?;
        let challenge = challenge(verifier);
        let parameters = [
            ("response_type", "code"),
            ("client_id", &self.client.id),
            ("redirect_uri", &self.client.redirect_uri),
            ("scope", self.client.scope),
            ("state", state),
            ("nonce", nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("prompt", "login"),
            ("ui_locales", language),
        ];
        let endpoint = &known.metadata.authorization_endpoint;
        reqwest::Url::parse_with_params(endpoint, parameters).map(String::from).map_err(|_| {
            OidcError::Metadata {
                what: "discovery document",
                why: "authorization_endpoint is no URL",
            }
        })
    }

    /// Whether an answer that names `issuer` may be from ours (RFC 9207 section 2.4).
    ///
    /// # Errors
    /// [`OidcError::Claim`] if it is another's, or names none although ours always does.
    pub async fn check_issuer(&self, issuer: Option<&str>) -> Result<(), OidcError> {
        let known = self.known().await?;
        match issuer {
            Some(named) if named == self.client.issuer => Ok(()),
            None if !known.metadata.authorization_response_iss_parameter_supported => Ok(()),
            _ => Err(OidcError::Claim("iss")),
        }
    }

    /// Turns a code into who signed in: token request, checks of the ID token, userinfo.
    ///
    /// # Errors
    /// Any [`OidcError`].
    pub async fn redeem(
        &self,
        code: &str,
        verifier: &str,
        nonce: &str,
    ) -> Result<SignedIn, OidcError> {
        let known = self.known().await?;
        let tokens = self.request_tokens(&known.metadata, code, verifier).await?;
        let subject =
            match token::check(&tokens, &known.keys, &self.client, nonce, self.clock.now()) {
                // The issuer may have changed its keys since they were fetched.
                Err(OidcError::Token(JoseError::KeyNotFound)) => {
                    let known = self.refresh(&known).await?;
                    token::check(&tokens, &known.keys, &self.client, nonce, self.clock.now())?
                }
                checked => checked?,
            };
        if !self.client.scope.contains("profile") {
            return Ok(SignedIn { subject, name: None });
        }
        let name = match self.request_name(&known, &tokens.access_token, &subject).await {
            Ok(name) => name,
            Err(error) => {
                // Who it is, is proven; how to greet them is not worth a failed sign-in.
                tracing::warn!("Signed in without a name: {error}");
                None
            }
        };
        Ok(SignedIn { subject, name })
    }

    async fn known(&self) -> Result<Arc<Known>, OidcError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match known {
            Some(known) if self.clock.now() < known.at.plus_seconds(KNOWN_SECONDS) => Ok(known),
            _ => self.discover().await,
        }
    }

    async fn refresh(&self, known: &Arc<Known>) -> Result<Arc<Known>, OidcError> {
        if self.clock.now() < known.at.plus_seconds(REFRESH_SECONDS) {
            return Ok(known.clone());
        }
        self.discover().await
    }

    async fn discover(&self) -> Result<Arc<Known>, OidcError> {
        let issuer = &self.client.issuer;
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let document = fetch::get(&self.http, &address, "discovery document").await?;
        let metadata = Metadata::parse(&document, issuer)?;
        let keys = fetch::get(&self.http, &metadata.jwks_uri, "key set").await?;
        let keys = JwkSet::from_json(&keys)?.verifying_keys();
        if keys.is_empty() {
            return Err(OidcError::Metadata {
                what: "key set",
                why: "it holds no key that verifies",
            });
        }
        let known = Arc::new(Known { at: self.clock.now(), metadata, keys });
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
        Ok(known)
    }
}

/// The `S256` challenge of a PKCE verifier (RFC 7636 section 4.2).
#[must_use]
pub fn challenge(verifier: &str) -> String {
    base64url::encode(digest(&SHA256, verifier.as_bytes()))
}

/// A fresh secret: `state`, `nonce`, the PKCE verifier. 256 random bits, as RFC 7636 section 7.1 advises; 43 characters.
#[must_use]
pub fn new_token(rng: &Rng) -> String {
    base64url::encode(rng.bytes::<32>())
}

#[cfg(test)]
mod tests {
    /// The example of RFC 7636 appendix B.
    #[test]
    fn the_challenge_is_that_of_the_rfc() {
        let challenge = super::challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
