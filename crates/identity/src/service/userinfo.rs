//! Userinfo: what a person allowed a relying party to know, for as long as the access token lives.

use super::Identity;
use super::pseudonyms::logged_under;
use crate::error::Error;
use crate::model::claims::{self, ACCESS_TOKEN_TYPE, Claim};
use crate::model::client::{RelyingParty, UserinfoFormat};
use crate::store;
use crate::store::grants::Grant;
use basis::{Id, Timestamp};
use contracts::context::BasisKind;
use contracts::reads::{self, ReadEntry};
use credential::SigAlg;
use credential::jwt::{self, Expect};
use kernel::db::{DbError, Tx};
use serde_json::{Map, Value};

/// Purpose code of these reads in the read log.
const PURPOSE: &str = "sign-in";

/// A userinfo answer (OpenID Connect Core section 5.3.2).
#[derive(Clone, Debug, PartialEq)]
pub enum Userinfo {
    /// A signed JWT.
    Jwt(String),
    /// Plain members.
    Json(Map<String, Value>),
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum UserinfoError {
    /// The token is not ours, has expired or was revoked.
    #[error("the access token is not valid: have the person sign in again")]
    InvalidToken,
    /// Our fault.
    #[error(transparent)]
    Server(#[from] Error),
}

impl From<DbError> for UserinfoError {
    fn from(error: DbError) -> Self {
        Self::Server(error.into())
    }
}

impl Identity {
    /// The claims an access token gives. The read is in the person's read log before it is answered.
    ///
    /// # Errors
    /// [`UserinfoError::InvalidToken`], or what the database says.
    pub async fn userinfo(&self, token: &str) -> Result<Userinfo, UserinfoError> {
        let now = self.0.clock.now();
        let (subject, grant) = self.check_token(token, now)?;
        let this = self.clone();
        let write = self
            .0
            .db
            .write(move |tx| Box::pin(async move { this.read_claims(tx, grant, &subject).await }));
        let (party, members) = write.await?;
        match party.userinfo {
            UserinfoFormat::Json => Ok(Userinfo::Json(members)),
            UserinfoFormat::Jwt => Ok(Userinfo::Jwt(self.sign_userinfo(&party, members, now)?)),
        }
    }

    /// Subject and grant of one of our access tokens (RFC 9068 section 4).
    fn check_token(&self, token: &str, now: Timestamp) -> Result<(String, Id), UserinfoError> {
        let keys = self.verifying_keys().map_err(Error::from)?;
        let audience = [&*self.0.issuer];
        let expect = Expect {
            typ: Some(ACCESS_TOKEN_TYPE),
            issuer: Some(&self.0.issuer),
            audience: &audience,
            // Our own clock made the token.
            leeway: 0,
            ..Expect::at(now.unix_seconds())
        };
        let verified = jwt::verify(token, &keys, &[SigAlg::Es256], &expect);
        let claims = verified.map_err(|_| UserinfoError::InvalidToken)?.claims;
        let grant = claims.jti.and_then(|jti| jti.parse().ok());
        claims.sub.zip(grant).ok_or(UserinfoError::InvalidToken)
    }

    async fn read_claims(
        &self,
        tx: &mut Tx,
        grant: Id,
        subject: &str,
    ) -> Result<(RelyingParty, Map<String, Value>), UserinfoError> {
        let found = store::grants::find(tx, grant).await?;
        let grant = found.filter(|grant| grant.redeemed.is_some() && grant.revoked.is_none());
        let grant = grant.ok_or(UserinfoError::InvalidToken)?;
        let party = store::clients::find(tx, &grant.relying_party).await?;
        let party = party.ok_or(UserinfoError::InvalidToken)?;
        if grant.claims.is_empty() {
            return Ok((party, claims::userinfo(subject, &[], None)));
        }
        let key = self.0.fields.subject(tx, grant.person.id.as_bytes()).await;
        let key = key.map_err(Error::from)?;
        let facts = self.open_facts(tx, grant.person, &key).await?;
        let members = claims::userinfo(subject, &grant.claims, Some(&facts));
        let entry = read_entry(&grant, &party, &members, tx.now());
        let logged = reads::store::insert(tx, &self.0.fields, logged_under(grant.person), &entry);
        logged.await.map_err(Error::from)?;
        Ok((party, members))
    }

    fn sign_userinfo(
        &self,
        party: &RelyingParty,
        mut members: Map<String, Value>,
        now: Timestamp,
    ) -> Result<String, Error> {
        members.insert("iss".to_owned(), (*self.0.issuer).into());
        members.insert("aud".to_owned(), party.id.as_str().into());
        members.insert("iat".to_owned(), now.unix_seconds().into());
        let key = self.response_key(party.userinfo_alg)?;
        Ok(jwt::sign(&*key, "JWT", &members)?)
    }
}

/// The person allowed it when signing in: that is the consent, and the grant its reference.
fn read_entry(
    grant: &Grant,
    party: &RelyingParty,
    members: &Map<String, Value>,
    at: Timestamp,
) -> ReadEntry {
    let told = Claim::PROFILE.iter().map(|claim| claim.name()).filter(|n| members.contains_key(*n));
    ReadEntry {
        at,
        reader: party.subsystem.clone(),
        officer: None,
        case: None,
        purpose: PURPOSE.to_owned(),
        basis: BasisKind::Consent,
        basis_reference: format!("sign-in {}", grant.id),
        fields: told.map(str::to_owned).collect(),
        self_read: false,
        refused: None,
    }
}
