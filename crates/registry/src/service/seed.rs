//! Entering many records at once, for demonstrations and first loads.

use super::{Registry, registers};
use crate::error::Error;
use crate::events::RECORDS_SEEDED;
use crate::model::actor::Actor;
use crate::model::check::{self, Invalid};
use crate::model::record::{Content, Record, Revision};
use crate::model::register::{About, RegisterCode};
use crate::store;
use contracts::Pseudonym;
use kernel::audit::Audit;
use kernel::db::Tx;
use serde_json::{Value, json};
use std::sync::Arc;

/// Records of one transaction.
const CHUNK: usize = 1_000;

/// A record to be entered with others.
#[derive(Clone)]
pub struct Seed {
    /// The person, in our sector.
    pub subject: Pseudonym,
    /// What the record says.
    pub data: Value,
}

impl Registry {
    /// Enters first records of many persons who have none yet. All are checked before any is
    /// written; then they are written in portions of 1,000, each with one audit row and no events.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a register about things; [`Error::SeedRefused`] naming the first record that does not follow the schema, with nothing
    /// written; [`Error::Db`] when a person has a record already: the portions before it stand.
    pub async fn seed_records(
        &self,
        actor: Actor,
        register: RegisterCode,
        seeds: Vec<Seed>,
        reason: &str,
    ) -> Result<usize, Error> {
        check::reason(reason)?;
        let count = seeds.len();
        let schema_version = self.check_seeds(&register, &seeds).await?;
        for chunk in seeds.chunks(CHUNK) {
            let portion = Arc::new(Portion {
                actor: actor.clone(),
                register: register.clone(),
                schema_version,
                reason: reason.to_owned(),
                seeds: chunk.to_vec(),
            });
            let registry = self.clone();
            let done = self.ctx.db.write(move |tx| {
                Box::pin(async move { registry.insert_portion(tx, &portion).await })
            });
            done.await?;
        }
        Ok(count)
    }

    /// Checks all data; answers the schema version they follow.
    async fn check_seeds(&self, register: &RegisterCode, seeds: &[Seed]) -> Result<i64, Error> {
        let (compiled, register) = (self.compiled.clone(), register.clone());
        let loaded = self.ctx.db.read(move |tx| {
            Box::pin(async move {
                let register = registers::find(tx, &register).await?;
                if register.about == About::Thing {
                    let remedy = "seed registers about persons only";
                    return Err(Invalid { field: "register", remedy }.into());
                }
                compiled.published(tx, &register).await
            })
        });
        let (version, rules) = loaded.await?;
        for (index, seed) in seeds.iter().enumerate() {
            if let Some(fault) = rules.check(&seed.data).into_iter().next() {
                return Err(Error::SeedRefused { index, fault });
            }
        }
        Ok(version)
    }

    async fn insert_portion(&self, tx: &mut Tx, portion: &Portion) -> Result<(), Error> {
        let mut records = Vec::with_capacity(portion.seeds.len());
        let mut revisions = Vec::with_capacity(portion.seeds.len());
        for seed in &portion.seeds {
            let now = tx.now();
            let register = portion.register.clone();
            let record = Record::new(tx.mint(), register, Some(seed.subject), now);
            let content = Content { data: Some(seed.data.clone()), reason: portion.reason.clone() };
            let plain = serde_json::to_vec(&content).expect("JSON data and a text are JSON");
            let label = Revision::label(record.id, record.latest);
            let sealed =
                self.ctx.fields.seal(tx, record.subject.as_bytes(), &label, &plain).await?;
            revisions.push(Revision {
                record: record.id,
                revision: record.latest,
                schema_version: portion.schema_version,
                effective: now,
                recorded: now,
                actor: portion.actor.name.clone(),
                case: portion.actor.case.clone(),
                deleted: false,
                sealed,
            });
            records.push(record);
        }
        store::records::append(tx, &records).await?;
        store::revisions::append(tx, &revisions).await?;
        let entry = Audit::new(&RECORDS_SEEDED, &portion.actor.name, &portion.register);
        tx.audit(entry.with(json!({ "count": records.len() }))).await?;
        Ok(())
    }
}

/// Records that are written in one transaction.
struct Portion {
    actor: Actor,
    register: RegisterCode,
    schema_version: i64,
    reason: String,
    seeds: Vec<Seed>,
}
