//! Reading records. Every read writes the read log in its own transaction and answers after it is
//! durable; once begun it is carried through even if nobody waits for the answer any more.

use super::{DESK_PURPOSE, Registry, Subject};
use crate::error::Error;
use crate::model::actor::Actor;
use crate::model::record::{Content, Record, Revision, cut, fields};
use crate::model::register::RegisterCode;
use crate::store;
use basis::{Id, Timestamp};
use contracts::context::BasisKind;
use contracts::reads::attempt::Attempt;
use contracts::reads::{self, ReadEntry, ReadLog, ReadLogQuery};
use contracts::registry::RegistryRecord;
use contracts::{CallContext, Pseudonym};
use kernel::db::{DbError, Tx};
use serde_json::Value;
use std::collections::BTreeSet;

/// Revisions of one page of a history.
pub(crate) const HISTORY_PAGE: u16 = 100;

/// One revision, opened.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryEntry {
    /// As stored.
    pub revision: Revision,
    /// The data; none where the revision deletes.
    pub data: Option<Value>,
    /// Why it was recorded.
    pub reason: String,
}

impl Registry {
    /// The record of the call's subject in the register served, cut to what the call may see, as it
    /// was known at a recorded time or is known now.
    ///
    /// # Errors
    /// [`Error::RecordUnknown`].
    pub async fn read_own(
        &self,
        ctx: CallContext,
        subject: Pseudonym,
        as_of: Option<Timestamp>,
    ) -> Result<RegistryRecord, Error> {
        let registry = self.clone();
        to_the_end(async move {
            let db = registry.ctx.db.clone();
            db.write(move |tx| {
                Box::pin(async move {
                    let register = &registry.deps.register;
                    let record = store::records::find_of(tx, register, subject).await?;
                    let record = record.ok_or(Error::RecordUnknown)?;
                    let mut shown = registry.show(tx, &record, as_of).await?;
                    shown.data = cut(shown.data, &ctx);
                    let seen = fields(&shown.data).cloned().collect();
                    let entry = ReadEntry::of(&ctx, seen, tx.now());
                    reads::store::insert(tx, &registry.ctx.fields, subject, &entry).await?;
                    Ok(shown)
                })
            })
            .await
        })
        .await
    }

    /// A record for an officer.
    ///
    /// # Errors
    /// [`Error::RecordUnknown`].
    pub async fn read_record(
        &self,
        actor: Actor,
        record: Id,
        as_of: Option<Timestamp>,
    ) -> Result<RegistryRecord, Error> {
        let registry = self.clone();
        to_the_end(async move {
            let db = registry.ctx.db.clone();
            db.write(move |tx| {
                Box::pin(async move {
                    let record = store::records::find(tx, record).await?;
                    let record = record.ok_or(Error::RecordUnknown)?;
                    registry.show_officer(tx, &actor, &record, as_of).await
                })
            })
            .await
        })
        .await
    }

    /// The record of a person for an officer who has the person before them.
    ///
    /// # Errors
    /// [`Error::SubjectUnknown`], [`Error::RecordUnknown`].
    pub async fn find_record(
        &self,
        actor: Actor,
        register: RegisterCode,
        subject: Subject,
    ) -> Result<RegistryRecord, Error> {
        let subject = match subject {
            Subject::Vid(vid) => self.resolve(&actor, vid).await?,
            Subject::Pseudonym(pseudonym) => pseudonym,
        };
        let registry = self.clone();
        to_the_end(async move {
            let db = registry.ctx.db.clone();
            db.write(move |tx| {
                Box::pin(async move {
                    let record = store::records::find_of(tx, &register, subject).await?;
                    let record = record.ok_or(Error::RecordUnknown)?;
                    registry.show_officer(tx, &actor, &record, None).await
                })
            })
            .await
        })
        .await
    }

    /// The revisions of a record before number `before`, newest first, and whether there are older
    /// ones. Deleted records have a history too.
    ///
    /// # Errors
    /// [`Error::RecordUnknown`].
    pub async fn history(
        &self,
        actor: Actor,
        record: Id,
        before: Option<i64>,
        limit: u16,
    ) -> Result<(Vec<HistoryEntry>, bool), Error> {
        let registry = self.clone();
        let limit = i64::from(limit.clamp(1, HISTORY_PAGE));
        to_the_end(async move {
            let db = registry.ctx.db.clone();
            db.write(move |tx| {
                Box::pin(async move {
                    let record = store::records::find(tx, record).await?;
                    let record = record.ok_or(Error::RecordUnknown)?;
                    let before = before.unwrap_or(i64::MAX);
                    let mut rows = store::revisions::list(tx, record.id, before, limit + 1).await?;
                    let more = rows.len() as i64 > limit;
                    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
                    let entries = registry.open_all(tx, &record, rows).await?;
                    let data = entries.iter().filter_map(|entry| entry.data.as_ref());
                    let seen: BTreeSet<&String> = data.flat_map(fields).collect();
                    let seen = seen.into_iter().cloned().collect();
                    registry.log_officer(tx, &actor, record.subject, seen).await?;
                    Ok((entries, more))
                })
            })
            .await
        })
        .await
    }

    /// Who read what about the subject, in every register kept here.
    ///
    /// # Errors
    /// What the database says.
    pub async fn read_log(
        &self,
        subject: Pseudonym,
        query: ReadLogQuery,
    ) -> Result<ReadLog, Error> {
        let fields = self.ctx.fields.clone();
        let log = self.ctx.db.read(move |tx| {
            Box::pin(async move { reads::store::list(tx, &fields, subject, &query).await })
        });
        Ok(log.await?)
    }

    /// Writes down that somebody was refused who asked about the subject.
    ///
    /// # Errors
    /// What the database and the key store say.
    pub async fn note_attempt(&self, subject: Pseudonym, attempt: Attempt) -> Result<(), Error> {
        let fields = self.ctx.fields.clone();
        let write = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                let entry = attempt.entry(tx.now());
                reads::store::insert(tx, &fields, subject, &entry).await
            })
        });
        Ok(write.await?)
    }

    async fn show_officer(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        record: &Record,
        as_of: Option<Timestamp>,
    ) -> Result<RegistryRecord, Error> {
        let shown = self.show(tx, record, as_of).await?;
        let seen = fields(&shown.data).cloned().collect();
        self.log_officer(tx, actor, record.subject, seen).await?;
        Ok(shown)
    }

    /// A record as it was known at a time; one that was deleted then is not there.
    async fn show(
        &self,
        tx: &mut Tx,
        record: &Record,
        as_of: Option<Timestamp>,
    ) -> Result<RegistryRecord, Error> {
        let at = as_of.unwrap_or(Timestamp::MAX);
        let found = store::revisions::find_at(tx, record.id, at).await?;
        let found = found.filter(|revision| !revision.deleted).ok_or(Error::RecordUnknown)?;
        let entry = self.open_all(tx, record, vec![found]).await?.pop();
        let HistoryEntry { revision, data, .. } = entry.ok_or(Error::RecordUnknown)?;
        Ok(RegistryRecord {
            record: record.id,
            register: record.register.to_string(),
            schema_version: revision.schema_version,
            revision: revision.revision,
            data: data.ok_or_else(|| Error::Stored("a revision without data".to_owned()))?,
            effective: revision.effective,
            recorded: revision.recorded,
        })
    }

    async fn open_all(
        &self,
        tx: &mut Tx,
        record: &Record,
        revisions: Vec<Revision>,
    ) -> Result<Vec<HistoryEntry>, Error> {
        let key = self.ctx.fields.subject(tx, record.subject.as_bytes()).await?;
        let open = |revision: Revision| {
            let label = Revision::label(revision.record, revision.revision);
            let plain = key.open(&label, &revision.sealed)?;
            let content: Content = serde_json::from_slice(&plain)
                .map_err(|_| Error::Stored("a revision's content".to_owned()))?;
            Ok(HistoryEntry { revision, data: content.data, reason: content.reason })
        };
        revisions.into_iter().map(open).collect()
    }

    /// Writes down what an officer of ours saw, as the register's law allows them to.
    async fn log_officer(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        subject: Pseudonym,
        seen: Vec<String>,
    ) -> Result<(), Error> {
        let entry = ReadEntry {
            at: tx.now(),
            reader: self.deps.subsystem.clone(),
            officer: actor.officer.clone(),
            case: actor.case.clone(),
            purpose: DESK_PURPOSE.to_owned(),
            basis: BasisKind::Law,
            basis_reference: self.deps.law.clone(),
            fields: seen,
            self_read: false,
            refused: None,
        };
        Ok(reads::store::insert(tx, &self.ctx.fields, subject, &entry).await?)
    }
}

/// Runs to its end even if the caller goes away: what was looked up stays written down.
async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    match tokio::spawn(work).await {
        Ok(outcome) => outcome,
        Err(error) => Err(DbError::Closure(error.to_string()).into()),
    }
}
