//! Data agreements: create, change, publish, terminate, read.

use super::{Consent, audit_revision, code_taken, policies};
use crate::error::Error;
use crate::events;
use crate::model::actor::Actor;
use crate::model::agreement::{Agreement, AgreementState, AgreementTerms, Offer, PolicyAt};
use crate::model::reference::{Code, Reference};
use crate::model::revision::{Revision, Schema};
use crate::store::{self, Page};
use basis::Id;
use kernel::audit::AuditEvent;
use kernel::db::Tx;

/// What an officer writes about an agreement.
#[derive(Clone, Debug)]
pub struct AgreementDraft {
    /// What it is to say; its `policy` is filled in from the next member.
    pub terms: AgreementTerms,
    /// The policy it stands under, at that policy's latest revision.
    pub policy: Option<Reference>,
    /// Whether residents are to be asked: true publishes this revision, false stops offering the
    /// agreement, none leaves that as it is.
    pub offered: Option<bool>,
}

/// An agreement at one of its revisions.
#[derive(Clone, Debug)]
pub struct AgreementView {
    /// Where it stands.
    pub agreement: Agreement,
    /// What it says at `revision`.
    pub terms: AgreementTerms,
    /// The revision.
    pub revision: Revision,
}

impl Consent {
    /// Creates an agreement, as a draft unless it is to be offered at once.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the field; [`Error::CodeTaken`]; [`Error::PolicyUnknown`],
    /// [`Error::PolicyDeleted`].
    pub async fn create_agreement(
        &self,
        actor: Actor,
        code: Option<Code>,
        draft: AgreementDraft,
    ) -> Result<AgreementView, Error> {
        draft.terms.check()?;
        let sealer = self.sealer()?;
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    let terms = with_policy(tx, &draft).await?;
                    let id = tx.mint();
                    let data = serde_json::to_value(&terms)?;
                    let revision =
                        sealer.revise(tx, Schema::DataAgreement, id, &data, &actor).await?;
                    audit_revision(tx, &events::AGREEMENT_CREATED, &actor, &revision).await?;
                    let agreement = Agreement::draft(id, code, revision.id);
                    store::agreements::insert(tx, &agreement, None).await?;
                    let view = AgreementView { agreement, terms, revision };
                    offer(tx, &actor, view, draft.offered).await
                })
            })
            .await
            .map_err(code_taken)
    }

    /// Changes what an agreement says. Residents see the change once it is published; consents
    /// given to an earlier revision cover what that one said.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::AgreementUnknown`], [`Error::Agreement`],
    /// [`Error::PolicyUnknown`], [`Error::PolicyDeleted`].
    pub async fn update_agreement(
        &self,
        actor: Actor,
        agreement: Reference,
        draft: AgreementDraft,
    ) -> Result<AgreementView, Error> {
        draft.terms.check()?;
        let sealer = self.sealer()?;
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    let before = load_locked(tx, &agreement).await?;
                    let terms = with_policy(tx, &draft).await?;
                    let data = serde_json::to_value(&terms)?;
                    let schema = Schema::DataAgreement;
                    let revision = sealer.revise(tx, schema, before.id, &data, &actor).await?;
                    audit_revision(tx, &events::AGREEMENT_UPDATED, &actor, &revision).await?;
                    let agreement = before.revised(revision.id)?;
                    save(tx, &agreement).await?;
                    let view = AgreementView { agreement, terms, revision };
                    offer(tx, &actor, view, draft.offered).await
                })
            })
            .await
    }

    /// Offers the latest revision of an agreement to residents.
    ///
    /// # Errors
    /// [`Error::AgreementUnknown`], [`Error::Agreement`].
    pub async fn publish_agreement(
        &self,
        actor: Actor,
        agreement: Reference,
    ) -> Result<AgreementView, Error> {
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    let before = load_locked(tx, &agreement).await?;
                    let latest = before.latest;
                    let view = view(tx, before, latest).await?;
                    offer(tx, &actor, view, Some(true)).await
                })
            })
            .await
    }

    /// Ends an agreement for good: the next verification of any consent to it says no. Answers the
    /// revision that records the end.
    ///
    /// # Errors
    /// [`Error::AgreementUnknown`]; [`Error::Agreement`] when it has ended before.
    pub async fn terminate_agreement(
        &self,
        actor: Actor,
        agreement: Reference,
    ) -> Result<AgreementView, Error> {
        let sealer = self.sealer()?;
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    let before = load_locked(tx, &agreement).await?;
                    let latest = before.latest;
                    let before = view(tx, before, latest).await?;
                    let mut data = before.revision.data()?;
                    data["terminated"] = true.into();
                    let (schema, id) = (Schema::DataAgreement, before.agreement.id);
                    let revision = sealer.revise(tx, schema, id, &data, &actor).await?;
                    let agreement = before.agreement.revised(revision.id)?.terminated()?;
                    save(tx, &agreement).await?;
                    audit_revision(tx, &events::AGREEMENT_TERMINATED, &actor, &revision).await?;
                    tx.emit(&events::agreement_terminated(id)).await?;
                    Ok(AgreementView { agreement, revision, ..before })
                })
            })
            .await
    }

    /// An agreement at its latest revision.
    ///
    /// # Errors
    /// [`Error::AgreementUnknown`].
    pub async fn agreement(&self, agreement: Reference) -> Result<AgreementView, Error> {
        self.db
            .read(move |tx| {
                Box::pin(async move {
                    let agreement = load(tx, &agreement).await?;
                    let latest = agreement.latest;
                    view(tx, agreement, latest).await
                })
            })
            .await
    }

    /// An agreement as it is offered to residents: what anyone may read.
    ///
    /// # Errors
    /// [`Error::AgreementUnknown`], also when it is not offered.
    pub async fn offered_agreement(&self, agreement: Reference) -> Result<AgreementView, Error> {
        self.db.read(move |tx| Box::pin(async move { offered(tx, &agreement).await })).await
    }

    /// Agreements at their latest revisions, in the order in which they were created.
    ///
    /// # Errors
    /// What the database says.
    pub async fn agreements(&self, page: Page) -> Result<Vec<AgreementView>, Error> {
        self.db
            .read(move |tx| {
                Box::pin(async move {
                    let mut views = Vec::new();
                    for agreement in store::agreements::list(tx, page).await? {
                        let latest = agreement.latest;
                        views.push(view(tx, agreement, latest).await?);
                    }
                    Ok(views)
                })
            })
            .await
    }

    /// Agreements as they are offered to residents.
    ///
    /// # Errors
    /// What the database says.
    pub async fn offered_agreements(&self, page: Page) -> Result<Vec<AgreementView>, Error> {
        self.db
            .read(move |tx| {
                Box::pin(async move {
                    let mut views = Vec::new();
                    for agreement in store::agreements::list_published(tx, page).await? {
                        let shown = agreement.published.unwrap_or(agreement.latest);
                        views.push(view(tx, agreement, shown).await?);
                    }
                    Ok(views)
                })
            })
            .await
    }
}

impl AgreementView {
    /// What a person consents to who answers now.
    #[must_use]
    pub fn offer(&self) -> Offer {
        Offer {
            agreement: self.agreement.id,
            revision: self.revision.id,
            hash: self.revision.hash,
            terms: self.terms.clone(),
        }
    }
}

/// An agreement at the revision that is offered.
pub(super) async fn offered(tx: &mut Tx, agreement: &Reference) -> Result<AgreementView, Error> {
    let agreement = load(tx, agreement).await?;
    let published = agreement.published.ok_or(Error::AgreementUnknown)?;
    view(tx, agreement, published).await
}

pub(super) async fn load(tx: &mut Tx, agreement: &Reference) -> Result<Agreement, Error> {
    store::agreements::find(tx, agreement).await?.ok_or(Error::AgreementUnknown)
}

pub(super) async fn view(
    tx: &mut Tx,
    agreement: Agreement,
    revision: Id,
) -> Result<AgreementView, Error> {
    let revision = store::revisions::find(tx, agreement.id, revision).await?;
    let revision = revision.ok_or(Error::RevisionUnknown)?;
    let terms = serde_json::from_value(revision.data()?)?;
    Ok(AgreementView { agreement, terms, revision })
}

async fn load_locked(tx: &mut Tx, agreement: &Reference) -> Result<Agreement, Error> {
    let found = load(tx, agreement).await?;
    tx.lock(&format!("data_agreement:{}", found.id)).await?;
    load(tx, &found.id.into()).await
}

async fn with_policy(tx: &mut Tx, draft: &AgreementDraft) -> Result<AgreementTerms, Error> {
    let policy = match &draft.policy {
        Some(policy) => Some(policies::load_locked(tx, policy).await?),
        None => None,
    };
    let policy = match policy {
        Some(policy) => {
            let (id, revision) = (policy.id, policy.latest);
            let terms = policies::view(tx, policy, revision).await?.terms;
            Some(PolicyAt { id, revision, terms })
        }
        None => None,
    };
    Ok(AgreementTerms { policy, ..draft.terms.clone() })
}

/// Publishes the agreement at its latest revision, stops offering it, or leaves it.
async fn offer(
    tx: &mut Tx,
    actor: &Actor,
    view: AgreementView,
    offered: Option<bool>,
) -> Result<AgreementView, Error> {
    let was_offered = view.agreement.state == AgreementState::Published;
    let (event, agreement): (&'static AuditEvent, _) = match offered {
        Some(true) => (&events::AGREEMENT_PUBLISHED, view.agreement.published()?),
        Some(false) if was_offered => {
            (&events::AGREEMENT_UNPUBLISHED, view.agreement.unpublished()?)
        }
        Some(false) | None => return Ok(view),
    };
    save(tx, &agreement).await?;
    audit_revision(tx, event, actor, &view.revision).await?;
    Ok(AgreementView { agreement, ..view })
}

/// Writes where an agreement stands, with the policy its published revision stands under.
async fn save(tx: &mut Tx, agreement: &Agreement) -> Result<(), Error> {
    let policy = match agreement.published {
        Some(published) => {
            view(tx, agreement.clone(), published).await?.terms.policy.map(|policy| policy.id)
        }
        None => None,
    };
    // A policy that was deleted since the draft was written cannot come into force with it.
    if let Some(policy) = policy {
        policies::load_locked(tx, &policy.into()).await?;
    }
    Ok(store::agreements::update(tx, agreement, policy).await?)
}
