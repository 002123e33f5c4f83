//! Use cases: rounds are opened, filled, reviewed, signed and closed.

mod answers;
mod evidence;
mod institutions;
mod rounds;
mod sign_offs;
mod spreadsheet;
mod whole;

pub use answers::{AnswerIn, AnswerView, HistoryLine, ReviewIn};
pub use evidence::{EvidenceIn, EvidenceLine, File};
pub use institutions::{OwnIndicator, OwnRound};
pub use rounds::{Catalogue, RoundIn, RoundLine, RoundView};
pub use sign_offs::SignatureIn;
pub use spreadsheet::Taken;

use crate::model::scope;
use crate::model::state::Held;
use crate::store::{answers as answer_store, evidence as evidence_store, rounds as round_store};
use crate::store::{answers::Given, sign_offs as sign_off_store};
use crate::{Deps, Error};
use basis::{Clock, Id, PartialDate, Rng};
use kernel::block::Ctx;
use kernel::db::{Db, Tx};
use kernel::fields::Fields;
use maturity::instrument::Indicator;
use maturity::instrument::translation::{Translation, apply};
use maturity::{Instrument, Round};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The block's use cases. Cheap to clone; the state of every handler.
#[derive(Clone)]
pub struct Assessments(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    rng: Rng,
    fields: Fields,
    /// The institution that assesses, `CLASS/MEMBER`.
    owner: Arc<str>,
    instrument: Arc<Instrument>,
    /// By language, where somebody has translated it.
    translated: BTreeMap<&'static str, Instrument>,
    deps: Deps,
}

/// Who acts.
#[derive(Clone, Debug)]
pub struct Acting {
    /// As audit rows name them.
    pub actor: String,
    /// The institution that they act for, `CLASS/MEMBER`.
    pub institution: String,
}

/// A round with all that belongs to it.
pub(crate) struct Loaded {
    pub held: Held,
    pub answers: Vec<Given>,
    /// Everything in one value, signatures that stand included.
    pub round: Round,
}

impl Assessments {
    /// The use cases over a block's context.
    #[must_use]
    pub fn new(ctx: &Ctx, instrument: Arc<Instrument>, deps: Deps) -> Self {
        Self(Arc::new(Inner {
            db: ctx.db.clone(),
            clock: ctx.clock.clone(),
            rng: ctx.rng.clone(),
            fields: ctx.fields.clone(),
            owner: ctx.owner.0.clone(),
            translated: translated(&instrument),
            instrument,
            deps,
        }))
    }

    /// The instrument that asks.
    #[must_use]
    pub fn instrument(&self) -> &Instrument {
        &self.0.instrument
    }

    /// The instrument with its texts in a language, or as it is where nobody has translated it. What it weighs and what is
    /// signed is the same.
    #[must_use]
    pub fn instrument_in(&self, language: &str) -> &Instrument {
        self.0.translated.get(language).unwrap_or(&self.0.instrument)
    }

    /// The day it is in the country.
    #[must_use]
    pub fn today(&self) -> PartialDate {
        let minutes_east = i16::try_from(self.0.deps.site.utc_offset_minutes).unwrap_or_default();
        self.0.clock.now().date_at(minutes_east)
    }

    /// The institution that assesses.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.0.owner
    }

    /// Institutions that a new round starts with.
    #[must_use]
    pub fn institutions(&self) -> &[maturity::round::Institution] {
        &self.0.deps.institutions
    }

    /// Largest evidence file, bytes.
    #[must_use]
    pub fn file_bytes_max(&self) -> usize {
        self.0.deps.file_bytes_max.min(crate::FILE_BYTES_MAX)
    }

    /// An indicator that a round asks.
    ///
    /// # Errors
    /// [`Error::IndicatorUnknown`].
    pub(crate) fn indicator(&self, round: &Round, id: &str) -> Result<&Indicator, Error> {
        let asked = scope::indicators(self.instrument(), &round.profile).unwrap_or_default();
        asked.into_iter().find(|one| one.id == id).ok_or(Error::IndicatorUnknown)
    }

    /// Loads a round. A writing transaction locks it first, so that a state and what rests on it agree.
    async fn load(&self, tx: &mut Tx, id: Id) -> Result<Loaded, Error> {
        let held = round_store::find(tx, id).await?.ok_or(Error::RoundUnknown)?;
        let answers = answer_store::latest(tx, id).await?;
        let mut round = held.document.clone();
        round.answers =
            answers.iter().map(|one| (one.indicator.clone(), one.answer.clone())).collect();
        let kept = evidence_store::all(tx, id).await?;
        round.evidence = kept.into_iter().map(|one| one.evidence).collect();
        round.measurements = evidence_store::measurements(tx, id).await?;
        round.sign_offs = sign_off_store::standing(tx, id).await?;
        Ok(Loaded { held, answers, round })
    }

    /// [`Assessments::load`] in a transaction of its own.
    async fn loaded(&self, id: Id) -> Result<Loaded, Error> {
        let this = self.clone();
        self.0.db.read(move |tx| Box::pin(async move { this.load(tx, id).await })).await
    }

    async fn load_locked(&self, tx: &mut Tx, id: Id) -> Result<Loaded, Error> {
        tx.lock(&format!("round:{id}")).await?;
        self.load(tx, id).await
    }
}

/// A translation of another instrument says nothing about this one and is left out.
fn translated(instrument: &Instrument) -> BTreeMap<&'static str, Instrument> {
    let spoken = |language| {
        let translation = Translation::built_in(language)?;
        Some((language, apply(instrument, &translation).ok()?))
    };
    ["fr", "sw"].into_iter().filter_map(spoken).collect()
}
