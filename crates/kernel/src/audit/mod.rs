//! The audit trail: rows written with the change they describe, sealed into a hash chain off the
//! hot path, with signed checkpoints outside the database.
//!
//! A sealer gives each unsealed row the next position and chains it; it goes by the unsealed mark
//! and never by id, because a transaction that commits late has an older id. Until then a row is
//! unprotected: the unsealed window is the sealer's interval. A checkpoint carries the digests of
//! all rows sealed since the one before, so that a witness can name a changed row even when the
//! whole chain was computed anew.

mod checkpoint;
mod seal;
mod verify;

pub use checkpoint::Checkpoint;
pub use seal::{Sealed, head, seal, sealed_after, unsealed};
pub use verify::{Finding, Report, Verifier, verify};

use crate::db::{DbError, Row, Tx, Value};
use aws_lc_rs::digest;
use basis::{Id, Timestamp};
use serde::{Deserialize, Serialize};

/// One kind of audited action; blocks declare theirs as constants and list them in their `Block`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// Dotted name, such as `consent.record.given`.
    pub name: &'static str,
    /// What happened, in one plain sentence for the catalogue.
    pub says: &'static str,
}

/// An entry to be written.
#[derive(Clone, Debug)]
pub struct Audit {
    /// What happened.
    pub event: &'static AuditEvent,
    /// Who did it: an officer id, a member, `resident`, or a job's name. No personal data.
    pub actor: String,
    /// What it was done to: an id.
    pub object: String,
    /// Further facts; no personal data.
    pub detail: serde_json::Value,
}

impl Audit {
    /// An entry without details.
    #[must_use]
    pub fn new(
        event: &'static AuditEvent,
        actor: impl Into<String>,
        object: impl ToString,
    ) -> Self {
        let detail = serde_json::Value::Object(serde_json::Map::new());
        Self { event, actor: actor.into(), object: object.to_string(), detail }
    }

    /// The same entry with details.
    #[must_use]
    pub fn with(self, detail: serde_json::Value) -> Self {
        Self { detail, ..self }
    }
}

/// A row as it was written; what its digest covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// UUIDv7.
    pub id: Id,
    /// When it was written.
    pub at: Timestamp,
    /// Name of the [`AuditEvent`].
    pub event: String,
    /// Who.
    pub actor: String,
    /// To what.
    pub object: String,
    /// JSON text.
    pub detail: String,
}

impl Entry {
    /// SHA-256 over all fields, each with its length before it.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut context = digest::Context::new(&digest::SHA256);
        let at = self.at.micros().to_be_bytes();
        let texts =
            [&self.event, &self.actor, &self.object, &self.detail].map(|text| text.as_bytes());
        for part in [self.id.as_bytes().as_slice(), &at].into_iter().chain(texts) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        sha256(context)
    }

    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            at: row.get("at")?,
            event: row.get("event")?,
            actor: row.get("actor")?,
            object: row.get("object")?,
            detail: row.get("detail")?,
        })
    }
}

/// The chain's next value: SHA-256 over the value before it, the position and the row's digest.
fn link(before: &[u8; 32], position: i64, row: &[u8; 32]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(before);
    context.update(&position.to_be_bytes());
    context.update(row);
    sha256(context)
}

fn sha256(context: digest::Context) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

impl Tx {
    /// Writes an audit entry together with the change it describes.
    ///
    /// # Errors
    /// Any [`DbError`].
    pub async fn audit(&mut self, audit: Audit) -> Result<(), DbError> {
        let args: Vec<Value> = vec![
            self.mint().into(),
            self.now().into(),
            audit.event.name.into(),
            audit.actor.into(),
            audit.object.into(),
            audit.detail.to_string().into(),
        ];
        let sql = "INSERT INTO audit (id, at, event, actor, object, detail) VALUES ($1, $2, $3, $4, $5, $6)";
        self.defer(sql, args).await
    }
}
