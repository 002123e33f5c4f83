//! JSON Web Token (RFC 7519) over JWS: the registered claims and their validation, after RFC 8725.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::alg::SigAlg;
use crate::header::Header;
use crate::key::{JwsSigner, VerifyingKey};
use crate::{JoseError, json, jws};

/// A claim set. Times are Unix seconds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Claims {
    /// `iss`, who made the token.
    pub iss: Option<String>,
    /// `sub`, whom it is about.
    pub sub: Option<String>,
    /// `aud`, whom it is for. A single text in JSON is a list of one here.
    pub aud: Vec<String>,
    /// `exp`: not valid from this second on.
    pub exp: Option<i64>,
    /// `nbf`: not valid before.
    pub nbf: Option<i64>,
    /// `iat`, when it was made.
    pub iat: Option<i64>,
    /// `jti`, its identifier.
    pub jti: Option<String>,
    /// Every other claim.
    pub other: Map<String, Value>,
}

impl Claims {
    /// Parses a claim set; doubled names are refused at every depth.
    ///
    /// # Errors
    /// [`JoseError::Malformed`], [`JoseError::DuplicateMember`], [`JoseError::ClaimWrong`] for a registered claim of
    /// the wrong JSON type.
    pub fn from_json(json: &[u8]) -> Result<Claims, JoseError> {
        let mut members = json::object(json)?;
        Ok(Claims {
            iss: take_text(&mut members, "iss")?,
            sub: take_text(&mut members, "sub")?,
            aud: take_audience(&mut members)?,
            exp: take_time(&mut members, "exp")?,
            nbf: take_time(&mut members, "nbf")?,
            iat: take_time(&mut members, "iat")?,
            jti: take_text(&mut members, "jti")?,
            other: members,
        })
    }

    /// Checks the registered claims. The header's `typ` is checked by [`verify`] only.
    ///
    /// # Errors
    /// The first claim that fails: [`JoseError::ClaimMissing`], [`JoseError::ClaimWrong`], [`JoseError::Expired`],
    /// [`JoseError::NotYetValid`], [`JoseError::TooOld`].
    pub fn validate(&self, expect: &Expect<'_>) -> Result<(), JoseError> {
        check_text("iss", self.iss.as_deref(), expect.issuer)?;
        check_text("sub", self.sub.as_deref(), expect.subject)?;
        self.check_audience(expect.audience)?;
        self.check_times(expect)
    }

    /// RFC 7519 section 4.1.3: a token with `aud` is refused by everyone it does not name, so also by a verifier that
    /// expects none.
    fn check_audience(&self, expected: &[&str]) -> Result<(), JoseError> {
        if self.aud.is_empty() {
            return if expected.is_empty() { Ok(()) } else { Err(JoseError::ClaimMissing("aud")) };
        }
        let named = self.aud.iter().any(|aud| expected.contains(&aud.as_str()));
        if named { Ok(()) } else { Err(JoseError::ClaimWrong("aud")) }
    }

    fn check_times(&self, expect: &Expect<'_>) -> Result<(), JoseError> {
        if self.exp.is_none() && expect.require_exp {
            return Err(JoseError::ClaimMissing("exp"));
        }
        if self.exp.is_some_and(|exp| expect.now >= exp.saturating_add(expect.leeway)) {
            return Err(JoseError::Expired);
        }
        let latest = expect.now.saturating_add(expect.leeway);
        if self.nbf.is_some_and(|nbf| nbf > latest) || self.iat.is_some_and(|iat| iat > latest) {
            return Err(JoseError::NotYetValid);
        }
        let Some(max_age) = expect.max_age else {
            return Ok(());
        };
        let iat = self.iat.ok_or(JoseError::ClaimMissing("iat"))?;
        if expect.now > iat.saturating_add(max_age).saturating_add(expect.leeway) {
            return Err(JoseError::TooOld);
        }
        Ok(())
    }
}

/// Writes `aud` as a text if it is one, as an array if several, and leaves out what is empty.
impl Serialize for Claims {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = self.other.clone();
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                members.insert(name.to_owned(), value);
            }
        };
        set("iss", self.iss.clone().map(Value::from));
        set("sub", self.sub.clone().map(Value::from));
        set(
            "aud",
            match self.aud.as_slice() {
                [] => None,
                [one] => Some(Value::from(one.as_str())),
                many => Some(Value::from(many)),
            },
        );
        set("exp", self.exp.map(Value::from));
        set("nbf", self.nbf.map(Value::from));
        set("iat", self.iat.map(Value::from));
        set("jti", self.jti.clone().map(Value::from));
        members.serialize(serializer)
    }
}

/// What a verifier demands of a claim set. Start from [`Expect::at`].
#[derive(Debug, Clone, Copy)]
pub struct Expect<'a> {
    /// The present time in Unix seconds.
    pub now: i64,
    /// Seconds of clock difference to forgive.
    pub leeway: i64,
    /// The header's `typ`, such as `at+jwt` (RFC 8725 section 3.11); `None` takes any.
    pub typ: Option<&'a str>,
    /// The only `iss` to accept; `None` takes any.
    pub issuer: Option<&'a str>,
    /// The only `sub` to accept; `None` takes any.
    pub subject: Option<&'a str>,
    /// The verifier's own names, of which `aud` must hold one. Empty refuses every token that has an `aud`.
    pub audience: &'a [&'a str],
    /// Refuse a token without `exp`.
    pub require_exp: bool,
    /// Demand `iat`, at most this many seconds ago.
    pub max_age: Option<i64>,
}

impl<'a> Expect<'a> {
    /// Demands an unexpired `exp`, forgives 30 seconds, and nothing else yet.
    #[must_use]
    pub fn at(now: i64) -> Expect<'a> {
        Expect {
            now,
            leeway: 30,
            typ: None,
            issuer: None,
            subject: None,
            audience: &[],
            require_exp: true,
            max_age: None,
        }
    }
}

/// A verified and validated token.
#[derive(Debug, Clone, PartialEq)]
pub struct Jwt {
    /// The protected header.
    pub header: Header,
    /// The claims.
    pub claims: Claims,
}

/// Signs claims ([`Claims`] or any serialisable object) with the header type `typ`, such as `JWT` or `at+jwt`.
///
/// # Errors
/// [`JoseError::Malformed`] if `claims` do not serialise; [`JoseError::Provider`].
pub fn sign(
    signer: &dyn JwsSigner,
    typ: &str,
    claims: &impl Serialize,
) -> Result<String, JoseError> {
    let payload =
        serde_json::to_vec(claims).map_err(|_| JoseError::Malformed("claims do not serialise"))?;
    jws::sign(signer, &[("typ", Value::from(typ))], &payload)
}

/// Verifies the signature, then the type and claims.
///
/// # Errors
/// As [`jws::verify`], [`Claims::from_json`] and [`Claims::validate`].
pub fn verify(
    token: &str,
    keys: &[VerifyingKey],
    allowed: &[SigAlg],
    expect: &Expect<'_>,
) -> Result<Jwt, JoseError> {
    let verified = jws::verify(token, keys, allowed)?;
    if expect.typ.is_some_and(|typ| !verified.header.has_type(typ)) {
        return Err(JoseError::ClaimWrong("typ"));
    }
    let claims = Claims::from_json(&verified.payload)?;
    claims.validate(expect)?;
    Ok(Jwt { header: verified.header, claims })
}

/// The claims of a token whose signature was **not** checked: only to find out whose keys to verify it with (a client
/// assertion names its client in `iss`). Trust nothing in it.
///
/// # Errors
/// The parsing errors.
pub fn unverified_claims(token: &str) -> Result<Claims, JoseError> {
    let (_, payload) = jws::unverified(token)?;
    Claims::from_json(&payload)
}

fn check_text(
    name: &'static str,
    value: Option<&str>,
    expected: Option<&str>,
) -> Result<(), JoseError> {
    let Some(expected) = expected else {
        return Ok(());
    };
    match value {
        None => Err(JoseError::ClaimMissing(name)),
        Some(value) if value == expected => Ok(()),
        Some(_) => Err(JoseError::ClaimWrong(name)),
    }
}

fn take_text(
    members: &mut Map<String, Value>,
    name: &'static str,
) -> Result<Option<String>, JoseError> {
    match members.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(JoseError::ClaimWrong(name)),
    }
}

fn take_audience(members: &mut Map<String, Value>) -> Result<Vec<String>, JoseError> {
    match members.remove("aud") {
        None => Ok(Vec::new()),
        Some(Value::String(one)) => Ok(vec![one]),
        Some(many) => serde_json::from_value(many).map_err(|_| JoseError::ClaimWrong("aud")),
    }
}

/// A NumericDate. RFC 7519 section 2 permits fractions; they are rounded down, which is less than any useful leeway.
fn take_time(
    members: &mut Map<String, Value>,
    name: &'static str,
) -> Result<Option<i64>, JoseError> {
    let Some(value) = members.remove(name) else {
        return Ok(None);
    };
    let fraction = || {
        value.as_f64().filter(|seconds| seconds.abs() < 9e15).map(|seconds| seconds.floor() as i64)
    };
    value.as_i64().or_else(fraction).map(Some).ok_or(JoseError::ClaimWrong(name))
}
