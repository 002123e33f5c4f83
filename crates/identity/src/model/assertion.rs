//! How a relying party proves who it is at the token endpoint: a JWT signed with its own key
//! (`private_key_jwt`; RFC 7523 section 3, OpenID Connect Core section 9).

use basis::Timestamp;
use credential::jwt::{self, Expect};
use credential::{JoseError, SigAlg, VerifyingKey};

/// The only `client_assertion_type`.
pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Longest life of an assertion in seconds, so that the list of those seen stays short.
const LIFE_SECONDS_MAX: i64 = 3_600;
/// Longest `jti` in bytes.
const JTI_LENGTH_MAX: usize = 256;
/// Seconds of clock difference to forgive.
const LEEWAY_SECONDS: i64 = 30;

/// A good assertion. It is used up only once its `jti` is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Never to be seen again from this client before `forget`.
    pub jti: String,
    /// When the assertion is worthless anyway.
    pub forget: Timestamp,
}

/// Why an assertion proves nothing. The texts go into `error_description`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssertionRefusal {
    /// Signature, key, type or a registered claim is wrong.
    #[error("the client assertion is not accepted: {0}")]
    Jose(#[from] JoseError),
    /// No `jti`, or one beyond all measure.
    #[error("the client assertion needs a jti of 1 to {JTI_LENGTH_MAX} bytes")]
    Jti,
    /// `exp` lies too far ahead.
    #[error("the client assertion may live {LIFE_SECONDS_MAX} s at most; set exp nearer")]
    TooLong,
}

/// The client an assertion says it is from: to look up its keys, nothing else.
#[must_use]
pub fn claimed_client(assertion: &str) -> Option<String> {
    jwt::unverified_claims(assertion).ok()?.sub
}

/// Checks an assertion of `client` against its registered keys. `audience` are our own names: the
/// issuer and the token endpoint.
///
/// # Errors
/// The first check that fails.
pub fn check(
    assertion: &str,
    client: &str,
    keys: &[VerifyingKey],
    audience: &[&str],
    now: Timestamp,
) -> Result<Accepted, AssertionRefusal> {
    let expect = Expect {
        issuer: Some(client),
        subject: Some(client),
        audience,
        leeway: LEEWAY_SECONDS,
        ..Expect::at(now.unix_seconds())
    };
    let jwt = jwt::verify(assertion, keys, &SigAlg::ALL, &expect)?;
    let jti = jwt.claims.jti.filter(|jti| (1..=JTI_LENGTH_MAX).contains(&jti.len()));
    let jti = jti.ok_or(AssertionRefusal::Jti)?;
    let exp = jwt.claims.exp.ok_or(JoseError::ClaimMissing("exp"))?;
    let left = exp.saturating_sub(now.unix_seconds());
    if left > LIFE_SECONDS_MAX {
        return Err(AssertionRefusal::TooLong);
    }
    Ok(Accepted { jti, forget: now.plus_seconds(left + LEEWAY_SECONDS + 1) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use credential::SigningKey;
    use serde_json::{Value, json};

    const NOW: i64 = 1_800_000_000;
    const AUDIENCE: [&str; 2] = ["https://id", "https://id/oauth/token"];

    fn good() -> Value {
        json!({ "iss": "portal", "sub": "portal", "aud": "https://id/oauth/token", "exp": NOW + 60, "iat": NOW, "jti": "a" })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = good();
        claims[name] = value;
        claims
    }

    fn without(name: &str) -> Value {
        let mut claims = good();
        claims.as_object_mut().unwrap().remove(name);
        claims
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn judge(key: &SigningKey, claims: &Value) -> Result<Accepted, AssertionRefusal> {
        let assertion = jwt::sign(key, "JWT", claims).unwrap();
        check(&assertion, "portal", &[key.verifying_key().unwrap()], &AUDIENCE, at(NOW))
    }

    #[test]
    fn a_good_assertion_is_remembered_until_it_is_worthless() {
        let key = SigningKey::generate_es256().unwrap();
        let accepted = judge(&key, &good()).unwrap();
        assert_eq!(accepted, Accepted { jti: "a".to_owned(), forget: at(NOW + 91) });
        assert!(judge(&key, &with("aud", "https://id".into())).is_ok());
        assert!(judge(&key, &with("aud", json!(["x", "https://id"]))).is_ok());
        let rsa = SigningKey::generate(SigAlg::EdDsa).unwrap();
        assert!(judge(&rsa, &good()).is_ok());
    }

    #[test]
    fn each_flaw_is_refused() {
        let key = SigningKey::generate_es256().unwrap();
        let missing = |name| AssertionRefusal::Jose(JoseError::ClaimMissing(name));
        let wrong = |name| AssertionRefusal::Jose(JoseError::ClaimWrong(name));
        let table = [
            (without("iss"), missing("iss")),
            (with("iss", "shop".into()), wrong("iss")),
            (without("sub"), missing("sub")),
            (with("sub", "shop".into()), wrong("sub")),
            (without("aud"), missing("aud")),
            (with("aud", "https://elsewhere".into()), wrong("aud")),
            (without("exp"), missing("exp")),
            (with("exp", (NOW - 30).into()), JoseError::Expired.into()),
            (with("nbf", (NOW + 31).into()), JoseError::NotYetValid.into()),
            (with("iat", (NOW + 31).into()), JoseError::NotYetValid.into()),
            (with("exp", (NOW + 3_601).into()), AssertionRefusal::TooLong),
            (with("exp", i64::MAX.into()), AssertionRefusal::TooLong),
            (without("jti"), AssertionRefusal::Jti),
            (with("jti", "".into()), AssertionRefusal::Jti),
            (with("jti", "x".repeat(257).into()), AssertionRefusal::Jti),
        ];
        for (claims, refusal) in table {
            assert_eq!(judge(&key, &claims), Err(refusal), "{claims}");
        }
    }

    #[test]
    fn another_key_or_a_changed_assertion_is_refused() {
        let (key, other) =
            (SigningKey::generate_es256().unwrap(), SigningKey::generate_es256().unwrap());
        let keys = [key.verifying_key().unwrap()];
        let foreign = jwt::sign(&other, "JWT", &good()).unwrap();
        let ours = jwt::sign(&key, "JWT", &good()).unwrap();
        let mixed =
            format!("{}.{}", ours.rsplit_once('.').unwrap().0, foreign.rsplit_once('.').unwrap().1);
        for assertion in [foreign.as_str(), &mixed, "", "a.b.c"] {
            assert!(check(assertion, "portal", &keys, &AUDIENCE, at(NOW)).is_err(), "{assertion}");
        }
        assert_eq!(claimed_client(&foreign).as_deref(), Some("portal"));
        assert_eq!(claimed_client("a.b.c"), None);
    }
}
