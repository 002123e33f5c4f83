//! The token request, the checks of the ID token, and userinfo.

use super::{Client, Known, Metadata, OidcError, RelyingParty, fetch};
use basis::Timestamp;
use credential::jwt::{self, Expect};
use credential::{SigAlg, VerifyingKey};
use serde::Deserialize;
use serde_json::{Value, json};

/// Seconds the proof of who we are is good for.
const ASSERTION_SECONDS: i64 = 60;

/// An ID token is read at once, so it is young. Seconds, with some for clocks that differ.
const ID_TOKEN_AGE_MAX: i64 = 10 * 60;

/// Longest name shown, characters; what is longer is cut.
const NAME_MAX: usize = 120;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A successful token response (OpenID Connect Core section 3.1.3.3).
#[derive(Deserialize)]
pub(super) struct Tokens {
    pub(super) access_token: String,
    pub(super) id_token: String,
}

/// An error response (RFC 6749 section 5.2).
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl RelyingParty {
    pub(super) async fn request_tokens(
        &self,
        metadata: &Metadata,
        code: &str,
        verifier: &str,
    ) -> Result<Tokens, OidcError> {
        let assertion = self.assertion(&metadata.token_endpoint)?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.client.redirect_uri),
            ("code_verifier", verifier),
            ("client_id", &self.client.id),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", &assertion),
        ];
        let request = self.http.post(&metadata.token_endpoint).form(&form);
        let (status, body) = fetch::send(request, "token endpoint").await?;
        if status.is_success() {
            let unreadable =
                OidcError::Metadata { what: "token response", why: "it is not of the form" };
            return serde_json::from_slice(&body).map_err(|_| unreadable);
        }
        match serde_json::from_slice::<Refusal>(&body) {
            // The code alone: a description may repeat what was sent.
            Ok(refusal) => Err(OidcError::Refused(plain(&refusal.error))),
            Err(_) => Err(OidcError::Unreachable("token endpoint")),
        }
    }

    /// Proof of who we are, for one request (RFC 7523 section 3).
    fn assertion(&self, audience: &str) -> Result<String, OidcError> {
        let key = self.store.signing_key(&self.client.key)?;
        let now = self.clock.now().unix_seconds();
        let claims = json!({
            "iss": self.client.id,
            "sub": self.client.id,
            "aud": audience,
            "jti": basis::Id::random(&self.rng),
            "iat": now,
            "exp": now + ASSERTION_SECONDS,
        });
        Ok(jwt::sign(&*key, "JWT", &claims)?)
    }

    /// The person's name from userinfo, plain or signed (OpenID Connect Core section 5.3).
    pub(super) async fn request_name(
        &self,
        known: &Known,
        access_token: &str,
        subject: &str,
    ) -> Result<Option<String>, OidcError> {
        let Some(endpoint) = &known.metadata.userinfo_endpoint else { return Ok(None) };
        let request = self.http.get(endpoint).bearer_auth(access_token);
        let (status, body) = fetch::send(request, "userinfo").await?;
        if !status.is_success() {
            return Err(OidcError::Unreachable("userinfo"));
        }
        let wrong = |why| OidcError::Metadata { what: "userinfo", why };
        let claims = match std::str::from_utf8(&body) {
            Ok(token) if token.starts_with("ey") => {
                signed_claims(token, &known.keys, &self.client, self.clock.now())?
            }
            _ => serde_json::from_slice(&body).map_err(|_| wrong("it is not of the form"))?,
        };
        // Section 5.3.2: without this check another person's answer could be slipped in.
        if claims["sub"].as_str() != Some(subject) {
            return Err(wrong("it is about somebody else"));
        }
        let name = claims["name"]
            .as_str()
            .map(|name| name.trim().chars().take(NAME_MAX).collect::<String>());
        Ok(name.filter(|name| !name.is_empty()))
    }
}

/// The claims of a signed userinfo, which must be the issuer's and for us.
fn signed_claims(
    token: &str,
    keys: &[VerifyingKey],
    client: &Client,
    now: Timestamp,
) -> Result<Value, OidcError> {
    let audience = [client.id.as_str()];
    let expect = Expect {
        issuer: Some(&client.issuer),
        audience: &audience,
        // It is read at once and need not say how long it is good for.
        require_exp: false,
        ..Expect::at(now.unix_seconds())
    };
    let claims = jwt::verify(token, keys, &SigAlg::ALL, &expect)?.claims;
    let mut members = claims.other;
    members.insert("sub".to_owned(), claims.sub.into());
    Ok(Value::Object(members))
}

/// Checks an ID token as OpenID Connect Core section 3.1.3.7 asks; answers its `sub`.
pub(super) fn check(
    tokens: &Tokens,
    keys: &[VerifyingKey],
    client: &Client,
    nonce: &str,
    now: Timestamp,
) -> Result<String, OidcError> {
    let audience = [client.id.as_str()];
    let expect = Expect {
        issuer: Some(&client.issuer),
        audience: &audience,
        max_age: Some(ID_TOKEN_AGE_MAX),
        ..Expect::at(now.unix_seconds())
    };
    let token = jwt::verify(&tokens.id_token, keys, &SigAlg::ALL, &expect)?;
    let text =
        |name: &str| token.claims.other.get(name).map(|value| value.as_str().unwrap_or_default());
    if text("nonce") != Some(nonce) {
        return Err(OidcError::Claim("nonce"));
    }
    if text("azp").is_some_and(|party| party != client.id)
        || (token.claims.aud.len() > 1 && text("azp").is_none())
    {
        return Err(OidcError::Claim("azp"));
    }
    let expected = SigAlg::from_name(&token.header.alg)?.left_half_hash(&tokens.access_token);
    if text("at_hash").is_some_and(|hash| hash != expected) {
        return Err(OidcError::Claim("at_hash"));
    }
    token.claims.sub.ok_or(OidcError::Claim("sub"))
}

/// An error code as RFC 6749 allows it, fit for a log: visible ASCII, not long.
#[must_use]
pub fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_graphic).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use credential::{JoseError, SigningKey};

    const NOW: i64 = 1_800_000_000;

    fn client() -> Client {
        Client {
            issuer: "https://id.example".to_owned(),
            id: "portal".to_owned(),
            redirect_uri: "https://portal.example/back".to_owned(),
            scope: "openid",
            key: "oidc-client:portal".to_owned(),
        }
    }

    fn claims() -> Value {
        json!({
            "iss": "https://id.example", "aud": "portal", "sub": "s", "nonce": "n", "iat": NOW, "exp": NOW + 300,
        })
    }

    fn checked(change: impl Fn(&mut Value)) -> Result<String, OidcError> {
        let key = SigningKey::generate_es256().unwrap();
        let mut claims = claims();
        change(&mut claims);
        let id_token = jwt::sign(&key, "JWT", &claims).unwrap();
        let tokens = Tokens { access_token: "access".to_owned(), id_token };
        let now = Timestamp::EPOCH.plus_seconds(NOW);
        check(&tokens, &[key.verifying_key().unwrap()], &client(), "n", now)
    }

    #[test]
    fn a_good_token_names_its_subject() {
        assert_eq!(checked(|_| ()).unwrap(), "s");
        assert_eq!(
            checked(|c| c["at_hash"] = SigAlg::Es256.left_half_hash("access").into()).unwrap(),
            "s"
        );
        assert_eq!(checked(|c| c["azp"] = "portal".into()).unwrap(), "s");
    }

    #[test]
    fn every_wrong_claim_is_refused() {
        let refused = |change: fn(&mut Value), expected: &str| {
            let error = checked(change).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        refused(|c| c["nonce"] = "other".into(), "nonce");
        refused(|c| drop(c.as_object_mut().unwrap().remove("nonce")), "nonce");
        refused(|c| c["azp"] = "other".into(), "azp");
        refused(|c| c["aud"] = json!(["portal", "other"]), "azp");
        refused(|c| c["at_hash"] = "other".into(), "at_hash");
        refused(|c| drop(c.as_object_mut().unwrap().remove("sub")), "sub");
        assert!(matches!(
            checked(|c| c["iss"] = "https://evil".into()),
            Err(OidcError::Token(JoseError::ClaimWrong("iss")))
        ));
        assert!(matches!(checked(|c| c["aud"] = "other".into()), Err(OidcError::Token(_))));
        assert!(matches!(
            checked(|c| c["exp"] = (NOW - 60).into()),
            Err(OidcError::Token(JoseError::Expired))
        ));
        assert!(matches!(
            checked(|c| c["iat"] = (NOW - 3600).into()),
            Err(OidcError::Token(JoseError::TooOld))
        ));
    }

    #[test]
    fn another_key_is_refused() {
        let tokens = Tokens {
            access_token: "access".to_owned(),
            id_token: jwt::sign(&SigningKey::generate_es256().unwrap(), "JWT", &claims()).unwrap(),
        };
        let other = SigningKey::generate_es256().unwrap().verifying_key().unwrap();
        let now = Timestamp::EPOCH.plus_seconds(NOW);
        let result = check(&tokens, &[other], &client(), "n", now);
        assert!(matches!(result, Err(OidcError::Token(JoseError::KeyNotFound))));
    }

    #[test]
    fn error_codes_are_fit_for_a_log() {
        assert_eq!(plain("invalid_grant"), "invalid_grant");
        assert_eq!(plain(&format!("a b\n{}", "c".repeat(99))).len(), 40);
    }
}
