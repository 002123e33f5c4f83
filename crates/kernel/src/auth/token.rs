//! Officers' tokens: signed JWTs (RFC 7519) that the installation mints for its own use. One kind is for the API and ends
//! within minutes; the other is a browser's session at the desk, which pages alone accept and look up at every click.

use crate::keys::Signer;
use basis::{Clock, Id, Rng};
use credential::JoseError;
use credential::Jwk;
use credential::SigAlg;
use credential::VerifyingKey;
use credential::jws;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The `typ` header: tells these tokens from any other JWT under the same issuer (RFC 8725 section 3.11).
const TOKEN_TYPE: &str = "msingi-officer+jwt";
/// The same of sessions at the desk.
const SESSION_TYPE: &str = "msingi-desk+jwt";

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficerClaims {
    /// The installation that minted it.
    pub iss: String,
    /// The officer's id at the member. Not a name.
    pub sub: String,
    /// The member, `CLASS/MEMBER`.
    pub member: String,
    /// Roles granted by the member.
    pub roles: Vec<String>,
    /// When it was minted, in seconds since 1970.
    pub iat: i64,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
    /// Its own id.
    pub jti: Id,
}

/// Why a token is refused. Reads on after "the token ...".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Signed by us, but without these claims.
    #[error("cannot be read")]
    Malformed,
    /// Not a JWS signed by this installation's keys with ES256.
    #[error("is not signed by this installation")]
    Signature,
    /// A JWT made for something else.
    #[error("is not an officer's token")]
    Kind,
    /// Another installation's.
    #[error("comes from another issuer")]
    Issuer,
    /// Past its `exp`.
    #[error("has expired")]
    Expired,
}

/// Mints officers' tokens.
#[derive(Clone)]
pub struct TokenIssuer {
    issuer: String,
    key: Arc<dyn Signer>,
    clock: Clock,
    rng: Rng,
}

impl TokenIssuer {
    /// `issuer` names the installation; `key` is its key for the purpose `token`.
    #[must_use]
    pub fn new(issuer: impl Into<String>, key: Arc<dyn Signer>, clock: Clock, rng: Rng) -> Self {
        Self { issuer: issuer.into(), key, clock, rng }
    }

    /// A token for the officer `sub` of `member` (`CLASS/MEMBER`) that ends after `seconds`.
    ///
    /// # Errors
    /// When the key cannot sign (a hardware module that is gone).
    pub fn mint(
        &self,
        sub: &str,
        member: &str,
        roles: &[&str],
        seconds: i64,
    ) -> Result<String, JoseError> {
        self.mint_as(TOKEN_TYPE, sub, member, roles, seconds)
    }

    /// The same for the officer's browser: it opens pages of the desk and nothing else.
    ///
    /// # Errors
    /// As [`TokenIssuer::mint`].
    pub fn mint_session(
        &self,
        sub: &str,
        member: &str,
        roles: &[&str],
        seconds: i64,
    ) -> Result<String, JoseError> {
        self.mint_as(SESSION_TYPE, sub, member, roles, seconds)
    }

    fn mint_as(
        &self,
        kind: &str,
        sub: &str,
        member: &str,
        roles: &[&str],
        seconds: i64,
    ) -> Result<String, JoseError> {
        let now = self.clock.now();
        let claims = OfficerClaims {
            iss: self.issuer.clone(),
            sub: sub.to_owned(),
            member: member.to_owned(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            iat: now.micros() / 1_000_000,
            exp: now.plus_seconds(seconds).micros() / 1_000_000,
            jti: Id::mint(&self.clock, &self.rng),
        };
        let claims = serde_json::to_vec(&claims).expect("claims are text and numbers");
        jws::sign(&*self.key, &[("typ", kind.into())], &claims)
    }
}

/// Checks officers' tokens.
#[derive(Debug)]
pub struct TokenVerifier {
    issuer: String,
    keys: Vec<VerifyingKey>,
    clock: Clock,
}

impl TokenVerifier {
    /// `keys` are the public keys of the purpose `token`, retired ones too: their tokens run out by themselves.
    ///
    /// # Errors
    /// When a key cannot verify signatures.
    pub fn new(issuer: impl Into<String>, keys: &[Jwk], clock: Clock) -> Result<Self, JoseError> {
        let keys = keys.iter().map(VerifyingKey::from_jwk).collect::<Result<_, _>>()?;
        Ok(Self { issuer: issuer.into(), keys, clock })
    }

    /// The claims of a token that is ours, unspoilt and in time.
    ///
    /// # Errors
    /// The first check that failed; see [`TokenError`].
    pub fn verify(&self, token: &str) -> Result<OfficerClaims, TokenError> {
        self.verify_as(TOKEN_TYPE, token)
    }

    /// The same of a session at the desk.
    ///
    /// # Errors
    /// As [`TokenVerifier::verify`].
    pub fn verify_session(&self, token: &str) -> Result<OfficerClaims, TokenError> {
        self.verify_as(SESSION_TYPE, token)
    }

    fn verify_as(&self, kind: &str, token: &str) -> Result<OfficerClaims, TokenError> {
        let verified =
            jws::verify(token, &self.keys, &[SigAlg::Es256]).map_err(|_| TokenError::Signature)?;
        if !verified.header.has_type(kind) {
            return Err(TokenError::Kind);
        }
        let claims: OfficerClaims =
            serde_json::from_slice(&verified.payload).map_err(|_| TokenError::Malformed)?;
        if claims.iss != self.issuer {
            return Err(TokenError::Issuer);
        }
        if self.clock.now().micros() / 1_000_000 >= claims.exp {
            return Err(TokenError::Expired);
        }
        Ok(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::{MockClock, Timestamp};
    use credential::SigningKey;

    struct Desk {
        issuer: TokenIssuer,
        key: Arc<SigningKey>,
        clock: Clock,
        time: MockClock,
    }

    fn desk(name: &str) -> Desk {
        let (clock, time) = Clock::mock(Timestamp::from_micros(1_773_475_200_000_000));
        let key = Arc::new(SigningKey::generate_es256().unwrap());
        let issuer = TokenIssuer::new(name, key.clone(), clock.clone(), Rng::seeded(1));
        Desk { issuer, key, clock, time }
    }

    fn verifier(desk: &Desk, issuer: &str) -> TokenVerifier {
        TokenVerifier::new(issuer, &[desk.key.public_jwk()], desk.clock.clone()).unwrap()
    }

    #[test]
    fn a_token_says_what_was_minted_until_it_ends() {
        let desk = desk("urn:a");
        let token = desk.issuer.mint("r-17", "GOV/CRO", &["registrar"], 60).unwrap();
        let claims = verifier(&desk, "urn:a").verify(&token).unwrap();
        assert_eq!((claims.sub.as_str(), claims.member.as_str()), ("r-17", "GOV/CRO"));
        assert_eq!((claims.roles, claims.exp - claims.iat), (vec!["registrar".to_owned()], 60));
        desk.time.advance_seconds(59);
        assert!(verifier(&desk, "urn:a").verify(&token).is_ok());
        desk.time.advance_seconds(1);
        assert_eq!(verifier(&desk, "urn:a").verify(&token), Err(TokenError::Expired));
    }

    #[test]
    fn foreign_and_spoilt_tokens_are_refused() {
        let (ours, theirs) = (desk("urn:a"), desk("urn:a"));
        let verifier = verifier(&ours, "urn:a");
        let foreign = theirs.issuer.mint("r-17", "GOV/CRO", &["registrar"], 60).unwrap();
        assert_eq!(verifier.verify(&foreign), Err(TokenError::Signature));
        let token = ours.issuer.mint("r-17", "GOV/CRO", &["registrar"], 60).unwrap();
        let (body, signature) = token.rsplit_once('.').unwrap();
        let (head, _) = body.split_once('.').unwrap();
        let promoted = ours.issuer.mint("r-17", "GOV/CRO", &["chief"], 60).unwrap();
        let other = promoted.split('.').nth(1).unwrap();
        let swapped = format!("{head}.{other}.{signature}");
        for spoilt in ["", "..", "a.b.c", body, &token[1..], &swapped] {
            assert_eq!(verifier.verify(spoilt), Err(TokenError::Signature), "{spoilt}");
        }
    }

    #[test]
    fn tokens_of_another_issuer_or_kind_under_the_same_key_are_refused() {
        let desk = desk("urn:a");
        let token = desk.issuer.mint("r-17", "GOV/CRO", &[], 60).unwrap();
        assert_eq!(verifier(&desk, "urn:b").verify(&token), Err(TokenError::Issuer));
        let id_token = jws::sign(&*desk.key, &[("typ", "JWT".into())], b"{}").unwrap();
        assert_eq!(verifier(&desk, "urn:a").verify(&id_token), Err(TokenError::Kind));
        let empty = jws::sign(&*desk.key, &[("typ", TOKEN_TYPE.into())], b"{}").unwrap();
        assert_eq!(verifier(&desk, "urn:a").verify(&empty), Err(TokenError::Malformed));
    }

    #[test]
    fn a_session_is_no_token_for_the_api_nor_the_other_way_round() {
        let desk = desk("urn:a");
        let session = desk.issuer.mint_session("r-17", "GOV/CRO", &["registrar"], 60).unwrap();
        let token = desk.issuer.mint("r-17", "GOV/CRO", &["registrar"], 60).unwrap();
        let verifier = verifier(&desk, "urn:a");
        assert_eq!(verifier.verify_session(&session).unwrap().sub, "r-17");
        assert_eq!(verifier.verify(&session), Err(TokenError::Kind));
        assert_eq!(verifier.verify_session(&token), Err(TokenError::Kind));
    }

    #[test]
    fn a_retired_key_is_good_for_the_tokens_it_signed() {
        let (old, new) = (desk("urn:a"), desk("urn:a"));
        let token = old.issuer.mint("r-17", "GOV/CRO", &[], 60).unwrap();
        assert!(verifier(&new, "urn:a").verify(&token).is_err());
        let keys = [old.key.public_jwk(), new.key.public_jwk()];
        let both = TokenVerifier::new("urn:a", &keys, new.clock.clone()).unwrap();
        assert!(both.verify(&token).is_ok());
    }
}
