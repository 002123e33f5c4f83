//! Signing in by number and one-time code.

use super::admission::{Arrival, Proof, SignedIn};
use super::authenticators::SECRET;
use super::{Identity, PERSON};
use crate::error::Error;
use crate::events::{AUTHENTICATOR_LOCKED, LOGIN_REFUSED};
use crate::model::number::Identifier;
use crate::model::provider::Link;
use crate::store;
use crate::store::authenticators::Stored;
use contracts::identity::{SignInMethod, SignInOutcome};
use credential::throttle::lock_seconds;
use credential::totp::{Algorithm, Totp};
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::fields::FieldsError;
use serde_json::json;

/// The subject whose key is looked for when there is nobody, so that the work is alike.
const NOBODY: [u8; 16] = [0; 16];

/// What a person typed.
#[derive(Clone)]
pub struct Credentials {
    /// Who they say they are.
    pub identifier: Identifier,
    /// The code of their app.
    pub code: String,
    /// Whom another provider vouches for, to be tied to the person.
    pub link: Option<Link>,
}

impl Identity {
    /// Signs a person in by number and code. A sign-in writes once: the transaction that finds the
    /// code good also makes the session and, when no more is asked for than that the person is there,
    /// the code for the relying party.
    ///
    /// # Errors
    /// What the database says; a wrong code is no error.
    pub async fn sign_in(
        &self,
        arrival: Arrival,
        credentials: Credentials,
    ) -> Result<SignedIn, Error> {
        let (this, session) = (self.clone(), self.secret_text());
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let Some(proof) = this.verify(tx, &credentials, &arrival).await? else {
                    return Ok(SignedIn::Refused);
                };
                if let Some(link) = &credentials.link {
                    this.tie(tx, proof.person, &proof.key, link).await?;
                }
                this.admit(tx, proof, &arrival, session).await
            })
        });
        write.await
    }

    /// Checks number and code. Whoever is refused learns nothing from the answer, and little from
    /// the time it took: each way looks a person and a key up, makes codes and writes.
    async fn verify(
        &self,
        tx: &mut Tx,
        credentials: &Credentials,
        arrival: &Arrival,
    ) -> Result<Option<Proof>, Error> {
        let index = self.identifier_index(&credentials.identifier)?;
        let found = match credentials.identifier {
            Identifier::Uin(_) => store::authenticators::find_by_uin(tx, index).await?,
            Identifier::Vid(_) => store::authenticators::find_by_vid(tx, index).await?,
        };
        let Some(person) = found else {
            self.pretend(tx, credentials, "unknown").await?;
            return Ok(None);
        };
        let Some(stored) = store::authenticators::begin_attempt(tx, person.id).await? else {
            self.pretend(tx, credentials, "locked").await?;
            return Ok(None);
        };
        let key = self.0.fields.subject(tx, person.id.as_bytes()).await?;
        let algorithm = Algorithm::from_name(&stored.algorithm);
        let algorithm = algorithm.ok_or(Error::Damaged("authenticator"))?;
        let totp = Totp::new(algorithm, key.open(SECRET, &stored.secret)?);
        match totp.check(&credentials.code, tx.now().unix_seconds(), stored.last_step) {
            Some(step) => {
                store::authenticators::succeed(tx, person.id, stored.id, step).await?;
                Ok(Some(Proof { person, key, method: SignInMethod::Code, by: None }))
            }
            None => {
                let proof = Proof { person, key, method: SignInMethod::Code, by: None };
                self.refuse(tx, &proof, &stored, arrival).await?;
                Ok(None)
            }
        }
    }

    /// The attempt is counted already; what follows from the count is done here.
    async fn refuse(
        &self,
        tx: &mut Tx,
        proof: &Proof,
        stored: &Stored,
        arrival: &Arrival,
    ) -> Result<(), Error> {
        let person = proof.person;
        let detail = json!({ "authenticator": stored.id, "failures": stored.failures });
        let audit = Audit::new(&LOGIN_REFUSED, PERSON, person.reference);
        tx.audit(audit.with(detail)).await?;
        let Some(seconds) = lock_seconds(stored.failures) else {
            return self.note_sign_in(tx, proof, SignInOutcome::Refused, arrival).await;
        };
        self.note_sign_in(tx, proof, SignInOutcome::LockedOut, arrival).await?;
        let until = tx.now().plus_seconds(seconds);
        store::authenticators::lock(tx, person.id, stored.id, until).await?;
        let detail = json!({ "authenticator": stored.id, "seconds": seconds });
        let audit = Audit::new(&AUTHENTICATOR_LOCKED, PERSON, person.reference);
        Ok(tx.audit(audit.with(detail)).await?)
    }

    /// The work of a wrong code, for nobody.
    async fn pretend(
        &self,
        tx: &mut Tx,
        credentials: &Credentials,
        kind: &str,
    ) -> Result<(), Error> {
        match self.0.fields.subject(tx, &NOBODY).await {
            Ok(_) | Err(FieldsError::NoKey) => {}
            Err(error) => return Err(error.into()),
        }
        // What it says does not matter; i64::MAX lets no step pass.
        let _ = self.0.decoy.check(&credentials.code, tx.now().unix_seconds(), i64::MAX);
        Ok(store::authenticators::count_refused(tx, kind).await?)
    }
}
