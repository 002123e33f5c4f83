//! Passkeys: made by somebody who is signed in, then used instead of number and code.

use super::admission::{Arrival, Proof, SignedIn};
use super::challenges::Use;
use super::{Identity, PERSON, sha256};
use crate::error::Error;
use crate::events::{LOGIN_REFUSED, PASSKEY_ADDED, PASSKEY_LOCKED, PASSKEY_REMOVED};
use crate::model::passkey::{Answer, Kept, Made, PASSKEYS_MAX};
use crate::model::person::{Person, PersonId};
use crate::store::passkeys::Stored;
use crate::store::sessions::Session;
use crate::store::{self, Index};
use basis::{Id, Timestamp};
use contracts::identity::{SignInMethod, SignInOutcome};
use credential::base64url;
use credential::throttle::lock_seconds;
use credential::webauthn::{self, Assertion, Expected, Registration};
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::fields::SubjectKey;
use serde::Serialize;
use serde_json::json;

/// Ways to sign in are changed only by somebody who has just signed in: a browser that was left open
/// must not give a stranger a way of their own.
pub(crate) const RECENT_SECONDS: i64 = 10 * 60;

/// What a browser needs to ask for a passkey.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Question {
    /// To be signed; base64url.
    pub(crate) challenge: String,
    /// The host passkeys are bound to.
    pub(crate) rp_id: String,
}

/// What a browser needs to make a passkey.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Enrolment {
    /// As for asking.
    pub(crate) question: Question,
    /// Name of the provider.
    pub(crate) rp_name: String,
    /// What the passkey is to know the person by; base64url.
    pub(crate) user: String,
    /// What it is to show: the end of the card's number.
    pub(crate) user_name: String,
    /// Passkeys that the person has, so that none is made twice on one device; base64url.
    pub(crate) known: Vec<String>,
}

/// A passkey as its owner sees it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PasskeyOut {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) created: Timestamp,
    pub(crate) used: Option<Timestamp>,
}

/// What became of a wish to change the ways to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Changed {
    Done,
    /// Nobody is signed in, or not recently enough.
    SignInFirst,
    /// What came is not good: stale, for somebody else, or known already.
    Refused,
}

impl Identity {
    /// What a sign-in page needs to ask for a passkey; nothing where passkeys cannot be had.
    pub(crate) fn passkey_question(&self, bound_to: &[u8; 32]) -> Result<Option<Question>, Error> {
        self.question(Use::SignIn, bound_to)
    }

    /// Signs a person in by a passkey.
    ///
    /// # Errors
    /// What the database says; an answer that does not verify is no error.
    pub async fn sign_in_with_passkey(
        &self,
        arrival: Arrival,
        answer: Answer,
    ) -> Result<SignedIn, Error> {
        let bound_to = arrival.digest();
        let challenge = self.good_challenge(Use::SignIn, &bound_to, &answer.client_data)?;
        let Some(challenge) = challenge else { return Ok(SignedIn::Refused) };
        let (this, session) = (self.clone(), self.secret_text());
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                match this.verify_passkey(tx, &answer, &challenge, &arrival).await? {
                    Some(proof) => this.admit(tx, proof, &arrival, session).await,
                    None => Ok(SignedIn::Refused),
                }
            })
        });
        write.await
    }

    /// The passkeys of whoever is signed in, with what a browser needs to make another, if they have
    /// signed in recently; nothing if nobody is signed in.
    pub(crate) async fn passkeys(
        &self,
        session: Option<&str>,
    ) -> Result<Option<(Vec<PasskeyOut>, Option<Enrolment>)>, Error> {
        let Some(found) = self.session(session).await? else { return Ok(None) };
        let recent = self.is_recent(&found);
        let bound_to = sha256(session.unwrap_or_default());
        let question = self.question(Use::Enrol, &bound_to)?.filter(|_| recent);
        let this = self.clone();
        let read = self.0.db.read(move |tx| {
            Box::pin(async move {
                let person = found.person;
                let key = this.0.fields.subject(tx, person.id.as_bytes()).await?;
                let (mut shown, mut known) = (Vec::new(), Vec::new());
                for stored in store::passkeys::list(tx, person.id).await? {
                    let kept = open(&key, &stored)?;
                    let Stored { id, created, used, .. } = stored;
                    shown.push(PasskeyOut { id, name: kept.name, created, used });
                    known.push(kept.credential);
                }
                let Some(question) = question else { return Ok((shown, None)) };
                let vid = this.current_vid(tx, person, &key).await?;
                let enrolment = Enrolment {
                    question,
                    rp_name: this.0.deps.name.clone(),
                    user: base64url::encode(this.user_handle(person.id)?),
                    user_name: vid.map_or_else(String::new, |vid| format!("…{}", vid.tail())),
                    known,
                };
                Ok((shown, Some(enrolment)))
            })
        });
        let found: Result<_, Error> = read.await;
        found.map(Some)
    }

    /// Adds a passkey that was made for an [`Enrolment`] of this session.
    pub(crate) async fn add_passkey(
        &self,
        session: Option<&str>,
        made: Made,
        name: String,
    ) -> Result<Changed, Error> {
        let found = self.session(session).await?.filter(|session| self.is_recent(session));
        let Some(found) = found else { return Ok(Changed::SignInFirst) };
        let bound_to = sha256(session.unwrap_or_default());
        let challenge = self.good_challenge(Use::Enrol, &bound_to, &made.client_data)?;
        let (Some(challenge), Some(home)) = (challenge, &self.0.home) else {
            return Ok(Changed::Refused);
        };
        let expected = Expected { rp_id: &home.rp_id, origin: &home.origin, challenge: &challenge };
        let registered = webauthn::register(&made.client_data, &made.attestation_object, &expected);
        let registered = match registered {
            Ok(registered) => registered,
            Err(why) => {
                tracing::info!("A new passkey is refused: {why}");
                return Ok(Changed::Refused);
            }
        };
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                if !this.use_challenge(tx, &challenge).await? {
                    return Ok(Changed::Refused);
                }
                this.insert_passkey(tx, found.person, &registered, &name).await
            })
        });
        write.await
    }

    /// Removes a passkey of whoever is signed in.
    pub(crate) async fn remove_passkey(
        &self,
        session: Option<&str>,
        id: Id,
    ) -> Result<Changed, Error> {
        let found = self.session(session).await?.filter(|session| self.is_recent(session));
        let Some(found) = found else { return Ok(Changed::SignInFirst) };
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                if !store::passkeys::delete(tx, found.person.id, id).await? {
                    return Ok(Changed::Refused);
                }
                let audit = Audit::new(&PASSKEY_REMOVED, PERSON, found.person.reference);
                tx.audit(audit.with(json!({ "passkey": id }))).await?;
                Ok(Changed::Done)
            })
        });
        write.await
    }

    async fn insert_passkey(
        &self,
        tx: &mut Tx,
        person: Person,
        made: &Registration,
        name: &str,
    ) -> Result<Changed, Error> {
        if store::passkeys::list(tx, person.id).await?.len() >= PASSKEYS_MAX {
            return Ok(Changed::Refused);
        }
        let id = tx.mint();
        let key = self.0.fields.subject(tx, person.id.as_bytes()).await?;
        let kept = serde_json::to_vec(&Kept::new(name, &made.id, &made.key));
        let sealed = key.seal(&label(id), &kept.map_err(|_| Error::Damaged("passkey"))?);
        let index = self.credential_index(&made.id)?;
        if !store::passkeys::insert(tx, person.id, id, index, &sealed, made.counter).await? {
            return Ok(Changed::Refused);
        }
        let audit = Audit::new(&PASSKEY_ADDED, PERSON, person.reference);
        tx.audit(audit.with(json!({ "passkey": id }))).await?;
        Ok(Changed::Done)
    }

    /// Checks an answer. A passkey that nobody has cannot be told from one that is locked or did not
    /// verify; its id cannot be guessed either.
    async fn verify_passkey(
        &self,
        tx: &mut Tx,
        answer: &Answer,
        challenge: &[u8],
        arrival: &Arrival,
    ) -> Result<Option<Proof>, Error> {
        let index = self.credential_index(&answer.id)?;
        let Some(stored) = store::passkeys::begin_attempt(tx, index).await? else {
            store::authenticators::count_refused(tx, "unknown").await?;
            return Ok(None);
        };
        let person = store::persons::find(tx, stored.person).await?.ok_or(Error::PersonUnknown)?;
        let key = self.0.fields.subject(tx, person.id.as_bytes()).await?;
        let kept = open(&key, &stored)?;
        let counter = self.check_answer(&stored, &kept, answer, challenge)?;
        let by = Some(kept.name);
        let proof = Proof { person, key, method: SignInMethod::Passkey, by };
        match counter {
            Some(counter) if self.use_challenge(tx, challenge).await? => {
                store::passkeys::succeed(tx, stored.id, counter).await?;
                Ok(Some(proof))
            }
            _ => {
                self.refuse_passkey(tx, &proof, &stored, arrival).await?;
                Ok(None)
            }
        }
    }

    /// The new count of a good answer.
    fn check_answer(
        &self,
        stored: &Stored,
        kept: &Kept,
        answer: &Answer,
        challenge: &[u8],
    ) -> Result<Option<u32>, Error> {
        let Some(home) = &self.0.home else { return Ok(None) };
        if answer.user_handle != self.user_handle(stored.person)? {
            return Ok(None);
        }
        let expected = Expected { rp_id: &home.rp_id, origin: &home.origin, challenge };
        let assertion = Assertion {
            client_data: &answer.client_data,
            authenticator_data: &answer.authenticator_data,
            signature: &answer.signature,
        };
        let key = kept.key().ok_or(Error::Damaged("passkey"))?;
        let counter = u32::try_from(stored.counter).map_err(|_| Error::Damaged("counter"))?;
        let verified = webauthn::verify(&assertion, &key, counter, &expected);
        if let Err(why) = &verified {
            tracing::info!(passkey = %stored.id, "An answer of a passkey is refused: {why}");
        }
        Ok(verified.ok())
    }

    /// As for codes: the attempt is counted already, and too many in a row lock the passkey.
    async fn refuse_passkey(
        &self,
        tx: &mut Tx,
        proof: &Proof,
        stored: &Stored,
        arrival: &Arrival,
    ) -> Result<(), Error> {
        let reference = proof.person.reference;
        let detail = json!({ "passkey": stored.id, "failures": stored.failures });
        tx.audit(Audit::new(&LOGIN_REFUSED, PERSON, reference).with(detail)).await?;
        let Some(seconds) = lock_seconds(stored.failures) else {
            return self.note_sign_in(tx, proof, SignInOutcome::Refused, arrival).await;
        };
        self.note_sign_in(tx, proof, SignInOutcome::LockedOut, arrival).await?;
        let until = tx.now().plus_seconds(seconds);
        store::passkeys::lock(tx, stored.id, until).await?;
        let detail = json!({ "passkey": stored.id, "seconds": seconds });
        Ok(tx.audit(Audit::new(&PASSKEY_LOCKED, PERSON, reference).with(detail)).await?)
    }

    fn question(&self, what: Use, bound_to: &[u8; 32]) -> Result<Option<Question>, Error> {
        let Some(home) = &self.0.home else { return Ok(None) };
        let challenge = self.challenge(what, bound_to)?;
        Ok(Some(Question { challenge, rp_id: home.rp_id.clone() }))
    }

    pub(super) fn is_recent(&self, session: &Session) -> bool {
        self.0.clock.now().seconds_since(session.auth_time) < RECENT_SECONDS
    }

    fn credential_index(&self, id: &[u8]) -> Result<Index, Error> {
        Ok(self.0.fields.blind_index("passkey", &base64url::encode(id))?)
    }

    /// What a person's passkeys know them by. It means nothing elsewhere and is the same for all of
    /// them, so that a new one takes the place of an old one on the same device.
    fn user_handle(&self, person: PersonId) -> Result<[u8; 32], Error> {
        Ok(self.0.fields.blind_index("passkey-user", &person.0.to_string())?)
    }
}

fn open(key: &SubjectKey, stored: &Stored) -> Result<Kept, Error> {
    let kept = key.open(&label(stored.id), &stored.sealed)?;
    serde_json::from_slice(&kept).map_err(|_| Error::Damaged("passkey"))
}

fn label(id: Id) -> String {
    format!("passkey/{id}")
}
