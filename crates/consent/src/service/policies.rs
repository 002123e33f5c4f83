//! Policies: create, change, delete, read.

use super::{Consent, audit_revision, code_taken};
use crate::error::Error;
use crate::events;
use crate::model::actor::Actor;
use crate::model::policy::{Policy, PolicyTerms};
use crate::model::reference::{Code, Reference};
use crate::model::revision::{Revision, Schema};
use crate::store::{self, Page};
use basis::Id;
use kernel::db::Tx;

/// A policy at one of its revisions.
#[derive(Clone, Debug)]
pub struct PolicyView {
    /// Where it stands.
    pub policy: Policy,
    /// What it says at `revision`.
    pub terms: PolicyTerms,
    /// The revision.
    pub revision: Revision,
}

impl Consent {
    /// Creates a policy.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the field; [`Error::CodeTaken`].
    pub async fn create_policy(
        &self,
        actor: Actor,
        code: Option<Code>,
        terms: PolicyTerms,
    ) -> Result<PolicyView, Error> {
        terms.check()?;
        let sealer = self.sealer()?;
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    let id = tx.mint();
                    let data = serde_json::to_value(&terms)?;
                    let revision = sealer.revise(tx, Schema::Policy, id, &data, &actor).await?;
                    let policy = Policy { id, code, deleted: false, latest: revision.id };
                    store::policies::insert(tx, &policy).await?;
                    audit_revision(tx, &events::POLICY_CREATED, &actor, &revision).await?;
                    Ok(PolicyView { policy, terms, revision })
                })
            })
            .await
            .map_err(code_taken)
    }

    /// Changes what a policy says. Agreements stay with the revision they name.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::PolicyUnknown`], [`Error::PolicyDeleted`].
    pub async fn update_policy(
        &self,
        actor: Actor,
        policy: Reference,
        terms: PolicyTerms,
    ) -> Result<PolicyView, Error> {
        terms.check()?;
        let sealer = self.sealer()?;
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    let before = load_locked(tx, &policy).await?;
                    let data = serde_json::to_value(&terms)?;
                    let revision =
                        sealer.revise(tx, Schema::Policy, before.id, &data, &actor).await?;
                    let policy = Policy { latest: revision.id, ..before };
                    store::policies::update(tx, &policy).await?;
                    audit_revision(tx, &events::POLICY_UPDATED, &actor, &revision).await?;
                    Ok(PolicyView { policy, terms, revision })
                })
            })
            .await
    }

    /// Deletes a policy: nothing can be put under it any more. Its revisions stay readable.
    /// Answers the revision that records the deletion.
    ///
    /// # Errors
    /// [`Error::PolicyUnknown`], [`Error::PolicyDeleted`]; [`Error::PolicyInUse`] while a
    /// published agreement stands under it.
    pub async fn delete_policy(&self, actor: Actor, policy: Reference) -> Result<Revision, Error> {
        let sealer = self.sealer()?;
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    let before = load_locked(tx, &policy).await?;
                    if store::policies::is_in_use(tx, before.id).await? {
                        return Err(Error::PolicyInUse);
                    }
                    let last = store::revisions::find(tx, before.id, before.latest).await?;
                    let mut data = last.ok_or(Error::RevisionUnknown)?.data()?;
                    data["deleted"] = true.into();
                    let revision =
                        sealer.revise(tx, Schema::Policy, before.id, &data, &actor).await?;
                    let policy = Policy { deleted: true, latest: revision.id, ..before };
                    store::policies::update(tx, &policy).await?;
                    audit_revision(tx, &events::POLICY_DELETED, &actor, &revision).await?;
                    Ok(revision)
                })
            })
            .await
    }

    /// A policy at its latest revision, or at the one asked for.
    ///
    /// # Errors
    /// [`Error::PolicyUnknown`], [`Error::RevisionUnknown`].
    pub async fn policy(
        &self,
        policy: Reference,
        revision: Option<Id>,
    ) -> Result<PolicyView, Error> {
        self.db
            .read(move |tx| {
                Box::pin(async move {
                    let policy = load(tx, &policy).await?;
                    let revision = revision.unwrap_or(policy.latest);
                    view(tx, policy, revision).await
                })
            })
            .await
    }

    /// The policy that has this revision, at it; none if no policy has it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn policy_of_revision(&self, revision: Id) -> Result<Option<PolicyView>, Error> {
        self.db
            .read(move |tx| {
                Box::pin(async move {
                    let Some(object) = store::revisions::find_object(tx, revision).await? else {
                        return Ok(None);
                    };
                    let Some(policy) = store::policies::find(tx, &object.into()).await? else {
                        return Ok(None);
                    };
                    Ok(Some(view(tx, policy, revision).await?))
                })
            })
            .await
    }

    /// Policies at their latest revisions, without the deleted ones.
    ///
    /// # Errors
    /// What the database says.
    pub async fn policies(&self, page: Page) -> Result<Vec<PolicyView>, Error> {
        self.db
            .read(move |tx| {
                Box::pin(async move {
                    let mut views = Vec::new();
                    for policy in store::policies::list(tx, page).await? {
                        let latest = policy.latest;
                        views.push(view(tx, policy, latest).await?);
                    }
                    Ok(views)
                })
            })
            .await
    }

    /// A policy's revisions, oldest first.
    ///
    /// # Errors
    /// [`Error::PolicyUnknown`].
    pub async fn policy_revisions(
        &self,
        policy: Reference,
        page: Page,
    ) -> Result<Vec<Revision>, Error> {
        self.db
            .read(move |tx| {
                Box::pin(async move {
                    let policy = load(tx, &policy).await?;
                    Ok(store::revisions::list(tx, policy.id, page).await?)
                })
            })
            .await
    }
}

/// The policy an agreement is to stand under, which must not be deleted before the agreement is
/// written.
pub(super) async fn load_locked(tx: &mut Tx, policy: &Reference) -> Result<Policy, Error> {
    let found = load(tx, policy).await?;
    tx.lock(&format!("policy:{}", found.id)).await?;
    let found = load(tx, &found.id.into()).await?;
    match found.deleted {
        true => Err(Error::PolicyDeleted),
        false => Ok(found),
    }
}

async fn load(tx: &mut Tx, policy: &Reference) -> Result<Policy, Error> {
    store::policies::find(tx, policy).await?.ok_or(Error::PolicyUnknown)
}

pub(super) async fn view(tx: &mut Tx, policy: Policy, revision: Id) -> Result<PolicyView, Error> {
    let revision = store::revisions::find(tx, policy.id, revision).await?;
    let revision = revision.ok_or(Error::RevisionUnknown)?;
    let terms = serde_json::from_value(revision.data()?)?;
    Ok(PolicyView { policy, terms, revision })
}
