//! Officers: registered with a public key and roles by their member, signing in with a signed
//! assertion (RFC 7523 section 2.2) for a short token.

use contracts::MemberId;
use credential::{Jwk, SigAlg, VerifyingKey, jwt};
use kernel::audit::Audit;
use kernel::auth::OPERATOR;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Actor;
use crate::audit_events;
use crate::error::ExchangeError;
use crate::exchange::Exchange;
use crate::store::{self, officers::Officer};

/// The longest time an assertion may be valid, in seconds.
const ASSERTION_SECONDS_MAX: i64 = 300;

/// An officer to be registered, or changed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOfficer {
    /// The member, hosted here.
    #[schema(value_type = String, example = "TB/GOV/MSP")]
    pub member: MemberId,
    /// Id at the member; not a name.
    #[schema(example = "r-17")]
    pub id: String,
    /// Public key, ES256, for signing in by programme; its private half never leaves the officer's
    /// device. Left out, the one known before stays.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub key: Option<Jwk>,
    /// Roles granted.
    pub roles: Vec<String>,
    /// Makes a secret for one-time codes, for signing in at the desk with a browser. It takes the
    /// place of any other and is shown this once.
    #[serde(default)]
    pub one_time_code: bool,
}

/// A token for an officer who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// The bearer token.
    pub token: String,
    /// How long it lives.
    pub seconds: i64,
}

/// Why an assertion is not accepted. One text for all: it does not say which officers exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// The assertion does not stand.
    #[error(
        "the assertion is not accepted: it must be signed with the officer's registered key, be fresh and used once"
    )]
    Refused,
    /// This installation cannot sign the token.
    #[error("the token cannot be made")]
    Internal(String),
}

impl Exchange {
    /// Registers an officer of a member hosted here, or replaces key, code and roles. Answers the
    /// address for the officer's authenticator app where a code was asked for.
    ///
    /// # Errors
    /// [`ExchangeError::Forbidden`] if anyone but an operator grants the role `operator`;
    /// [`ExchangeError::Unknown`] if the member is not hosted here; [`ExchangeError::Invalid`].
    pub async fn put_officer(
        &self,
        actor: &Actor,
        new: NewOfficer,
    ) -> Result<Option<String>, ExchangeError> {
        actor.check(&new.member)?;
        check(&new)?;
        if actor.member.is_some() && new.roles.iter().any(|role| role == OPERATOR) {
            return Err(ExchangeError::Forbidden(
                "only an operator can make an operator".to_owned(),
            ));
        }
        let object = format!("{}/{}", new.member.local(), new.id);
        let details = serde_json::json!({ "roles": new.roles, "one_time_code": new.one_time_code });
        let audit = Audit::new(&audit_events::OFFICER_PUT, &actor.name, object).with(details);
        let (this, one_time_code) = (self.clone(), new.one_time_code);
        let mut officer = Officer {
            member: new.member,
            id: new.id,
            key: new.key,
            roles: new.roles,
            active: true,
        };
        let by_administrator = actor.member.is_some();
        let write = self.0.ctx.db.write(move |tx| {
            Box::pin(async move {
                if !store::members::has_member(tx, &officer.member).await? {
                    return Err(ExchangeError::Unknown {
                        what: "member hosted here",
                        id: officer.member.to_string(),
                    });
                }
                let known = store::officers::find(tx, &officer.member, &officer.id).await?;
                if by_administrator && known.as_ref().is_some_and(is_operator) {
                    return Err(ExchangeError::Forbidden(
                        "only an operator can change an operator".to_owned(),
                    ));
                }
                // Who was dismissed starts anew: a key of before does not come back by itself.
                let before = known.filter(|known| known.active).and_then(|known| known.key);
                officer.key = officer.key.or(before);
                store::officers::put(tx, &officer).await?;
                let (member, id) = (&officer.member, &officer.id);
                let uri = match one_time_code {
                    true => Some(this.give_code(tx, member, id).await?),
                    false => None,
                };
                if uri.is_none()
                    && officer.key.is_none()
                    && !store::codes::has(tx, member, id).await?
                {
                    return Err(ExchangeError::invalid(
                        "key",
                        "send a public JWK for ES256, or `one_time_code`: true, or both",
                    ));
                }
                tx.audit(audit).await?;
                Ok(uri)
            })
        });
        let uri = write.await?;
        self.reload().await?;
        Ok(uri)
    }

    /// Dismisses an officer: no further sign-in, no further call. Tokens already given out end by
    /// themselves within minutes.
    ///
    /// # Errors
    /// [`ExchangeError::Unknown`] if there is no such officer.
    pub async fn dismiss_officer(
        &self,
        actor: &Actor,
        member: &MemberId,
        id: &str,
    ) -> Result<(), ExchangeError> {
        actor.check(member)?;
        let object = format!("{}/{id}", member.local());
        let audit = Audit::new(&audit_events::OFFICER_DISMISSED, &actor.name, &object);
        let (member, id, by_administrator) =
            (member.clone(), id.to_owned(), actor.member.is_some());
        let write = self.0.ctx.db.write(move |tx| {
            Box::pin(async move {
                let found = store::officers::find(tx, &member, &id).await?;
                let mut officer =
                    found.ok_or(ExchangeError::Unknown { what: "officer", id: object })?;
                if by_administrator && is_operator(&officer) {
                    return Err(ExchangeError::Forbidden(
                        "only an operator can dismiss an operator".to_owned(),
                    ));
                }
                officer.active = false;
                store::officers::put(tx, &officer).await?;
                store::codes::delete(tx, &officer.member, &officer.id).await?;
                tx.audit(audit).await.map_err(ExchangeError::Db)
            })
        });
        write.await?;
        self.reload().await
    }

    /// Signs an officer in by an assertion: a JWT with `iss` and `sub` `CLASS/MEMBER/ID`, `aud`
    /// this installation's issuer or token endpoint, `exp` within five minutes and a `jti`.
    ///
    /// # Errors
    /// [`SignInError::Refused`] whatever is wrong with it; the log says what.
    pub async fn sign_in(&self, assertion: &str) -> Result<SignIn, SignInError> {
        let refused = |why: &str| {
            tracing::info!(why, "Refused an officer's assertion");
            SignInError::Refused
        };
        let claims = jwt::unverified_claims(assertion).map_err(|_| refused("not readable"))?;
        let subject = claims.sub.unwrap_or_default();
        let (member, id) =
            subject.rsplit_once('/').ok_or_else(|| refused("its sub is not CLASS/MEMBER/ID"))?;
        let snapshot = self.snapshot();
        let officer = snapshot.officers.get(member).and_then(|officers| officers.get(id));
        let officer =
            officer.filter(|o| o.active).ok_or_else(|| refused("no such officer, or dismissed"))?;
        let key = officer.verify.as_ref().ok_or_else(|| refused("no key is registered"))?;
        let jti_and_end =
            self.check_assertion(assertion, &subject, key).map_err(|why| refused(&why))?;
        let now = self.unix_now();
        if !self.0.assertions.insert(jti_and_end.0, jti_and_end.1, now) {
            return Err(refused("used before"));
        }
        let roles: Vec<&str> = officer.roles.iter().map(String::as_str).collect();
        let seconds = self.0.config.token_seconds;
        let internal = |error: String| SignInError::Internal(error);
        let token = self
            .0
            .tokens
            .mint(id, member, &roles, seconds)
            .map_err(|error| internal(error.to_string()))?;
        let audit =
            Audit::new(&audit_events::OFFICER_SIGNED_IN, format!("officer:{subject}"), &subject);
        let write = self.0.ctx.db.write(move |tx| Box::pin(async move { tx.audit(audit).await }));
        write.await.map_err(|error: kernel::db::DbError| internal(error.to_string()))?;
        Ok(SignIn { token, seconds })
    }

    /// Verifies an assertion; answers its `jti` and `exp`.
    fn check_assertion(
        &self,
        assertion: &str,
        subject: &str,
        key: &VerifyingKey,
    ) -> Result<(String, i64), String> {
        let issuer = &*self.0.ctx.issuer;
        let endpoint = format!("{issuer}{}", crate::http::TOKEN_PATH);
        let now = self.unix_now();
        let mut expect = jwt::Expect::at(now);
        let audience = [issuer, endpoint.as_str()];
        expect.issuer = Some(subject);
        expect.subject = Some(subject);
        expect.audience = &audience;
        let token = jwt::verify(assertion, std::slice::from_ref(key), &[SigAlg::Es256], &expect)
            .map_err(|error| error.to_string())?;
        let exp = token.claims.exp.unwrap_or_default();
        if exp > now + ASSERTION_SECONDS_MAX + expect.leeway {
            return Err("valid for longer than five minutes".to_owned());
        }
        let jti = token.claims.jti.filter(|jti| !jti.is_empty() && jti.len() <= 128);
        let jti = jti.ok_or("has no jti")?;
        // The leeway counts here too: an assertion is remembered for as long as it would pass.
        Ok((format!("{subject} {jti}"), exp + expect.leeway))
    }
}

fn is_operator(officer: &Officer) -> bool {
    officer.roles.iter().any(|role| role == OPERATOR)
}

fn check(new: &NewOfficer) -> Result<(), ExchangeError> {
    let part = |text: &str| contracts::ids::is_part(text);
    if !part(&new.id) {
        return Err(ExchangeError::invalid("id", "write 1 to 64 of A-Z a-z 0-9 - _ . + ="));
    }
    let role = |role: &String| part(role);
    if new.roles.is_empty() || !new.roles.iter().all(role) {
        return Err(ExchangeError::invalid(
            "roles",
            "send at least one role of 1 to 64 of A-Z a-z 0-9 - _ . + =",
        ));
    }
    let Some(key) = &new.key else { return Ok(()) };
    if key.is_private() {
        return Err(ExchangeError::invalid(
            "key",
            "send the public key only; this one must be replaced, it has been seen",
        ));
    }
    match VerifyingKey::from_jwk(key) {
        Ok(key) if key.fits(SigAlg::Es256) => Ok(()),
        _ => Err(ExchangeError::invalid("key", "send a public JWK for ES256: kty EC, crv P-256")),
    }
}
