//! Entering many births from a paper book, in one transaction.

use super::{FACTS, Registrar};
use crate::model::import::{Entry, refused};
use crate::model::{Facts, certificate_number};
use crate::store::{self, Marks, SealedBirth};
use crate::{BIRTHS_IMPORTED, Civil, Error, events};
use basis::{Id, Timestamp};
use contracts::batches::RefusedLine;
use contracts::civil::IMPORT_LINES_MAX;
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::idempotency::{Recall, Request};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// A line that was registered, by this call or an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportedBirth {
    /// Its number in the call, from 1.
    pub line: u32,
    /// The registration.
    #[schema(value_type = String, format = Uuid)]
    pub registration: Id,
    /// Number on the certificate.
    pub number: String,
}

/// What became of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportOut {
    /// The batch of what was new; none where nothing was.
    #[schema(value_type = Option<String>, format = Uuid)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<Id>,
    /// Lines that are registered, in their order.
    pub births: Vec<ImportedBirth>,
    /// Lines that are not, in their order.
    pub refused: Vec<RefusedLine>,
}

/// A line with all that can be made of it before the transaction.
#[derive(Clone)]
struct Ready {
    line: u32,
    facts: Facts,
    plain: Vec<u8>,
    marks: Marks,
    entry: [u8; 32],
    number: String,
}

impl Civil {
    /// Registers each line once: a line whose entry of the paper book is registered is answered with
    /// that registration where it says the same, and refused where it does not.
    ///
    /// # Errors
    /// [`Error::TooManyLines`], [`Error::AllRefused`], [`Error::KeyReused`].
    pub async fn import_births(
        &self,
        officer: Registrar,
        request: Request,
        lines: Vec<Result<Entry, RefusedLine>>,
    ) -> Result<ImportOut, Error> {
        if self.deps.registrar.is_some() {
            return Err(Error::OnlyAtRegistrar);
        }
        if lines.len() > IMPORT_LINES_MAX {
            return Err(Error::TooManyLines);
        }
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for line in lines {
            match line {
                Ok(entry) => good.push(entry),
                Err(refused) => bad.push(refused),
            }
        }
        self.name_mothers(&mut good, &mut bad, &officer).await?;
        let now = self.ctx.clock.now();
        const TRIES: usize = 5;
        for _ in 1..TRIES {
            let ready = Arc::new(self.make_ready(&good, now)?);
            match self.try_to_import(&officer, &request, ready, bad.clone()).await {
                // One of the numbers drawn is taken.
                Err(Error::Db(error)) if error.is_unique_violation() => {}
                outcome => return outcome,
            }
        }
        let ready = Arc::new(self.make_ready(&good, now)?);
        self.try_to_import(&officer, &request, ready, bad).await
    }

    /// Puts the mothers' pseudonyms in the place of their VIDs.
    async fn name_mothers(
        &self,
        good: &mut Vec<Entry>,
        bad: &mut Vec<RefusedLine>,
        officer: &Registrar,
    ) -> Result<(), Error> {
        let vids = good.iter().filter_map(|entry| entry.facts.mother_vid.clone()).collect();
        let mut found = self.resolve_vids(vids, Some(officer.id.clone())).await?.into_iter();
        good.retain_mut(|entry| {
            if entry.facts.mother_vid.take().is_none() {
                return true;
            }
            entry.facts.mother_pseudonym = found.next().flatten();
            if entry.facts.mother_pseudonym.is_none() {
                let reason = "nobody has this VID: compare it, or leave it out and give her name";
                bad.push(refused(entry.line, "mother_vid", reason));
            }
            entry.facts.mother_pseudonym.is_some()
        });
        bad.sort_by_key(|refused| refused.line);
        Ok(())
    }

    fn make_ready(&self, entries: &[Entry], now: Timestamp) -> Result<Vec<Ready>, Error> {
        let ready = entries.iter().map(|entry| {
            let marks = self.marks(&entry.facts)?;
            Ok(Ready {
                line: entry.line,
                plain: serde_json::to_vec(&entry.facts).expect("facts are JSON"),
                facts: entry.facts.clone(),
                entry: marks.entry.unwrap_or_default(),
                marks,
                number: certificate_number(now, &self.ctx.rng),
            })
        });
        ready.collect()
    }

    async fn try_to_import(
        &self,
        officer: &Registrar,
        request: &Request,
        ready: Arc<Vec<Ready>>,
        bad: Vec<RefusedLine>,
    ) -> Result<ImportOut, Error> {
        let (civil, actor, request) = (self.clone(), officer.actor.clone(), request.clone());
        let write = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                match tx.recall(&request).await? {
                    Recall::Mismatch => return Err(Error::KeyReused),
                    Recall::Answered { answer, .. } => {
                        return serde_json::from_str(&answer)
                            .map_err(|error| Error::Payload(error.to_string()));
                    }
                    Recall::New => {}
                }
                let mut out = ImportOut { refused: bad, ..ImportOut::default() };
                let new = civil.sort_out(tx, &ready, &mut out).await?;
                if !new.is_empty() {
                    out.batch = Some(civil.insert_batch(tx, &new, &mut out, &actor).await?);
                }
                if out.births.is_empty() && !out.refused.is_empty() {
                    return Err(Error::AllRefused(out.refused));
                }
                out.births.sort_by_key(|birth| birth.line);
                out.refused.sort_by_key(|refused| refused.line);
                let answer = serde_json::to_string(&out).expect("ids and codes are JSON");
                tx.remember(&request, 200, &answer).await?;
                Ok(out)
            })
        });
        write.await
    }

    /// Answers lines whose entry is registered, and gives back those that are new.
    async fn sort_out<'r>(
        &self,
        tx: &mut Tx,
        ready: &'r [Ready],
        out: &mut ImportOut,
    ) -> Result<Vec<&'r Ready>, Error> {
        let entries: Vec<[u8; 32]> = ready.iter().map(|one| one.entry).collect();
        let known = store::import::entered(tx, &entries).await?;
        let mut new: Vec<&Ready> = Vec::with_capacity(ready.len());
        let mut first: HashMap<[u8; 32], &Ready> = HashMap::new();
        for one in ready {
            if let Some(birth) = known.get(&one.entry) {
                let same = self.open(tx, birth.id, &birth.sealed).await? == one.facts;
                match same {
                    true => out.births.push(ImportedBirth {
                        line: one.line,
                        registration: birth.id,
                        number: birth.number.clone(),
                    }),
                    false => out.refused.push(other_birth(one.line)),
                }
                continue;
            }
            match first.insert(one.entry, one) {
                Some(_) => out.refused.push(twice(one.line)),
                None => new.push(one),
            }
        }
        Ok(new)
    }

    async fn insert_batch(
        &self,
        tx: &mut Tx,
        new: &[&Ready],
        out: &mut ImportOut,
        actor: &str,
    ) -> Result<Id, Error> {
        let (batch, now) = (tx.mint(), tx.now());
        let ids: Vec<Id> = new.iter().map(|_| tx.mint()).collect();
        let keys = self.ctx.fields.new_subjects(tx, &ids).await?;
        let mut births = Vec::with_capacity(new.len());
        for ((one, id), key) in new.iter().zip(&ids).zip(&keys) {
            out.births.push(ImportedBirth {
                line: one.line,
                registration: *id,
                number: one.number.clone(),
            });
            let birth = SealedBirth {
                id: *id,
                number: one.number.clone(),
                sealed: key.seal(FACTS, &one.plain),
                subject: None,
                effective: now,
                recorded: now,
            };
            births.push((birth, one.marks));
        }
        store::import::append(tx, &births, actor, batch).await?;
        let reach = (ids.iter().min().copied(), ids.iter().max().copied());
        let reach = (reach.0.unwrap_or(batch), reach.1.unwrap_or(batch));
        let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        store::import::insert_batch(tx, batch, reach, i64::from(count), actor).await?;
        let audit = Audit::new(&BIRTHS_IMPORTED, actor, batch);
        tx.audit(audit.with(json!({ "count": count, "refused": out.refused.len() }))).await?;
        tx.emit(&events::births_imported(batch, count)).await?;
        Ok(batch)
    }
}

fn other_birth(line: u32) -> RefusedLine {
    refused(line, "entry", "this entry is registered and says something else: compare the book")
}

fn twice(line: u32) -> RefusedLine {
    refused(line, "entry", "this entry stands twice in this call: send it once")
}
