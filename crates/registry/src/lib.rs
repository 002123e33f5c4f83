//! Digital registries: records under a schema, with their whole history and a log of who read them.
//!
//! A register keeps one kind of record, about persons or about things. Its schema is JSON Schema
//! (draft 2020-12) in published versions. Officers write; other members and the person read through
//! the exchange, cut to what their agreement allows, now or as of an earlier time.
//!
//! Invariants
//! - A published version of a schema never changes, and reads everything that was written under the
//!   versions before it.
//! - What a record said is never overwritten: each change is a revision with its effective and
//!   recorded time, actor and reason. A deletion is a revision too.
//! - Data and reasons are sealed under the subject's key, bound to record and revision. The tables
//!   hold no plain text of either; nor do audit rows, events and idempotency answers.
//! - Data leave the block only after the read is durably in the read log, whoever reads.
//! - A person has one record in a register. The subject is a pseudonym of the register's own sector;
//!   a VID shown at the desk is resolved by the identity authority and not kept.
//!
//! Spec anchors: GovStack Digital Registries DRS-1 (without archiving), DRS-3 to DRS-5 in part, DRS-7,
//! DRS-8, DRS-13, DRS-15, DRS-37; JSON Schema draft 2020-12; RFC 6901 for places in documents; RFC
//! 9110 section 13.1.1 for `If-Match`. GovStack's own paths are not built here.

mod error;
pub mod events;
mod http;
pub mod model;
mod permissions;
mod service;
mod store;

pub use error::Error;
pub use model::actor::Actor;
pub use model::register::{About, Names, RegisterCode};
pub use permissions::{
    ImportRecords, ManageSchemas, PERMISSIONS, ReadRecords, ReadSchemas, WriteRecords,
};
pub use service::{
    Change, Draft, HistoryEntry, ImportLine, ImportOut, ImportedRecord, NewRecord, NewRegister,
    Registry, Subject, VersionView, Written,
};

use contracts::{SubsystemId, Wire, reads, registry};
use kernel::block::{Block, Ctx, ServiceOffer};
use kernel::db::Migration;
use kernel::retention::{Retention, RetentionClass};
use std::sync::Arc;

/// The block's tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "0001_init", sql: include_str!("../migrations/0001_init.sql") },
    reads::store::MIGRATION,
    reads::store::SEALED_CASE,
    reads::store::REFUSED,
];

/// What the block needs besides its [`Ctx`].
#[derive(Clone)]
pub struct Deps {
    /// To the identity authority.
    pub wire: Arc<dyn Wire>,
    /// The subsystem it calls from and offers its services under; officers' reads stand under it in
    /// the read log.
    pub subsystem: SubsystemId,
    /// The identity authority's subsystem, which resolves VIDs.
    pub identity: SubsystemId,
    /// The register that service `records` answers from. Others may be kept beside it, for officers.
    pub register: RegisterCode,
    /// The law the register is kept under: the legal basis of officers' reads and of resolving VIDs.
    pub law: String,
}

/// The block.
#[must_use]
pub fn block(ctx: &Ctx, deps: Deps) -> Block {
    Block {
        migrations: MIGRATIONS,
        api: http::api(Registry::new(ctx, deps)),
        audit_events: events::AUDIT_EVENTS,
        permissions: PERMISSIONS,
        retention: &[
            Retention { record: "register", class: RetentionClass::Vital },
            Retention { record: "schema_version", class: RetentionClass::Vital },
            Retention { record: "record", class: RetentionClass::Vital },
            Retention { record: "revision", class: RetentionClass::Vital },
            Retention { record: "read_log", class: RetentionClass::Log },
        ],
        services: vec![
            ServiceOffer { code: registry::RECORDS, prefix: "/registry/records" },
            ServiceOffer { code: reads::SERVICE, prefix: "/registry/read-log" },
        ],
        ..Block::new("registry", "Digital registries")
    }
}
