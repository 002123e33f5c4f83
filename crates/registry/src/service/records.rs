//! Writing records: create, update, delete, restore. Each is a revision.

use super::{Registry, recall, registers, remember};
use crate::error::Error;
use crate::events;
use crate::model::actor::Actor;
use crate::model::check::{self, Invalid};
use crate::model::record::{Content, Record, Revision, Step};
use crate::model::register::{About, Register, RegisterCode};
use crate::store;
use basis::{Id, Timestamp};
use contracts::Pseudonym;
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::idempotency::Request;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// How a caller names the person.
#[derive(Clone)]
pub enum Subject {
    /// The person in our sector.
    Pseudonym(Pseudonym),
    /// The VID shown at the desk. Resolved and not kept.
    Vid(String),
}

/// A record to be created.
#[derive(Clone)]
pub struct NewRecord {
    /// Its register.
    pub register: RegisterCode,
    /// Whom it is about; none in a register about things.
    pub subject: Option<Subject>,
    /// What it says.
    pub data: Value,
    /// Why it is entered.
    pub reason: String,
    /// From when it has effect; now if none.
    pub effective: Option<Timestamp>,
}

/// A change of a record.
#[derive(Clone)]
pub struct Change {
    /// The record.
    pub record: Id,
    /// The revision the caller has seen.
    pub expected: i64,
    /// What it says from now on; none deletes it.
    pub data: Option<Value>,
    /// Why.
    pub reason: String,
    /// From when it has effect; now if none.
    pub effective: Option<Timestamp>,
}

/// What was written: references only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Written {
    /// The record.
    #[schema(value_type = String, format = "uuid")]
    pub record: Id,
    /// Its register.
    #[schema(value_type = String, example = "residents")]
    pub register: RegisterCode,
    /// The revision it is at now.
    pub revision: i64,
    /// The schema version the data follow.
    pub schema_version: i64,
    /// Whether it is deleted now.
    pub deleted: bool,
    /// From when the revision has effect.
    #[schema(value_type = String, format = DateTime)]
    pub effective: Timestamp,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded: Timestamp,
}

impl Registry {
    /// Creates a record.
    ///
    /// # Errors
    /// [`Error::RegisterUnknown`], [`Error::NotPublished`], [`Error::DataRefused`],
    /// [`Error::Invalid`], [`Error::SubjectUnknown`], [`Error::RecordExists`] when the person has a
    /// record, deleted or not, [`Error::IdempotencyMismatch`].
    pub async fn create_record(
        &self,
        actor: Actor,
        new: NewRecord,
        request: Option<Request>,
    ) -> Result<Written, Error> {
        check::reason(&new.reason)?;
        let NewRecord { register, subject, data, reason, effective } = new;
        let subject = match subject {
            Some(Subject::Vid(vid)) => Some(self.resolve(&actor, vid).await?),
            Some(Subject::Pseudonym(pseudonym)) => Some(pseudonym),
            None => None,
        };
        let registry = self.clone();
        self.ctx
            .db
            .write(move |tx| {
                Box::pin(async move {
                    if let Some(subject) = subject {
                        // A repetition must find the first answer, not the first record.
                        store::records::lock(tx, subject).await?;
                    }
                    if let Some(written) = recall(tx, request.as_ref()).await? {
                        return Ok(written);
                    }
                    let register = registers::find(tx, &register).await?;
                    let record = new_record(tx, &register, subject).await?;
                    let effective = check::effective(effective, record.recorded)?;
                    let content = Content { data: Some(data), reason };
                    let revised = Revised { register: &register, record: &record, effective };
                    let revision = registry.seal(tx, &actor, revised, &content).await?;
                    store::records::insert(tx, &record).await?;
                    store::revisions::insert(tx, &revision).await?;
                    let entry = Audit::new(&events::RECORD_CREATED, &actor.name, record.id);
                    tx.audit(entry.with(detail(&record))).await?;
                    tx.emit(&events::record_created(&record)).await?;
                    let written = written(&record, &revision);
                    remember(tx, request.as_ref(), 201, &written).await?;
                    Ok(written)
                })
            })
            .await
    }

    /// Updates, deletes or restores a record that the caller has seen.
    ///
    /// # Errors
    /// [`Error::RecordUnknown`], [`Error::Record`] when it has moved on, [`Error::DataRefused`],
    /// [`Error::Invalid`], [`Error::IdempotencyMismatch`].
    pub async fn change_record(
        &self,
        actor: Actor,
        change: Change,
        request: Option<Request>,
    ) -> Result<Written, Error> {
        check::reason(&change.reason)?;
        let registry = self.clone();
        self.ctx
            .db
            .write(move |tx| {
                Box::pin(async move {
                    if let Some(written) = recall(tx, request.as_ref()).await? {
                        return Ok(written);
                    }
                    let (record, revision, step) = registry.revise(tx, &actor, change).await?;
                    let entry = Audit::new(events::audit_event(step), &actor.name, record.id);
                    tx.audit(entry.with(detail(&record))).await?;
                    tx.emit(&events::record_changed(&record, step)).await?;
                    let written = written(&record, &revision);
                    remember(tx, request.as_ref(), 200, &written).await?;
                    Ok(written)
                })
            })
            .await
    }

    async fn revise(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        change: Change,
    ) -> Result<(Record, Revision, Step), Error> {
        let before = store::records::find(tx, change.record).await?.ok_or(Error::RecordUnknown)?;
        let (record, step) = before.change(change.expected, change.data.is_none(), tx.now())?;
        let effective = check::effective(change.effective, record.recorded)?;
        let register = registers::find(tx, &record.register).await?;
        let content = Content { data: change.data, reason: change.reason };
        let revised = Revised { register: &register, record: &record, effective };
        let revision = self.seal(tx, actor, revised, &content).await?;
        if !store::records::update(tx, &record).await? {
            // Another transaction was faster between the two statements: same as seen too late.
            let now = store::records::find(tx, record.id).await?.ok_or(Error::RecordUnknown)?;
            now.change(change.expected, false, tx.now())?;
        }
        store::revisions::insert(tx, &revision).await?;
        Ok((record, revision, step))
    }

    /// The revision of a record, checked against the published schema and sealed.
    async fn seal(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        revised: Revised<'_>,
        content: &Content,
    ) -> Result<Revision, Error> {
        let Revised { register, record, effective } = revised;
        let (schema_version, rules) = self.compiled.published(tx, register).await?;
        let faults = content.data.as_ref().map(|data| rules.check(data)).unwrap_or_default();
        if !faults.is_empty() {
            return Err(Error::DataRefused(faults));
        }
        let plain = serde_json::to_vec(content).expect("JSON data and a text are JSON");
        let label = Revision::label(record.id, record.latest);
        let sealed = self.ctx.fields.seal(tx, record.subject.as_bytes(), &label, &plain).await?;
        Ok(Revision {
            record: record.id,
            revision: record.latest,
            schema_version,
            effective,
            recorded: record.recorded,
            actor: actor.name.clone(),
            case: actor.case.clone(),
            deleted: record.deleted,
            sealed,
        })
    }
}

/// The record a revision is made for.
struct Revised<'r> {
    register: &'r Register,
    record: &'r Record,
    effective: Timestamp,
}

/// A first record of this subject, if it may be one.
async fn new_record(
    tx: &mut Tx,
    register: &Register,
    subject: Option<Pseudonym>,
) -> Result<Record, Error> {
    let remedy = match (register.about, subject) {
        (About::Person, None) => "name the person: send `vid` or `pseudonym`",
        (About::Thing, Some(_)) => "leave it out: the register is about things",
        (About::Person, Some(_)) | (About::Thing, None) => {
            let record = Record::new(tx.mint(), register.code.clone(), subject, tx.now());
            let known = store::records::find_of(tx, &register.code, record.subject).await?;
            return match known {
                None => Ok(record),
                Some(known) => {
                    Err(Error::RecordExists { record: known.id, revision: known.latest })
                }
            };
        }
    };
    Err(Invalid { field: "subject", remedy }.into())
}

fn detail(record: &Record) -> Value {
    json!({ "register": record.register, "revision": record.latest })
}

fn written(record: &Record, revision: &Revision) -> Written {
    Written {
        record: record.id,
        register: record.register.clone(),
        revision: revision.revision,
        schema_version: revision.schema_version,
        deleted: revision.deleted,
        effective: revision.effective,
        recorded: revision.recorded,
    }
}
