//! Signing in: from a relying party's request to the code it gets back.
//!
//! How a person proves who they are stands in `codes`, `passkeys` and `foreign`; what follows from a
//! good proof in `admission`.

use super::{Identity, PERSON, sha256};
use crate::error::Error;
use crate::events::{CLAIMS_REFUSED, CODE_ISSUED, LOGIN_ENDED};
use crate::model::claims::Claim;
use crate::model::client::RelyingParty;
use crate::model::request::{
    self, ACCESS_DENIED, CONSENT_REQUIRED, LOGIN_REQUIRED, Parameters, Refusal, SignInRequest,
    Unanswerable,
};
use crate::store;
use crate::store::grants::New;
use crate::store::sessions::Session;
use basis::Id;
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::fields::SubjectKey;
use serde_json::json;

/// How long a browser stays signed in.
pub(crate) const SESSION_SECONDS: i64 = 30 * 60;
/// How long a code may be exchanged (RFC 6749 section 4.1.2 asks for ten minutes at most).
const CODE_SECONDS: i64 = 60;

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
                let sessions =
                    store::sessions::purge(tx).await? + store::passkeys::purge(tx).await?;
                let ended = tx.now().plus_seconds(-KEEP_GRANTS_SECONDS);
                Ok(sessions + store::grants::purge(tx, ended).await?)
            })
        });
        write.await
    }

    pub(super) async fn session(&self, session: Option<&str>) -> Result<Option<Session>, Error> {
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
                let key = this.0.fields.subject(tx, session.person.id.as_bytes()).await?;
                this.insert_grant(tx, &asked, session, &key, claims).await
            })
        });
        write.await
    }

    /// Writes the grant with its code; answers where to send the browser.
    pub(super) async fn insert_grant(
        &self,
        tx: &mut Tx,
        asked: &Asked,
        session: Session,
        key: &SubjectKey,
        claims: Vec<Claim>,
    ) -> Result<String, Error> {
        let Session { person, auth_time, method, .. } = session;
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
            method,
            expires: tx.now().plus_seconds(CODE_SECONDS),
        };
        store::grants::insert(tx, &new).await?;
        tx.audit(Audit::new(&CODE_ISSUED, PERSON, person.reference).with(detail)).await?;
        let answer = [("code", code.as_str())];
        let state = request.state.as_deref();
        Ok(request::answer_uri(&request.redirect_uri, &answer, state, &self.0.issuer))
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
