//! Use cases. Each has the same shape, in one transaction: load, decide (in `model`), store, audit,
//! emit. Nothing else in the block opens a transaction.

mod agreements;
mod histories;
mod individuals;
mod policies;
mod records;
mod residents;
mod signing;
mod verification;

pub use agreements::{AgreementDraft, AgreementView};
pub use histories::History;
pub use policies::PolicyView;
pub use records::{Ask, RecordView};
pub use signing::{HandedIn, RecordDraft, SignedRecord};

use crate::error::Error;
use crate::model::actor::Actor;
use crate::model::revision::{self, Revision, SEAL_TYPE, Schema};
use crate::store;
use basis::{Clock, Id, Rng, Timestamp};
use credential::jws;
use credential::key::VerifyingKey;
use kernel::audit::{Audit, AuditEvent};
use kernel::block::Ctx;
use kernel::db::{Db, DbError, Tx};
use kernel::fields::Fields;
use kernel::keys::{KeyStore, Signer};
use serde_json::{Value, json};
use std::sync::Arc;

/// What the block's seals are made with.
const SEAL_PURPOSE: &str = "consent";

/// The consent block's use cases. Cheap to clone; the state of every handler.
#[derive(Clone)]
pub struct Consent {
    db: Db,
    clock: Clock,
    rng: Rng,
    keys: Arc<KeyStore>,
    fields: Fields,
}

impl Consent {
    /// The use cases over a block's context.
    #[must_use]
    pub fn new(ctx: &Ctx) -> Self {
        Self {
            db: ctx.db.clone(),
            clock: ctx.clock.clone(),
            rng: ctx.rng.clone(),
            keys: Arc::clone(&ctx.keys),
            fields: ctx.fields.clone(),
        }
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What seals revisions. Fetched before a transaction: a first key is written to the key file.
    fn sealer(&self) -> Result<Sealer, Error> {
        Ok(Sealer(self.keys.signing_key(SEAL_PURPOSE)?))
    }

    /// The keys whose seals are ours, retired ones included.
    fn seal_keys(&self) -> Result<Vec<VerifyingKey>, Error> {
        let keys = self.keys.public_keys(SEAL_PURPOSE);
        Ok(keys.iter().map(VerifyingKey::from_jwk).collect::<Result<_, _>>()?)
    }
}

/// Seals revisions with the block's key.
#[derive(Clone)]
struct Sealer(Arc<dyn Signer>);

impl Sealer {
    /// Adds a revision of `object` that says `data`.
    async fn revise(
        &self,
        tx: &mut Tx,
        schema: Schema,
        object: Id,
        data: &Value,
        actor: &Actor,
    ) -> Result<Revision, Error> {
        let snapshot = revision::snapshot(schema, Some(object), data, actor, tx.now())?;
        self.append(tx, schema, object, snapshot).await
    }

    /// Adds a revision of `object` with this snapshot.
    async fn append(
        &self,
        tx: &mut Tx,
        schema: Schema,
        object: Id,
        snapshot: String,
    ) -> Result<Revision, Error> {
        let before = store::revisions::last(tx, object).await?;
        let unsealed =
            Revision::after(before.as_ref(), tx.mint(), schema, object, snapshot, tx.now());
        let extra = [("typ", Value::from(SEAL_TYPE))];
        let seal = jws::sign(&*self.0, &extra, &unsealed.statement())?;
        let revision = unsealed.sealed(seal);
        store::revisions::insert(tx, &revision).await?;
        Ok(revision)
    }
}

/// Writes an audit entry for a revision. Its hash is part of the entry, so that the audit trail's
/// own chain vouches for the revision too.
async fn audit_revision(
    tx: &mut Tx,
    event: &'static AuditEvent,
    actor: &Actor,
    revision: &Revision,
) -> Result<(), DbError> {
    let detail = json!({ "revision": revision.id, "hash": revision.hash });
    tx.audit(Audit::new(event, actor.audit_name(), revision.object).with(detail)).await
}

/// Codes are the only thing a caller can choose that must be unique in a new policy or agreement.
fn code_taken(error: Error) -> Error {
    match error {
        Error::Db(error) if error.is_unique_violation() => Error::CodeTaken,
        other => other,
    }
}
