//! A round as a spreadsheet, out and in. A file is taken in as a whole or not at all.

use super::evidence::EVIDENCE_MAX;
use super::{Acting, Assessments, Loaded};
use crate::Error;
use crate::events::SPREADSHEET_TAKEN_IN;
use crate::model::digest;
use crate::model::fetched::Fetched;
use crate::model::spreadsheet::{self, Changes, Compared, Since};
use crate::store::answers::{self, Given, IMPORTED};
use crate::store::evidence::{self, Kept};
use crate::store::rounds;
use basis::Id;
use kernel::audit::Audit;
use kernel::db::Tx;
use maturity::Round;
use maturity::sheet;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What a spreadsheet changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Taken {
    /// Answers that are new or differ.
    pub answers: usize,
    /// Pieces of evidence that are new.
    pub evidence: usize,
    /// Whether institutions, systems, services, flows, laws or targets differ.
    pub catalogue: bool,
    /// Columns that were read past, as `Services: PPP?`.
    pub not_kept: Vec<String>,
}

impl Assessments {
    /// The workbook to fill in (XLSX), with what the round holds. Its questions are in `language`.
    ///
    /// # Errors
    /// [`Error::RoundUnknown`].
    pub async fn spreadsheet(&self, id: Id, language: &str) -> Result<Vec<u8>, Error> {
        let loaded = self.loaded(id).await?;
        let revisions = loaded.answers.iter().map(|one| (one.indicator.clone(), one.revision));
        let fetched = Fetched { round: loaded.held.revision, answers: revisions.collect() };
        let instrument = self.instrument_in(language);
        Ok(sheet::template_fetched(instrument, &loaded.round, &fetched.written())?)
    }

    /// Takes a filled workbook into an open round. `keeps_catalogue` says whether whoever sends it may change more than
    /// answers and evidence. What others changed since the workbook was fetched, and its sender did not, stays.
    ///
    /// # Errors
    /// [`Error::Spreadsheet`] with every fault, among them what both changed; [`Error::TooLarge`], [`Error::Moved`] when
    /// somebody changed the round while the file was read, [`Error::NotAssigned`], [`Error::Refused`].
    pub async fn take_in_spreadsheet(
        &self,
        by: Acting,
        id: Id,
        file: &[u8],
        keeps_catalogue: bool,
    ) -> Result<Taken, Error> {
        let limit_bytes = self.file_bytes_max();
        if file.len() > limit_bytes {
            return Err(Error::TooLarge { limit_bytes });
        }
        // It is read before the writer is held: a large workbook takes a while.
        let loaded = self.loaded(id).await?;
        loaded.held.may_fill()?;
        let mut after = loaded.round.clone();
        let imported =
            sheet::read_xlsx(file, self.instrument(), &mut after).map_err(Error::Spreadsheet)?;
        let since = self.since(id, &loaded, imported.fetched.as_deref()).await?;
        let before = loaded.round;
        let compared = Compared {
            instrument: self.instrument(),
            before: &before,
            after: &after,
            since: &since,
            places: &imported.places,
        };
        let changes = compared.changes(keeps_catalogue).map_err(Error::Spreadsheet)?;
        let taken = Taken {
            answers: changes.answers.len(),
            evidence: changes.evidence.len(),
            catalogue: changes.catalogue,
            not_kept: imported.not_kept,
        };
        let detail = serde_json::json!({
            "sha256": digest::sha256(file), "answers": taken.answers,
            "evidence": taken.evidence, "catalogue": taken.catalogue
        });
        let seen = digest::of_round(self.instrument(), &before);
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let loaded = this.load_locked(tx, id).await?;
                loaded.held.may_fill()?;
                if digest::of_round(this.instrument(), &loaded.round) != seen {
                    return Err(Error::Moved { current: loaded.held.revision });
                }
                this.may_answer(tx, &by, id, changes.answers.iter().map(|(one, _)| one)).await?;
                store_changes(tx, &by, loaded, after, changes).await?;
                tx.audit(Audit::new(&SPREADSHEET_TAKEN_IN, by.actor, id).with(detail)).await?;
                Ok(())
            })
        });
        write.await?;
        Ok(taken)
    }

    /// What others changed since a workbook was fetched. One that does not say when (from `msingi assess`, or with that
    /// line removed) is taken as it is.
    async fn since(&self, id: Id, now: &Loaded, fetched: Option<&str>) -> Result<Since, Error> {
        let Some(fetched) = fetched else { return Ok(Since::default()) };
        let Some(fetched) = Fetched::read(fetched) else {
            return Err(Error::Spreadsheet(vec![spreadsheet::fetched_is_damaged()]));
        };
        let catalogue = now.held.revision != fetched.round;
        let moved =
            now.answers.iter().filter(|one| one.revision != fetched.revision(&one.indicator));
        let moved: Vec<String> = moved.map(|one| one.indicator.clone()).collect();
        let read = self.0.db.read(move |tx| {
            Box::pin(async move {
                let mut answers = BTreeMap::new();
                for indicator in moved {
                    let history = answers::history(tx, id, &indicator).await?;
                    let revision = fetched.revision(&indicator);
                    let then = history.into_iter().find(|one| one.revision == revision);
                    answers.insert(indicator, then.map(|one| one.answer));
                }
                Ok::<_, Error>(answers)
            })
        });
        Ok(Since { catalogue, answers: read.await? })
    }
}

async fn store_changes(
    tx: &mut Tx,
    by: &Acting,
    loaded: Loaded,
    after: Round,
    changes: Changes,
) -> Result<(), Error> {
    let mut held = loaded.held;
    let there = loaded.round.evidence.len();
    if there + changes.evidence.len() > EVIDENCE_MAX {
        return Err(super::evidence::too_many());
    }
    for (number, one) in (there..).zip(changes.evidence) {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        let kept = Kept::named(number, one, &by.actor, tx.now());
        evidence::insert(tx, held.id, &kept).await?;
    }
    for (indicator, answer) in changes.answers {
        let before = loaded.answers.iter().find(|given| given.indicator == indicator);
        let revision = before.map_or(0, |given| given.revision) + 1;
        let (step, actor) = (IMPORTED.to_owned(), by.actor.clone());
        let given = Given { indicator, revision, step, answer, actor, at: tx.now() };
        answers::insert(tx, held.id, &given).await?;
    }
    if changes.catalogue {
        held.document.targets = after.targets;
        held.document.institutions = after.institutions;
        held.document.systems = after.systems;
        held.document.services = after.services;
        held.document.flows = after.flows;
        held.document.laws = after.laws;
        held.revision += 1;
        rounds::update(tx, &held).await?;
    }
    Ok(())
}
