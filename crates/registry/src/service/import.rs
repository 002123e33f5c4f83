//! Entering many first records at once, for first loads and for what comes in from elsewhere.

use super::{Registry, recall, registers, remember};
use crate::error::Error;
use crate::events::RECORDS_IMPORTED;
use crate::model::actor::Actor;
use crate::model::check::Invalid;
use crate::model::record::{Content, Record, Revision};
use crate::model::register::{About, RegisterCode};
use crate::store;
use basis::{Id, Timestamp};
use contracts::Pseudonym;
use contracts::batches::RefusedLine;
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::idempotency::Request;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::Arc;
use utoipa::ToSchema;

/// Most lines of one import.
const LINES_MAX: usize = 1_000;
/// Why the records say they were entered.
const REASON: &str = "entered with others at once";

/// One line of an import.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportLine {
    /// The person's VID. It is not kept.
    pub vid: String,
    /// What the record says, following the register's published schema.
    #[schema(value_type = Object)]
    pub data: Value,
}

/// A line that stands in the register, by this import or from before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportedRecord {
    /// Its number in the call, from 1.
    pub line: u32,
    /// The record.
    #[schema(value_type = String, format = "uuid")]
    pub record: Id,
}

/// What became of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportOut {
    /// Lines that are entered, in their order.
    pub records: Vec<ImportedRecord>,
    /// Lines that are not, in their order.
    pub refused: Vec<RefusedLine>,
}

/// A line whose data follow the schema, with the person it is about.
struct Ready {
    line: u32,
    subject: Pseudonym,
    data: Value,
}

/// What is entered in one transaction.
struct Portion {
    actor: Actor,
    register: RegisterCode,
    schema_version: i64,
    ready: Vec<Ready>,
    refused: Vec<RefusedLine>,
}

impl Registry {
    /// Enters first records of persons, one a line, in one transaction with one audit row and no
    /// events. A person whose record says the same is answered with it; any other is refused by line.
    ///
    /// # Errors
    /// [`Error::TooManyLines`], [`Error::AllRefused`], [`Error::NotPublished`], [`Error::Invalid`] for
    /// a register about things, [`Error::IdempotencyMismatch`].
    pub async fn import_records(
        &self,
        actor: Actor,
        register: RegisterCode,
        request: Request,
        lines: Vec<(u32, Result<ImportLine, RefusedLine>)>,
    ) -> Result<ImportOut, Error> {
        if lines.len() > LINES_MAX {
            return Err(Error::TooManyLines);
        }
        let (schema_version, good, mut refused) = self.check_lines(&register, lines).await?;
        let vids = good.iter().map(|(_, line)| line.vid.clone()).collect();
        let found = self.resolve_many(&actor, vids).await?;
        let mut ready = Vec::with_capacity(good.len());
        for ((line, read), subject) in good.into_iter().zip(found) {
            match subject {
                Some(subject) => ready.push(Ready { line, subject, data: read.data }),
                None => refused.push(refuse(line, "vid", "nobody has this VID: compare the card")),
            }
        }
        let portion = Arc::new(Portion { actor, register, schema_version, ready, refused });
        let registry = self.clone();
        let write = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                if let Some(out) = recall(tx, Some(&request)).await? {
                    return Ok(out);
                }
                let mut out =
                    ImportOut { refused: portion.refused.clone(), ..ImportOut::default() };
                registry.enter(tx, &portion, &mut out).await?;
                out.records.sort_by_key(|entered| entered.line);
                out.refused.sort_by_key(|refused| refused.line);
                if out.records.is_empty() && !out.refused.is_empty() {
                    return Err(Error::AllRefused(out.refused));
                }
                remember(tx, Some(&request), 200, &out).await?;
                Ok(out)
            })
        });
        write.await
    }

    /// Sorts lines by whether their data follow the published schema.
    async fn check_lines(
        &self,
        register: &RegisterCode,
        lines: Vec<(u32, Result<ImportLine, RefusedLine>)>,
    ) -> Result<(i64, Vec<(u32, ImportLine)>, Vec<RefusedLine>), Error> {
        let (compiled, register) = (self.compiled.clone(), register.clone());
        let loaded = self.ctx.db.read(move |tx| {
            Box::pin(async move {
                let register = registers::find(tx, &register).await?;
                if register.about == About::Thing {
                    let remedy = "import into registers about persons only";
                    return Err(Invalid { field: "register", remedy }.into());
                }
                compiled.published(tx, &register).await
            })
        });
        let (version, rules) = loaded.await?;
        let (mut good, mut refused) = (Vec::with_capacity(lines.len()), Vec::new());
        for (number, line) in lines {
            match line {
                Err(line) => refused.push(line),
                Ok(line) => match rules.check(&line.data).into_iter().next() {
                    None => good.push((number, line)),
                    Some(fault) => {
                        let reason = format!("{}: {}", fault.detail, fault.remedy);
                        refused.push(refuse(number, &fault.place, &reason));
                    }
                },
            }
        }
        Ok((version, good, refused))
    }

    async fn enter(
        &self,
        tx: &mut Tx,
        portion: &Portion,
        out: &mut ImportOut,
    ) -> Result<(), Error> {
        let subjects: Vec<Pseudonym> = portion.ready.iter().map(|one| one.subject).collect();
        let known = store::records::find_many(tx, &portion.register, &subjects).await?;
        let (mut records, mut revisions) = (Vec::new(), Vec::new());
        let mut seen = HashSet::new();
        for one in &portion.ready {
            if !seen.insert(one.subject) {
                out.refused.push(refuse(one.line, "vid", "the person stands twice in this call"));
                continue;
            }
            if let Some(record) = known.get(&one.subject) {
                self.answer_known(tx, record, one, out).await?;
                continue;
            }
            let record =
                Record::new(tx.mint(), portion.register.clone(), Some(one.subject), tx.now());
            revisions.push(self.first_revision(tx, portion, &record, &one.data).await?);
            out.records.push(ImportedRecord { line: one.line, record: record.id });
            records.push(record);
        }
        store::records::append(tx, &records).await?;
        store::revisions::append(tx, &revisions).await?;
        if records.is_empty() {
            return Ok(());
        }
        let entry = Audit::new(&RECORDS_IMPORTED, &portion.actor.name, &portion.register);
        let detail = json!({ "count": records.len(), "refused": out.refused.len() });
        Ok(tx.audit(entry.with(detail)).await?)
    }

    /// Answers a line about a person who has a record: with that, if it says the same.
    async fn answer_known(
        &self,
        tx: &mut Tx,
        record: &Record,
        one: &Ready,
        out: &mut ImportOut,
    ) -> Result<(), Error> {
        let latest = store::revisions::find_at(tx, record.id, Timestamp::MAX).await?;
        let latest =
            latest.ok_or_else(|| Error::Stored("a record without revisions".to_owned()))?;
        let label = Revision::label(record.id, latest.revision);
        let subject = record.subject.as_bytes();
        let plain = self.ctx.fields.open(tx, subject, &label, &latest.sealed).await?;
        let content: Content =
            serde_json::from_slice(&plain).map_err(|error| Error::Stored(error.to_string()))?;
        match content.data.as_ref() == Some(&one.data) {
            true => out.records.push(ImportedRecord { line: one.line, record: record.id }),
            false => {
                let reason = "the person has another record in this register: change that one";
                out.refused.push(refuse(one.line, "vid", reason));
            }
        }
        Ok(())
    }

    async fn first_revision(
        &self,
        tx: &mut Tx,
        portion: &Portion,
        record: &Record,
        data: &Value,
    ) -> Result<Revision, Error> {
        let content = Content { data: Some(data.clone()), reason: REASON.to_owned() };
        let plain = serde_json::to_vec(&content).expect("JSON data and a text are JSON");
        let label = Revision::label(record.id, record.latest);
        let sealed = self.ctx.fields.seal(tx, record.subject.as_bytes(), &label, &plain).await?;
        Ok(Revision {
            record: record.id,
            revision: record.latest,
            schema_version: portion.schema_version,
            effective: record.recorded,
            recorded: record.recorded,
            actor: portion.actor.name.clone(),
            case: portion.actor.case.clone(),
            deleted: false,
            sealed,
        })
    }
}

/// A line that is refused.
#[must_use]
pub fn refuse(line: u32, field: &str, reason: &str) -> RefusedLine {
    RefusedLine { line, field: field.to_owned(), reason: reason.to_owned() }
}
