//! The history of an object: its revisions, and whether they are what was once recorded.

use super::{Consent, agreements};
use crate::error::Error;
use crate::model::record::Record;
use crate::model::reference::Reference;
use crate::model::revision::{self, ChainFault, Revision};
use crate::store::{self, Page};
use basis::Id;
use contracts::Pseudonym;
use contracts::consent::{Receipt, ReceiptEntry};
use kernel::db::Tx;

/// An object's revisions, oldest first, and what checking them found.
#[derive(Clone, Debug)]
pub struct History {
    /// The revisions.
    pub revisions: Vec<Revision>,
    /// The first fault, if the history is not what was recorded.
    pub fault: Option<ChainFault>,
}

impl Consent {
    /// The history of an agreement.
    ///
    /// # Errors
    /// [`Error::AgreementUnknown`]. A fault found is part of the answer.
    pub async fn agreement_history(&self, agreement: Reference) -> Result<History, Error> {
        let (revisions, latest) = self
            .db
            .read(move |tx| {
                Box::pin(async move {
                    let agreement = agreements::load(tx, &agreement).await?;
                    let revisions = all(tx, agreement.id).await?;
                    Ok::<_, Error>((revisions, agreement.latest))
                })
            })
            .await?;
        self.checked(revisions, latest)
    }

    /// The history of a record, for auditors.
    ///
    /// # Errors
    /// [`Error::RecordUnknown`]. A fault found is part of the answer.
    pub async fn record_history(&self, record: Id) -> Result<History, Error> {
        let (record, revisions) = self.record_with_revisions(None, record).await?;
        self.checked(revisions, record.latest)
    }

    /// What a person keeps of their answer: the text they agreed to, and every state of their
    /// record with its seal.
    ///
    /// # Errors
    /// [`Error::RecordUnknown`] for another person's record.
    pub async fn receipt(&self, subject: Pseudonym, record: Id) -> Result<Receipt, Error> {
        let (record, revisions) = self.record_with_revisions(Some(subject), record).await?;
        let (agreement, shown) = (record.agreement, record.agreement_revision);
        let agreement = self
            .db
            .read(move |tx| {
                Box::pin(async move {
                    let revision = store::revisions::find(tx, agreement, shown).await?;
                    revision.ok_or(Error::RevisionUnknown)
                })
            })
            .await?;
        Ok(Receipt {
            record: record.mine(self.clock.now()),
            agreement_hash: agreement.hash.to_string(),
            agreement_snapshot: agreement.snapshot,
            history: revisions.into_iter().map(ReceiptEntry::from).collect(),
        })
    }

    async fn record_with_revisions(
        &self,
        subject: Option<Pseudonym>,
        record: Id,
    ) -> Result<(Record, Vec<Revision>), Error> {
        self.db
            .read(move |tx| {
                Box::pin(async move {
                    let found = store::records::find(tx, record).await?;
                    let ours =
                        |record: &Record| subject.is_none_or(|person| person == record.subject);
                    let record = found.filter(ours).ok_or(Error::RecordUnknown)?;
                    let revisions = all(tx, record.id).await?;
                    Ok((record, revisions))
                })
            })
            .await
    }

    fn checked(&self, revisions: Vec<Revision>, latest: Id) -> Result<History, Error> {
        let fault = revision::verify_chain(&revisions, latest, &self.seal_keys()?).err();
        Ok(History { revisions, fault })
    }
}

async fn all(tx: &mut Tx, object: Id) -> Result<Vec<Revision>, Error> {
    Ok(store::revisions::list(tx, object, Page::ALL).await?)
}

impl From<Revision> for ReceiptEntry {
    fn from(revision: Revision) -> Self {
        Self {
            number: revision.number,
            recorded: revision.recorded,
            snapshot: revision.snapshot,
            hash: revision.hash.to_string(),
            chain: revision.chain.to_string(),
            seal: revision.seal,
        }
    }
}
