//! Officers sign in with a browser, by number and one-time code, and sign out.
//!
//! Whoever is refused learns nothing from the answer, and little from the time it took: each way looks
//! an officer and a key up, makes codes and writes.

use contracts::MemberId;
use credential::throttle::lock_seconds;
use credential::totp::{Algorithm, Totp};
use kernel::audit::Audit;
use kernel::auth::{OPERATOR, OfficerClaims};
use kernel::db::Tx;
use kernel::fields::FieldsError;

use super::SignIn;
use crate::audit_events;
use crate::error::ExchangeError;
use crate::exchange::Exchange;
use crate::store;

/// Whose key seals the secrets: the officers', together.
const OFFICERS: &[u8] = b"officers";
/// A key that nobody has, looked up in vain.
const NOBODY: &[u8] = b"nobody";
/// Longer texts are no officer's number, bytes.
const NUMBER_LENGTH_MAX: usize = 200;

/// An officer who passed.
struct Passed {
    member: MemberId,
    id: String,
    roles: Vec<String>,
}

impl Exchange {
    /// Signs an officer in at the desk by number (`GOV/MSP/b-7`) and one-time code. None for whatever is wrong.
    ///
    /// # Errors
    /// What database and key store say.
    pub async fn sign_in_with_code(
        &self,
        number: &str,
        code: &str,
    ) -> Result<Option<SignIn>, ExchangeError> {
        let (this, code) = (self.clone(), code.to_owned());
        let named = officer_of(&self.0.ctx.instance, number);
        let write = self
            .0
            .ctx
            .db
            .write(move |tx| Box::pin(async move { this.check_code(tx, named, &code).await }));
        let passed: Option<Passed> = write.await?;
        let Some(passed) = passed else { return Ok(None) };
        let roles: Vec<&str> = passed.roles.iter().map(String::as_str).collect();
        let seconds = self.0.config.desk_seconds;
        let member = passed.member.local();
        let token = self.0.tokens.mint_session(&passed.id, member, &roles, seconds)?;
        Ok(Some(SignIn { token, seconds }))
    }

    /// Opens the desk to whoever holds the installation's keys, for as long as the token lasts that proves it. None for
    /// a token that is no operator's.
    ///
    /// # Errors
    /// What database and key store say.
    pub async fn sign_in_operator(
        &self,
        claims: &OfficerClaims,
    ) -> Result<Option<SignIn>, ExchangeError> {
        let seconds = (claims.exp - self.unix_now()).min(self.0.config.desk_seconds);
        if !claims.roles.iter().any(|role| role == OPERATOR) || seconds <= 0 {
            return Ok(None);
        }
        let number = format!("{}/{}", claims.member, claims.sub);
        let how = serde_json::json!({ "by": "token", "token": claims.jti });
        let event = &audit_events::OFFICER_SIGNED_IN;
        let audit = Audit::new(event, format!("officer:{number}"), number).with(how);
        self.0.ctx.db.write(move |tx| Box::pin(async move { tx.audit(audit).await })).await?;
        let token =
            self.0.tokens.mint_session(&claims.sub, &claims.member, &[OPERATOR], seconds)?;
        Ok(Some(SignIn { token, seconds }))
    }

    /// Ends a session before its time.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sign_out(&self, claims: &OfficerClaims) -> Result<(), ExchangeError> {
        let number = format!("{}/{}", claims.member, claims.sub);
        let event = &audit_events::OFFICER_SIGNED_OUT;
        let audit = Audit::new(event, format!("officer:{number}"), number);
        let (session, expires) = (claims.jti, claims.exp);
        let write = self.0.ctx.db.write(move |tx| {
            Box::pin(async move {
                store::codes::end_session(tx, session, expires).await?;
                tx.audit(audit).await
            })
        });
        write.await.map_err(ExchangeError::Db)?;
        self.0.ended.insert(session.to_string(), expires, self.unix_now());
        Ok(())
    }

    /// Whether a session in order still stands: it was not signed out, and its officer is there and
    /// holds every role of it. Operators who hold the keys are in no register.
    #[must_use]
    pub fn session_stands(&self, claims: &OfficerClaims) -> bool {
        if self.0.ended.has(&claims.jti.to_string()) {
            return false;
        }
        let snapshot = self.snapshot();
        let of_member = snapshot.officers.get(&claims.member);
        match of_member.and_then(|officers| officers.get(&claims.sub)) {
            Some(officer) => {
                officer.active && claims.roles.iter().all(|role| officer.roles.contains(role))
            }
            None => claims.roles == [OPERATOR],
        }
    }

    /// Refuses after a restart the sessions that were signed out before it.
    pub(crate) async fn remember_ended(&self) -> Result<(), ExchangeError> {
        let read = self.0.ctx.db.read(|tx| Box::pin(store::codes::ended_sessions(tx)));
        let ended: Vec<(basis::Id, i64)> = read.await?;
        let now = self.unix_now();
        for (session, expires) in ended {
            self.0.ended.insert(session.to_string(), expires, now);
        }
        Ok(())
    }

    /// Draws an officer's secret and seals it; answers the address for the app.
    pub(super) async fn give_code(
        &self,
        tx: &mut Tx,
        member: &MemberId,
        id: &str,
    ) -> Result<String, ExchangeError> {
        let totp = Totp::draw(Algorithm::Sha1);
        let number = format!("{}/{id}", member.local());
        let key = self.0.ctx.fields.subject_or_new(tx, OFFICERS).await?;
        let sealed = key.seal(&label(&number), totp.secret());
        store::codes::put(tx, member, id, sealed).await?;
        Ok(totp.uri(&self.0.config.name, &number))
    }

    async fn check_code(
        &self,
        tx: &mut Tx,
        named: Option<(MemberId, String)>,
        code: &str,
    ) -> Result<Option<Passed>, ExchangeError> {
        let Some((member, id)) = named else {
            self.pretend(tx, code, "unknown").await?;
            return Ok(None);
        };
        let found = store::officers::find(tx, &member, &id).await?.filter(|found| found.active);
        let attempt = store::codes::begin_attempt(tx, &member, &id).await?;
        let (Some(officer), Some(stored)) = (found, attempt) else {
            let known = store::codes::has(tx, &member, &id).await?;
            self.pretend(tx, code, if known { "locked" } else { "unknown" }).await?;
            return Ok(None);
        };
        let number = format!("{}/{id}", member.local());
        let actor = format!("officer:{number}");
        let key = self.0.ctx.fields.subject(tx, OFFICERS).await?;
        let totp = Totp::new(Algorithm::Sha1, key.open(&label(&number), &stored.secret)?);
        if let Some(step) = totp.check(code, tx.now().unix_seconds(), stored.last_step) {
            store::codes::succeed(tx, &member, &id, step).await?;
            let how = serde_json::json!({ "by": "code" });
            tx.audit(Audit::new(&audit_events::OFFICER_SIGNED_IN, actor, number).with(how)).await?;
            return Ok(Some(Passed { member, id, roles: officer.roles }));
        }
        let detail = serde_json::json!({ "failures": stored.failures });
        let refused = Audit::new(&audit_events::OFFICER_REFUSED, &actor, &number).with(detail);
        tx.audit(refused).await?;
        if let Some(seconds) = lock_seconds(stored.failures) {
            let until = tx.now().plus_seconds(seconds);
            store::codes::lock(tx, &member, &id, until).await?;
            let detail = serde_json::json!({ "seconds": seconds });
            tx.audit(Audit::new(&audit_events::OFFICER_LOCKED, actor, number).with(detail)).await?;
        }
        Ok(None)
    }

    /// The work of a wrong code, for nobody.
    async fn pretend(&self, tx: &mut Tx, code: &str, kind: &str) -> Result<(), ExchangeError> {
        match self.0.ctx.fields.subject(tx, NOBODY).await {
            Ok(_) | Err(FieldsError::NoKey) => {}
            Err(error) => return Err(error.into()),
        }
        // What it says does not matter; i64::MAX lets no step pass.
        let _ = self.0.decoy.check(code, tx.now().unix_seconds(), i64::MAX);
        Ok(store::codes::count_refused(tx, kind).await?)
    }
}

/// Binds a sealed secret to its officer.
fn label(number: &str) -> String {
    format!("totp/{number}")
}

/// Member and id of an officer's number, with or without the country in front; none for what is no number.
fn officer_of(instance: &str, number: &str) -> Option<(MemberId, String)> {
    let number = number.trim();
    let number =
        number.strip_prefix(instance).and_then(|rest| rest.strip_prefix('/')).unwrap_or(number);
    if number.len() > NUMBER_LENGTH_MAX {
        return None;
    }
    let (member, id) = number.rsplit_once('/')?;
    let (class, code) = member.split_once('/')?;
    let member = MemberId::new(instance, class, code).ok()?;
    contracts::ids::is_part(id).then(|| (member, id.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let read = |number| officer_of("TB", number).map(|(member, id)| format!("{member}/{id}"));
        for number in ["GOV/MSP/b-7", " GOV/MSP/b-7 ", "TB/GOV/MSP/b-7"] {
            assert_eq!(read(number).as_deref(), Some("TB/GOV/MSP/b-7"), "{number}");
        }
        for wrong in ["", "b-7", "GOV/MSP", "GOV/MSP/", "GOV//b-7", "Amina Juma", "GOV/MSP/b 7"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
