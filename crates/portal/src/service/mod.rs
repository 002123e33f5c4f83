//! Use cases: sign in and out, see who read one's data, answer and withdraw consents.

mod applications;
mod catalogue;
mod grievances;
mod messages;
mod sign_ins;

pub use catalogue::{CATALOGUE_PURPOSE, Offer};

use crate::error::Error;
use crate::model::consents::{Consents, Standing, sort, standing};
use crate::model::reads::{ASKED, Reads, merge};
use crate::model::session::{
    SESSION_SECONDS, SIGN_IN_SECONDS, Sealed, Session, SignIn, new_token, next_page, token_digest,
};
use crate::store::{self, SessionRow};
use crate::{Directory, SESSION_CREATED, SESSION_ENDED, SIGN_IN_REFUSED};
use basis::{Clock, Id, Rng, Timestamp};
use contracts::consent::{ConsentClient, GiveIn, MyAgreement, Receipt};
use contracts::governance::GovernanceClient;
use contracts::identity::IdentityClient;
use contracts::messaging::MessagingClient;
use contracts::reads::{KIND, ReadLog, ReadLogClient, ReadLogQuery};
use contracts::registration::RegistrationClient;
use contracts::{CallContext, CallError, LegalBasis, Pseudonym, ServiceId, SubsystemId};
use futures_util::future::join_all;
use kernel::audit::Audit;
use kernel::db::{Db, DbError};
use kernel::fields::Fields;
use relying_party::{OidcError, RelyingParty};
use std::sync::Arc;
use std::time::Duration;

/// Purpose code of every call the portal makes: a person looks at, or decides about, what is their own.
pub const PURPOSE: &str = "self-access";

/// Who acts, in the audit trail. Which resident it was is not for the trail.
const ACTOR: &str = "resident";

/// The label the session's content is sealed under.
const SESSION_LABEL: &str = "session";

/// A source that has not answered by then is shown as missing: a page must come.
const SOURCE_TIMEOUT: Duration = Duration::from_secs(5);

/// The portal's use cases. Cheap to clone.
#[derive(Clone)]
pub struct Portal {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) fields: Fields,
    pub(crate) relying_party: RelyingParty,
    pub(crate) subsystem: SubsystemId,
    pub(crate) my_consents: ServiceId,
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) consents: ConsentClient,
    pub(crate) read_logs: ReadLogClient,
    pub(crate) registration: RegistrationClient,
    pub(crate) catalogues: catalogue::Kept,
    pub(crate) messaging: MessagingClient,
    pub(crate) my_messages: Option<ServiceId>,
    pub(crate) unread: messages::Unread,
    pub(crate) governance: GovernanceClient,
    pub(crate) identity: IdentityClient,
    pub(crate) my_sign_ins: Option<ServiceId>,
}

/// A sign-in that begins: where to send the resident, and what their browser is to keep meanwhile.
pub struct Begun {
    /// The issuer's page.
    pub url: String,
    /// Cookie value that ties the answer to this browser.
    pub browser: String,
}

/// A sign-in that is complete.
pub struct Completed {
    /// Cookie value of the new session.
    pub token: String,
    /// Where the resident wanted to go.
    pub next: String,
}

/// What the issuer sent back with the resident (RFC 6749 section 4.1.2, RFC 9207).
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct Callback {
    /// Names the sign-in.
    #[serde(default)]
    pub state: String,
    /// The code, if it went well.
    #[serde(default)]
    pub code: String,
    /// The error code, if not.
    pub error: Option<String>,
    /// The issuer's own name.
    pub iss: Option<String>,
}

impl Portal {
    /// Begins a sign-in that ends at the page `next`.
    ///
    /// # Errors
    /// [`Error::Oidc`] if the issuer cannot be asked; [`Error::Db`].
    pub async fn begin_sign_in(&self, next: &str, language: &str) -> Result<Begun, Error> {
        let [state, nonce, verifier, browser] = [(); 4].map(|()| new_token(&self.rng));
        let url = self.relying_party.authorization_url(&state, &nonce, &verifier, language).await?;
        let sign_in = SignIn {
            state: token_digest(&state),
            browser: token_digest(&browser),
            nonce,
            verifier,
            next: next_page(next),
            expires: self.clock.now().plus_seconds(SIGN_IN_SECONDS),
        };
        let kept: Result<(), Error> = self
            .db
            .write(move |tx| {
                Box::pin(async move { Ok(store::insert_sign_in(tx, &sign_in).await?) })
            })
            .await;
        kept?;
        Ok(Begun { url, browser })
    }

    /// Completes a sign-in. `browser` is the cookie that [`Portal::begin_sign_in`] gave; `old` a session token that is
    /// replaced, as a token must not live on from before a sign-in (session fixation).
    ///
    /// # Errors
    /// [`Error::SignInStale`], [`Error::SignInEnded`], [`Error::Oidc`], or a fault.
    pub async fn complete_sign_in(
        &self,
        callback: Callback,
        browser: &str,
        old: Option<&str>,
    ) -> Result<Completed, Error> {
        let state = token_digest(&callback.state);
        let taken: Result<Option<SignIn>, Error> = self
            .db
            .write(move |tx| Box::pin(async move { Ok(store::take_sign_in(tx, &state).await?) }))
            .await;
        let sign_in = taken?.ok_or(Error::SignInStale)?;
        if !sign_in.may_complete(browser, self.clock.now()) {
            return Err(Error::SignInStale);
        }
        if let Some(error) = &callback.error {
            return Err(Error::SignInEnded(relying_party::plain(error)));
        }
        match self.redeem(&callback, &sign_in).await {
            Ok(who) => {
                let token = self.open_session(&who, old).await?;
                Ok(Completed { token, next: sign_in.next })
            }
            Err(error) => {
                self.audit_refusal(&error).await?;
                Err(error)
            }
        }
    }

    /// The session with this token, if it has not ended.
    ///
    /// # Errors
    /// [`Error::Db`], [`Error::Fields`], [`Error::Session`].
    pub async fn find_session(&self, token: &str) -> Result<Option<Session>, Error> {
        let token = token_digest(token);
        let fields = self.fields.clone();
        self.db
            .read(move |tx| {
                Box::pin(async move {
                    let Some(row) = store::find_session(tx, &token).await? else { return Ok(None) };
                    let content =
                        fields.open(tx, &row.resident, SESSION_LABEL, &row.sealed).await?;
                    let sealed: Sealed = serde_json::from_slice(&content)?;
                    Ok(Some(Session { id: row.id, subject: sealed.subject, name: sealed.name }))
                })
            })
            .await
    }

    /// Ends a session, at once and for every copy of its cookie.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn end_session(&self, token: &str) -> Result<(), Error> {
        let token = token_digest(token);
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    if let Some(id) = store::delete_session(tx, &token).await? {
                        tx.audit(Audit::new(&SESSION_ENDED, ACTOR, id)).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// Removes sessions and sign-ins that have expired.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn drop_expired(&self) -> Result<u64, DbError> {
        self.db.write(|tx| Box::pin(async move { store::delete_expired(tx).await })).await
    }

    /// Who keeps data about residents and says who read them.
    pub fn read_sources(&self) -> Vec<ServiceId> {
        self.directory.services(KIND)
    }

    /// Who read the resident's data before `before`, from all these read logs at the same time.
    pub async fn list_reads(
        &self,
        session: &Session,
        sources: Vec<ServiceId>,
        before: Option<Timestamp>,
    ) -> Reads {
        let query = ReadLogQuery { before, limit: Some(ASKED) };
        merge(
            join_all(sources.into_iter().map(|source| self.ask_source(session, source, &query)))
                .await,
        )
    }

    /// Every agreement offered to the resident or answered by them.
    ///
    /// # Errors
    /// [`Error::Consents`].
    pub async fn list_agreements(
        &self,
        session: &Session,
        language: &str,
    ) -> Result<Vec<MyAgreement>, Error> {
        let ask = self.consents.agreements(self.call(session, self.my_consents.clone()), language);
        within(&self.my_consents, ask).await.map_err(Error::Consents)
    }

    /// The same, sorted by what the resident can do about them.
    ///
    /// # Errors
    /// [`Error::Consents`].
    pub async fn list_consents(
        &self,
        session: &Session,
        language: &str,
    ) -> Result<Consents, Error> {
        Ok(sort(self.list_agreements(session, language).await?))
    }

    /// One agreement.
    ///
    /// # Errors
    /// [`Error::AgreementUnknown`], [`Error::Consents`].
    pub async fn find_agreement(
        &self,
        session: &Session,
        id: Id,
        language: &str,
    ) -> Result<MyAgreement, Error> {
        let agreements = self.list_agreements(session, language).await?;
        agreements
            .into_iter()
            .find(|agreement| agreement.agreement == id)
            .ok_or(Error::AgreementUnknown)
    }

    /// Gives or refuses consent to the revision that was shown. `key` makes a form that is sent twice count once.
    ///
    /// # Errors
    /// [`Error::AgreementChanged`], [`Error::AgreementUnknown`], [`Error::Consents`].
    pub async fn give_consent(
        &self,
        session: &Session,
        answer: &GiveIn,
        key: &str,
    ) -> Result<(), Error> {
        let call = self.call(session, self.my_consents.clone());
        let given = within(&self.my_consents, self.consents.give(call, answer, key)).await;
        given.map(drop).map_err(consent_error)
    }

    /// Takes consent back; it counts from this moment.
    ///
    /// # Errors
    /// [`Error::AgreementUnknown`], [`Error::Consents`].
    pub async fn withdraw_consent(
        &self,
        session: &Session,
        agreement: Id,
        language: &str,
    ) -> Result<(), Error> {
        let agreement = self.find_agreement(session, agreement, language).await?;
        // Withdrawn in another tab, or run out meanwhile: what was wanted is so already.
        if standing(&agreement) != Standing::Given {
            return Ok(());
        }
        let record = agreement.answer.ok_or(Error::AgreementUnknown)?.record;
        let call = self.call(session, self.my_consents.clone());
        let withdrawn = within(&self.my_consents, self.consents.withdraw(call, record)).await;
        withdrawn.map(drop).map_err(consent_error)
    }

    /// The resident's proof of an answer, with the agreement it belongs to.
    ///
    /// # Errors
    /// [`Error::AgreementUnknown`], [`Error::Consents`].
    pub async fn find_receipt(
        &self,
        session: &Session,
        agreement: Id,
        language: &str,
    ) -> Result<(MyAgreement, Receipt), Error> {
        let agreement = self.find_agreement(session, agreement, language).await?;
        let record = agreement.answer.as_ref().ok_or(Error::AgreementUnknown)?.record;
        let call = self.call(session, self.my_consents.clone());
        let receipt = within(&self.my_consents, self.consents.receipt(call, record)).await;
        Ok((agreement, receipt.map_err(consent_error)?))
    }

    async fn ask_source(
        &self,
        session: &Session,
        source: ServiceId,
        query: &ReadLogQuery,
    ) -> (ServiceId, Option<ReadLog>) {
        let ask = self.read_logs.read_log(self.call(session, source.clone()), query);
        match within(&source, ask).await {
            Ok(log) => (source, Some(log)),
            Err(error) => {
                tracing::warn!(%source, "A read log is missing from the tracker: {error}");
                (source, None)
            }
        }
    }

    fn call(&self, session: &Session, service: ServiceId) -> CallContext {
        let correlation = Id::mint(&self.clock, &self.rng);
        let basis = LegalBasis::SelfAccess;
        CallContext::new(
            self.subsystem.clone(),
            service,
            PURPOSE,
            basis,
            correlation,
            self.clock.now(),
        )
        .about(session.subject)
    }

    /// Whom fields of the resident are sealed for: an index that no other block can compute.
    fn resident_index(&self, subject: Pseudonym) -> Result<Vec<u8>, Error> {
        Ok(self.fields.blind_index("resident", &subject.0.to_string())?.to_vec())
    }

    async fn redeem(&self, callback: &Callback, sign_in: &SignIn) -> Result<Sealed, Error> {
        self.relying_party.check_issuer(callback.iss.as_deref()).await?;
        let (code, verifier, nonce) = (&callback.code, &sign_in.verifier, &sign_in.nonce);
        let who = self.relying_party.redeem(code, verifier, nonce).await?;
        // What the identity authority calls a resident is their pseudonym in the portal's sector.
        let subject = who.subject.parse().map_err(|_| OidcError::Claim("sub"))?;
        Ok(Sealed { subject: Pseudonym(subject), name: who.name })
    }

    async fn open_session(&self, who: &Sealed, old: Option<&str>) -> Result<String, Error> {
        let token = new_token(&self.rng);
        let stored = token_digest(&token);
        let old = old.map(token_digest);
        let id = Id::mint(&self.clock, &self.rng);
        let resident = self.resident_index(who.subject)?;
        let content = serde_json::to_vec(who)?;
        let expires = self.clock.now().plus_seconds(SESSION_SECONDS);
        let fields = self.fields.clone();
        let opened: Result<(), Error> = self
            .db
            .write(move |tx| {
                Box::pin(async move {
                    if let Some(old) = &old {
                        store::delete_session(tx, old).await?;
                    }
                    let sealed = fields.seal(tx, &resident, SESSION_LABEL, &content).await?;
                    let row = SessionRow { id, resident, sealed };
                    store::insert_session(tx, &stored, &row, expires).await?;
                    tx.audit(Audit::new(&SESSION_CREATED, ACTOR, id)).await?;
                    Ok(())
                })
            })
            .await;
        opened?;
        Ok(token)
    }

    async fn audit_refusal(&self, error: &Error) -> Result<(), Error> {
        let why = serde_json::json!({ "why": error.to_string() });
        let issuer = self.relying_party.issuer().to_owned();
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    tx.audit(Audit::new(&SIGN_IN_REFUSED, ACTOR, issuer).with(why)).await?;
                    Ok(())
                })
            })
            .await
    }
}

/// The call, or a timeout if it takes too long for somebody who waits for a page.
async fn within<T>(
    service: &ServiceId,
    call: impl Future<Output = Result<T, CallError>>,
) -> Result<T, CallError> {
    let timeout = || contracts::WireError::Timeout {
        service: service.clone(),
        seconds: SOURCE_TIMEOUT.as_secs(),
    };
    tokio::time::timeout(SOURCE_TIMEOUT, call).await.unwrap_or_else(|_| Err(timeout().into()))
}

fn consent_error(error: CallError) -> Error {
    if error.is_not_found() {
        return Error::AgreementUnknown;
    }
    match &error {
        CallError::Answered { slug, .. } if slug == "agreement-changed" => Error::AgreementChanged,
        _ => Error::Consents(error),
    }
}
