//! Signing in by the word of another OpenID provider.
//!
//! What has to be remembered while the person is there lies sealed in their own browser. Who comes
//! back is looked up in the crosswalk by issuer and subject. Somebody who is not there yet signs in
//! once with number and code, which ties the two together.

use super::admission::{Arrival, Proof, SignedIn};
use super::persons::crossing_label;
use super::{Identity, PERSON};
use crate::error::Error;
use crate::events::{FOREIGN_LINKED, FOREIGN_REFUSED};
use crate::model::person::Person;
use crate::model::provider::{DOOR_LENGTH_MAX, Link, Pending, Provider, expiry};
use crate::store;
use contracts::identity::SignInMethod;
use credential::base64url;
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::fields::{FieldsError, SubjectKey};
use relying_party::{OidcError, new_token, plain};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

/// Notes in browsers are sealed under this, as there is no person yet.
const NOTES: &[u8] = b"foreign sign-ins";
const PENDING: &str = "foreign/pending";
const LINK: &str = "foreign/link";

/// What became of the wish to sign in elsewhere.
pub(crate) enum Leaving {
    /// There is no such provider, or it is switched off.
    Unknown,
    /// It does not answer as it should.
    Unreachable,
    /// The person may go.
    Begun(Begun),
}

/// A sign-in elsewhere that begins.
pub(crate) struct Begun {
    /// The provider's page.
    pub(crate) url: String,
    /// For the browser to keep.
    pub(crate) note: String,
}

/// What the provider sent back with the person (RFC 6749 section 4.1.2, RFC 9207).
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub(crate) struct Callback {
    /// Names the sign-in.
    #[serde(default)]
    pub(crate) state: String,
    /// The code, if it went well.
    #[serde(default)]
    pub(crate) code: String,
    /// The error code, if not.
    pub(crate) error: Option<String>,
    /// The provider's own name.
    pub(crate) iss: Option<String>,
}

/// What became of it.
pub(crate) enum Returned {
    /// The provider or its answer is no good.
    Refused,
    /// The person is signed in.
    In(SignedIn),
    /// Nobody here is linked to whom the provider means: a note for the browser.
    Unlinked(String),
}

impl Identity {
    /// Begins a sign-in at a provider, for what `door` says.
    pub(crate) async fn begin_foreign(
        &self,
        provider: &str,
        door: String,
        language: &str,
    ) -> Result<Leaving, Error> {
        let Some(provider) = self.provider(provider).await? else { return Ok(Leaving::Unknown) };
        if door.len() > DOOR_LENGTH_MAX {
            return Ok(Leaving::Unknown);
        }
        let [state, nonce, verifier] = [(); 3].map(|()| new_token(&self.0.rng));
        let party = self.party_of(&provider);
        let url = match party.authorization_url(&state, &nonce, &verifier, language).await {
            Ok(url) => url,
            Err(error) => {
                tracing::warn!(provider = provider.id, "No sign-in at a provider: {error}");
                return Ok(Leaving::Unreachable);
            }
        };
        let expires = expiry(self.0.clock.now());
        let pending = Pending { provider: provider.id, state, nonce, verifier, door, expires };
        Ok(Leaving::Begun(Begun { url, note: self.seal_note(PENDING, &pending).await? }))
    }

    /// The sign-in that an answer belongs to: begun in this browser, and not too long ago.
    pub(crate) async fn pending(&self, note: &str, state: &str) -> Result<Option<Pending>, Error> {
        let pending: Option<Pending> = self.open_note(PENDING, note).await?;
        let now = self.0.clock.now();
        Ok(pending.filter(|pending| pending.may_complete(state, now)))
    }

    /// Takes the answer: asks the provider who it was, and lets the person in who is linked.
    pub(crate) async fn complete_foreign(
        &self,
        pending: Pending,
        callback: Callback,
        arrival: Arrival,
    ) -> Result<Returned, Error> {
        let Some(provider) = self.provider(&pending.provider).await? else {
            return Ok(Returned::Refused);
        };
        let subject = match self.ask_provider(&provider, &pending, &callback).await {
            Ok(subject) => subject,
            Err(error) => {
                self.note_refusal(&provider, &error).await?;
                return Ok(Returned::Refused);
            }
        };
        let (this, session, issuer) = (self.clone(), self.secret_text(), provider.issuer.clone());
        let (asked, name) = (subject.clone(), provider.name("en").to_owned());
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let Some(person) = this.find_linked(tx, &issuer, &asked).await? else {
                    return Ok(None);
                };
                let key = this.0.fields.subject(tx, person.id.as_bytes()).await?;
                let (method, by) = (SignInMethod::Foreign, Some(name));
                let proof = Proof { person, key, method, by };
                this.admit(tx, proof, &arrival, session).await.map(Some)
            })
        });
        let admitted: Result<Option<SignedIn>, Error> = write.await;
        if let Some(signed_in) = admitted? {
            return Ok(Returned::In(signed_in));
        }
        let expires = expiry(self.0.clock.now());
        let Provider { id, issuer, .. } = provider;
        let link = Link { provider: id, issuer, subject, expires };
        Ok(Returned::Unlinked(self.seal_note(LINK, &link).await?))
    }

    /// Whom a browser's note says that a provider vouches for, with the provider's name.
    pub(crate) async fn link_in(
        &self,
        note: Option<&str>,
        language: &str,
    ) -> Result<Option<(Link, String)>, Error> {
        let Some(note) = note else { return Ok(None) };
        let link: Option<Link> = self.open_note(LINK, note).await?;
        let now = self.0.clock.now().unix_seconds();
        let Some(link) = link.filter(|link| now < link.expires) else { return Ok(None) };
        let Some(provider) = self.provider(&link.provider).await? else { return Ok(None) };
        let name = provider.name(language).to_owned();
        Ok(Some((link, name)))
    }

    /// Ties somebody who has just proved who they are to whom the provider vouched for.
    pub(super) async fn tie(
        &self,
        tx: &mut Tx,
        person: Person,
        key: &SubjectKey,
        link: &Link,
    ) -> Result<(), Error> {
        let label = crossing_label(&link.issuer);
        let index = self.0.fields.blind_index(&label, &link.subject)?;
        let value = key.seal(&label, link.subject.as_bytes());
        if store::providers::link(tx, person.id, &link.issuer, index, &value).await? {
            let audit = Audit::new(&FOREIGN_LINKED, PERSON, person.reference);
            tx.audit(audit.with(json!({ "provider": link.provider }))).await?;
        }
        Ok(())
    }

    async fn find_linked(
        &self,
        tx: &mut Tx,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<Person>, Error> {
        let index = self.0.fields.blind_index(&crossing_label(issuer), subject)?;
        Ok(store::persons::find_by_crossing(tx, issuer, index).await?)
    }

    async fn ask_provider(
        &self,
        provider: &Provider,
        pending: &Pending,
        callback: &Callback,
    ) -> Result<String, OidcError> {
        let party = self.party_of(provider);
        party.check_issuer(callback.iss.as_deref()).await?;
        if let Some(error) = &callback.error {
            return Err(OidcError::Refused(plain(error)));
        }
        let who = party.redeem(&callback.code, &pending.verifier, &pending.nonce).await?;
        Ok(who.subject)
    }

    async fn note_refusal(&self, provider: &Provider, error: &OidcError) -> Result<(), Error> {
        tracing::info!(provider = provider.id, "A sign-in at a provider came to nothing: {error}");
        let detail = json!({ "why": error.to_string() });
        let audit = Audit::new(&FOREIGN_REFUSED, PERSON, &provider.id).with(detail);
        let write = self.0.db.write(move |tx| Box::pin(async move { tx.audit(audit).await }));
        Ok(write.await?)
    }

    async fn seal_note(&self, label: &'static str, note: &impl Serialize) -> Result<String, Error> {
        let bytes = serde_json::to_vec(note).map_err(|_| Error::Damaged("note"))?;
        let fields = self.0.fields.clone();
        let write = self
            .0
            .db
            .write(move |tx| Box::pin(async move { fields.seal(tx, NOTES, label, &bytes).await }));
        let sealed: Result<Vec<u8>, FieldsError> = write.await;
        Ok(base64url::encode(sealed?))
    }

    async fn open_note<T: DeserializeOwned>(
        &self,
        label: &'static str,
        note: &str,
    ) -> Result<Option<T>, Error> {
        let Ok(sealed) = base64url::decode(note, "note") else { return Ok(None) };
        let fields = self.0.fields.clone();
        let read = self
            .0
            .db
            .read(move |tx| Box::pin(async move { fields.open(tx, NOTES, label, &sealed).await }));
        match read.await {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(FieldsError::Damaged(_) | FieldsError::NoKey) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
