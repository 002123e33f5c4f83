//! Signing in: from a relying party's request to the code it gets back.
//!
//! A sign-in writes once: the transaction that finds the code good also makes the session and, when
//! no more is asked for than that the person is there, the code for the relying party.

use super::authenticators::SECRET;
use super::{Identity, sha256};
use crate::error::Error;
use crate::events::{
    AUTHENTICATOR_LOCKED, CLAIMS_REFUSED, CODE_ISSUED, LOGIN_ENDED, LOGIN_REFUSED, LOGIN_SUCCEEDED,
};
use crate::model::claims::Claim;
use crate::model::client::RelyingParty;
use crate::model::number::Identifier;
use crate::model::person::Person;
use crate::model::request::{
    self, ACCESS_DENIED, CONSENT_REQUIRED, LOGIN_REQUIRED, Parameters, Refusal, SignInRequest,
    Unanswerable,
};
use crate::store::authenticators::Stored;
use crate::store::grants::New;
use crate::store::sessions::Session;
use crate::store::{self};
use basis::{Id, Timestamp};
use credential::throttle::lock_seconds;
use credential::totp::{Algorithm, Totp};
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::fields::{FieldsError, SubjectKey};
use serde_json::json;

/// How long a browser stays signed in.
pub(crate) const SESSION_SECONDS: i64 = 30 * 60;
/// How long a code may be exchanged (RFC 6749 section 4.1.2 asks for ten minutes at most).
const CODE_SECONDS: i64 = 60;
/// Who acts, in audit rows.
const PERSON: &str = "person";
/// The subject whose key is looked for when there is nobody, so that the work is alike.
const NOBODY: [u8; 16] = [0; 16];

/// What became of a request.
#[derive(Debug)]
pub enum Judged {
    /// Show a page; nobody is sent anywhere.
    Unanswerable(Unanswerable),
    /// Send the browser to this address of the relying party, with the error in it.
    Refused(String),
    /// Go on.
    Sound(Box<Asked>),
}

/// A sound request with its relying party.
#[derive(Clone, Debug)]
pub struct Asked {
    /// As sent.
    pub parameters: Parameters,
    /// Who asks.
    pub party: RelyingParty,
    /// As judged.
    pub request: SignInRequest,
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authorized {
    /// Ask for number and code.
    SignIn,
    /// Ask whether the claims may go out.
    Claims,
    /// Send the browser to this address of the relying party.
    Answered(String),
}

/// What a person typed.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Who they say they are.
    pub identifier: Identifier,
    /// The code of their app.
    pub code: String,
    /// The session the browser came with, which ends.
    pub session: Option<String>,
}

/// What became of a sign-in.
#[derive(Clone, PartialEq, Eq)]
pub enum SignedIn {
    /// Number or code is wrong, or the authenticator is locked. Which of them is told to nobody.
    Refused,
    /// The person is signed in.
    In {
        /// For the cookie.
        session: String,
        /// Where to send the browser; none when the claims are to be asked for first.
        location: Option<String>,
    },
}

impl Identity {
    /// Judges a request by its query.
    ///
    /// # Errors
    /// What the database says.
    pub async fn judge(&self, query: &str) -> Result<Judged, Error> {
        let parameters = match Parameters::parse(query) {
            Ok(parameters) => parameters,
            Err(why) => return Ok(Judged::Unanswerable(why)),
        };
        let client_id = match parameters.client_id() {
            Ok(client_id) => client_id,
            Err(why) => return Ok(Judged::Unanswerable(why)),
        };
        let Some(party) = self.party(client_id).await? else {
            return Ok(Judged::Unanswerable(Unanswerable::ClientUnknown));
        };
        let redirect_uri = match parameters.redirect_uri(&party) {
            Ok(uri) => uri,
            Err(why) => return Ok(Judged::Unanswerable(why)),
        };
        match request::check(&parameters, &party) {
            Ok(request) => Ok(Judged::Sound(Box::new(Asked { request, party, parameters }))),
            Err(refusal) => {
                let location = self.refusal_uri(redirect_uri, parameters.state(), refusal);
                Ok(Judged::Refused(location))
            }
        }
    }

    /// Decides what comes next for a browser with this session cookie.
    ///
    /// # Errors
    /// What the database says.
    pub async fn authorize(
        &self,
        asked: &Asked,
        session: Option<&str>,
    ) -> Result<Authorized, Error> {
        let request = &asked.request;
        let Some(found) = self.fitting_session(asked, session).await? else {
            if request.prompt.none {
                return Ok(Authorized::Answered(self.refused(request, LOGIN_REQUIRED)));
            }
            return Ok(Authorized::SignIn);
        };
        if !request.wants_profile() {
            return Ok(Authorized::Answered(self.issue_code(asked, found, Vec::new()).await?));
        }
        if request.prompt.none {
            return Ok(Authorized::Answered(self.refused(request, CONSENT_REQUIRED)));
        }
        Ok(Authorized::Claims)
    }

    /// Signs a person in by number and code.
    ///
    /// # Errors
    /// What the database says; a wrong code is no error.
    pub async fn sign_in(
        &self,
        asked: &Asked,
        credentials: Credentials,
    ) -> Result<SignedIn, Error> {
        let session = self.secret_text();
        let (this, asked) = (self.clone(), asked.clone());
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let verified = this.verify(tx, &credentials).await?;
                let Some((person, key)) = verified else { return Ok(SignedIn::Refused) };
                if let Some(old) = &credentials.session {
                    store::sessions::delete(tx, sha256(old)).await?;
                }
                let now = tx.now();
                let (token, digest) = (sha256(&session), asked.parameters.digest());
                let expires = now.plus_seconds(SESSION_SECONDS);
                store::sessions::insert(tx, token, person.id, digest, expires).await?;
                let detail = json!({ "client": asked.party.id });
                let audit = Audit::new(&LOGIN_SUCCEEDED, PERSON, person.reference);
                tx.audit(audit.with(detail)).await?;
                let location = match asked.request.wants_profile() {
                    true => None,
                    false => Some(this.insert_grant(tx, &asked, person, &key, now, vec![]).await?),
                };
                Ok(SignedIn::In { session, location })
            })
        });
        write.await
    }

    /// Acts on what the person said about the claims; answers where to send the browser, or nothing
    /// when its session will not do and the person has to sign in.
    ///
    /// # Errors
    /// What the database says.
    pub async fn decide_claims(
        &self,
        asked: &Asked,
        session: Option<&str>,
        allowed: bool,
    ) -> Result<Option<String>, Error> {
        let Some(session) = self.fitting_session(asked, session).await? else { return Ok(None) };
        if allowed {
            let claims = Claim::PROFILE.to_vec();
            return self.issue_code(asked, session, claims).await.map(Some);
        }
        let detail = json!({ "client": asked.party.id });
        let audit = Audit::new(&CLAIMS_REFUSED, PERSON, session.person.reference).with(detail);
        let write = self.0.db.write(move |tx| Box::pin(async move { tx.audit(audit).await }));
        write.await?;
        Ok(Some(self.refused(&asked.request, ACCESS_DENIED)))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sign_out(&self, session: &str) -> Result<(), Error> {
        let token = sha256(session);
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let Some(found) = store::sessions::find(tx, token).await? else { return Ok(()) };
                store::sessions::delete(tx, token).await?;
                Ok(tx.audit(Audit::new(&LOGIN_ENDED, PERSON, found.person.reference)).await?)
            })
        });
        write.await
    }

    /// Whether a cookie stands for a running session.
    ///
    /// # Errors
    /// What the database says.
    pub async fn is_signed_in(&self, session: Option<&str>) -> Result<bool, Error> {
        Ok(self.session(session).await?.is_some())
    }

    /// Drops sessions, codes and assertions whose time is over; answers how many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn purge(&self) -> Result<u64, Error> {
        /// Long after the last token of a grant is void.
        const KEEP_GRANTS_SECONDS: i64 = 24 * 60 * 60;
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let sessions = store::sessions::purge(tx).await?;
                let ended = tx.now().plus_seconds(-KEEP_GRANTS_SECONDS);
                Ok(sessions + store::grants::purge(tx, ended).await?)
            })
        });
        write.await
    }

    async fn session(&self, session: Option<&str>) -> Result<Option<Session>, Error> {
        let Some(token) = session.map(sha256) else { return Ok(None) };
        let read = self
            .0
            .db
            .read(move |tx| Box::pin(async move { store::sessions::find(tx, token).await }));
        Ok(read.await?)
    }

    async fn fitting_session(
        &self,
        asked: &Asked,
        session: Option<&str>,
    ) -> Result<Option<Session>, Error> {
        let (digest, now) = (asked.parameters.digest(), self.0.clock.now());
        let fits =
            |found: &Session| asked.request.accepts(found.auth_time, found.request == digest, now);
        Ok(self.session(session).await?.filter(fits))
    }

    async fn issue_code(
        &self,
        asked: &Asked,
        session: Session,
        claims: Vec<Claim>,
    ) -> Result<String, Error> {
        let (this, asked) = (self.clone(), asked.clone());
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let (person, auth_time) = (session.person, session.auth_time);
                let key = this.0.fields.subject(tx, person.id.as_bytes()).await?;
                this.insert_grant(tx, &asked, person, &key, auth_time, claims).await
            })
        });
        write.await
    }

    /// Writes the grant with its code; answers where to send the browser.
    async fn insert_grant(
        &self,
        tx: &mut Tx,
        asked: &Asked,
        person: Person,
        key: &SubjectKey,
        auth_time: Timestamp,
        claims: Vec<Claim>,
    ) -> Result<String, Error> {
        let (code, id, request) = (self.secret_text(), tx.mint(), &asked.request);
        let detail =
            json!({ "client": asked.party.id, "grant": id, "claims": Claim::to_list(&claims) });
        let seal = |nonce: &String| key.seal(&nonce_label(id), nonce.as_bytes());
        let new = New {
            id,
            code: sha256(&code),
            relying_party: asked.party.id.clone(),
            person: person.id,
            redirect_uri: request.redirect_uri.clone(),
            challenge: request.challenge.clone(),
            // The relying party keeps the nonce too; sealed, the two cannot be joined.
            nonce: request.nonce.as_ref().map(seal),
            scope: request.scope(),
            claims,
            auth_time,
            expires: tx.now().plus_seconds(CODE_SECONDS),
        };
        store::grants::insert(tx, &new).await?;
        tx.audit(Audit::new(&CODE_ISSUED, PERSON, person.reference).with(detail)).await?;
        let answer = [("code", code.as_str())];
        let state = request.state.as_deref();
        Ok(request::answer_uri(&request.redirect_uri, &answer, state, &self.0.issuer))
    }

    /// Checks number and code. Whoever is refused learns nothing from the answer, and little from
    /// the time it took: each way looks a person and a key up, makes codes and writes.
    async fn verify(
        &self,
        tx: &mut Tx,
        credentials: &Credentials,
    ) -> Result<Option<(Person, SubjectKey)>, Error> {
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
                Ok(Some((person, key)))
            }
            None => {
                self.refuse(tx, person, &stored).await?;
                Ok(None)
            }
        }
    }

    /// The attempt is counted already; what follows from the count is done here.
    async fn refuse(&self, tx: &mut Tx, person: Person, stored: &Stored) -> Result<(), Error> {
        let detail = json!({ "authenticator": stored.id, "failures": stored.failures });
        let audit = Audit::new(&LOGIN_REFUSED, PERSON, person.reference);
        tx.audit(audit.with(detail)).await?;
        let Some(seconds) = lock_seconds(stored.failures) else { return Ok(()) };
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

    fn refused(&self, request: &SignInRequest, refusal: Refusal) -> String {
        self.refusal_uri(&request.redirect_uri, request.state.as_deref(), refusal)
    }

    fn refusal_uri(&self, redirect_uri: &str, state: Option<&str>, refusal: Refusal) -> String {
        let answer = [("error", refusal.error), ("error_description", refusal.description)];
        request::answer_uri(redirect_uri, &answer, state, &self.0.issuer)
    }
}

/// Label of a grant's sealed nonce.
pub(super) fn nonce_label(grant: Id) -> String {
    format!("nonce/{grant}")
}
