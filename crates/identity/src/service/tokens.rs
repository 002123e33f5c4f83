//! The token endpoint: a code for an ID token and an access token, once.

use super::login::nonce_label;
use super::{Identity, TOKEN_KEY, sha256};
use crate::error::{Error, TokenError};
use crate::events::CODE_REPLAYED;
use crate::model::assertion::{self, Accepted};
use crate::model::claims::{ACCESS_TOKEN_SECONDS, ACCESS_TOKEN_TYPE, SignIn};
use crate::model::client::RelyingParty;
use crate::model::pkce;
use crate::model::token_request::{self, TokenRequest};
use crate::store;
use crate::store::grants::Grant;
use contracts::Pseudonym;
use credential::{JoseError, VerifyingKey, jwt};
use kernel::audit::Audit;
use kernel::db::Tx;
use serde::Serialize;
use serde_json::json;

/// Path of the token endpoint.
pub const TOKEN_PATH: &str = "/oauth/token";

/// A good answer (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3).
#[derive(Clone, Serialize)]
pub struct TokenOut {
    /// RFC 9068.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: i64,
    /// OpenID Connect Core section 2.
    pub id_token: String,
    /// What was granted.
    pub scope: String,
}

/// What the one transaction of an exchange came to. Errors would undo that the assertion and the
/// code are used up, so that they are no errors there.
enum Exchanged {
    Tokens { grant: Box<Grant>, subject: Pseudonym, nonce: Option<String> },
    AssertionReplayed,
    Refused(&'static str),
}

impl Identity {
    /// Exchanges a code. `body` is the form as sent.
    ///
    /// # Errors
    /// [`TokenError`], as RFC 6749 section 5.2 tells them apart.
    pub async fn exchange(&self, body: &str) -> Result<TokenOut, TokenError> {
        let request = token_request::parse(body)?;
        let (party, accepted) = self.authenticate(&request).await?;
        let (this, used, asked) = (self.clone(), party.clone(), request);
        let write = self.0.db.write(move |tx| {
            Box::pin(async move { this.redeem(tx, &used, &accepted, &asked).await })
        });
        let exchanged: Exchanged = write.await?;
        match exchanged {
            Exchanged::Tokens { grant, subject, nonce } => {
                Ok(self.sign_tokens(&party, &grant, subject, nonce)?)
            }
            Exchanged::AssertionReplayed => {
                let used = "the client assertion was used before; sign a new one";
                Err(TokenError::InvalidClient(used.to_owned()))
            }
            Exchanged::Refused(why) => Err(TokenError::InvalidGrant(why)),
        }
    }

    /// The relying party that signed the assertion.
    async fn authenticate(
        &self,
        request: &TokenRequest,
    ) -> Result<(RelyingParty, Accepted), TokenError> {
        let invalid = |why: &str| TokenError::InvalidClient(why.to_owned());
        let claimed = assertion::claimed_client(&request.client_assertion)
            .ok_or_else(|| invalid("the client assertion is no JWT with a sub"))?;
        if request.client_id.as_ref().is_some_and(|id| *id != claimed) {
            return Err(invalid("client_id and client assertion name different clients"));
        }
        let party =
            self.party(&claimed).await?.ok_or_else(|| invalid("the client is not known"))?;
        let endpoint = format!("{}{TOKEN_PATH}", self.0.issuer);
        let audience = [endpoint.as_str(), &self.0.issuer];
        let now = self.0.clock.now();
        let checked =
            assertion::check(&request.client_assertion, &party.id, &party.keys(), &audience, now);
        let accepted = checked.map_err(|refusal| invalid(&refusal.to_string()))?;
        Ok((party, accepted))
    }

    async fn redeem(
        &self,
        tx: &mut Tx,
        party: &RelyingParty,
        accepted: &Accepted,
        request: &TokenRequest,
    ) -> Result<Exchanged, Error> {
        let jti = sha256(&accepted.jti);
        if !store::grants::use_assertion(tx, &party.id, jti, accepted.forget).await? {
            return Ok(Exchanged::AssertionReplayed);
        }
        let Some(grant) = store::grants::find_by_code(tx, sha256(&request.code)).await? else {
            return Ok(Exchanged::Refused("the code is not known"));
        };
        if grant.relying_party != party.id {
            return Ok(Exchanged::Refused("the code is another client's"));
        }
        if grant.redeemed.is_some() {
            return self.replayed(tx, &grant).await;
        }
        if grant.revoked.is_some() || grant.expires <= tx.now() {
            return Ok(Exchanged::Refused("the code has expired"));
        }
        if grant.redirect_uri != request.redirect_uri {
            return Ok(Exchanged::Refused("redirect_uri is not the one the code was sent to"));
        }
        if !pkce::matches(&request.code_verifier, &grant.challenge) {
            return Ok(Exchanged::Refused("code_verifier does not fit the code_challenge"));
        }
        if !store::grants::redeem(tx, grant.id).await? {
            return self.replayed(tx, &grant).await;
        }
        let key = self.0.fields.subject(tx, grant.person.id.as_bytes()).await?;
        let subject = self.pseudonym_in(tx, grant.person, &party.sector, &key, &party.id).await?;
        let label = nonce_label(grant.id);
        let nonce = grant.nonce.as_ref().map(|nonce| key.open_text(&label, nonce)).transpose()?;
        Ok(Exchanged::Tokens { grant: Box::new(grant), subject, nonce })
    }

    /// A code that comes twice was stolen by one of the two who sent it: nobody keeps anything
    /// (RFC 6749 section 4.1.2).
    async fn replayed(&self, tx: &mut Tx, grant: &Grant) -> Result<Exchanged, Error> {
        if store::grants::revoke(tx, grant.id).await? {
            let detail = json!({ "grant": grant.id, "person": grant.person.reference });
            tx.audit(Audit::new(&CODE_REPLAYED, &grant.relying_party, grant.id).with(detail))
                .await?;
        }
        Ok(Exchanged::Refused("the code was used before"))
    }

    fn sign_tokens(
        &self,
        party: &RelyingParty,
        grant: &Grant,
        subject: Pseudonym,
        nonce: Option<String>,
    ) -> Result<TokenOut, Error> {
        let (access_key, id_key) = (self.token_key()?, self.response_key(party.id_token_alg)?);
        let sign_in = SignIn {
            issuer: self.0.issuer.to_string(),
            client: party.id.clone(),
            subject: subject.0.to_string(),
            auth_time: grant.auth_time,
            method: grant.method,
            nonce,
            scope: grant.scope.clone(),
            grant: grant.id,
            now: self.0.clock.now(),
        };
        let access_token = jwt::sign(&*access_key, ACCESS_TOKEN_TYPE, &sign_in.access_token())?;
        let at_hash = id_key.alg().left_half_hash(&access_token);
        Ok(TokenOut {
            id_token: jwt::sign(&*id_key, "JWT", &sign_in.id_token(&at_hash))?,
            access_token,
            token_type: "Bearer",
            expires_in: ACCESS_TOKEN_SECONDS,
            scope: grant.scope.clone(),
        })
    }

    /// What access tokens are verified with: they are ES256 always.
    pub(super) fn verifying_keys(&self) -> Result<Vec<VerifyingKey>, JoseError> {
        self.0.keys.public_keys(TOKEN_KEY).iter().map(VerifyingKey::from_jwk).collect()
    }
}
