//! Rounds: opening, assigning, catalogues, moving on.

use super::{Acting, Assessments, Loaded};
use crate::Error;
use crate::events::{CATALOGUE_REPLACED, INDICATORS_ASSIGNED, ROUND_MOVED, ROUND_OPENED};
use crate::model::check::{self, Wrong};
use crate::model::overview::{Coverage, coverage};
use crate::model::state::{Held, Quorum, State};
use crate::model::{digest, findings, scope};
use crate::store::{rounds, sign_offs};
use basis::{Id, PartialDate, Timestamp};
use kernel::audit::Audit;
use maturity::Round;
use maturity::round::{
    Flow, Institution, InstrumentName, LegalInstrument, SCHEMA, Service, SignOff, System, Target,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// Most rounds that a list shows.
const LIST_MAX: i64 = 200;

/// A round to be opened.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoundIn {
    /// What people call it.
    #[schema(example = "Baseline 2026")]
    pub title: String,
    /// What it is about, in words.
    #[serde(default)]
    pub scope: String,
    /// Profile of the instrument.
    #[schema(example = "full")]
    pub profile: String,
    /// The day the answers stand for.
    #[schema(value_type = String, example = "2026-03-01")]
    pub as_of: PartialDate,
    /// The instrument; the built-in one if left out.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub instrument: Option<InstrumentName>,
    /// Whose signatures it needs; that of the institution that assesses if left out.
    #[serde(default)]
    pub quorum: Option<Quorum>,
}

/// What a country has beside answers. Replaced as a whole.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Revision of the round that was read.
    pub revision: i64,
    /// Another day that the answers stand for; the same if left out.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub as_of: Option<PartialDate>,
    /// Who takes part.
    #[schema(value_type = Vec<Object>)]
    pub institutions: Vec<Institution>,
    /// Systems.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub systems: Vec<System>,
    /// Services.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub services: Vec<Service>,
    /// Data that go from one institution to another.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub flows: Vec<Flow>,
    /// Laws.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub laws: Vec<LegalInstrument>,
    /// Targets by indicator.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Object>)]
    pub targets: BTreeMap<String, Target>,
}

/// A round in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoundLine {
    /// Identifier.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// What people call it.
    pub title: String,
    /// What it is about.
    pub scope: String,
    /// Where it stands.
    pub state: State,
    /// Moves on with each change of state or catalogue; also the `ETag`.
    pub revision: i64,
    /// Profile of the instrument.
    pub profile: String,
    /// The day the answers stand for.
    #[schema(value_type = String)]
    pub as_of: PartialDate,
    /// The instrument.
    #[schema(value_type = Object)]
    pub instrument: InstrumentName,
    /// Whose signatures it needs.
    pub quorum: Quorum,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub opened: Timestamp,
    /// When its state changed last.
    #[schema(value_type = String, format = DateTime)]
    pub moved: Timestamp,
}

/// A round with how far it has come.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoundView {
    /// The round.
    pub round: RoundLine,
    /// SHA-256 of its content, hex: what a signature names.
    pub digest: String,
    /// By dimension.
    pub coverage: Vec<Coverage>,
    /// Who is to answer, by indicator.
    pub assignments: BTreeMap<String, String>,
    /// Signatures that stand.
    #[schema(value_type = Vec<Object>)]
    pub sign_offs: Vec<SignOff>,
    /// Contradictions, open questions, evidence too old, answers without a review.
    pub findings: findings::Findings,
}

impl From<Held> for RoundLine {
    fn from(held: Held) -> Self {
        Self {
            id: held.id,
            title: held.title,
            scope: held.scope,
            state: held.state,
            revision: held.revision,
            profile: held.document.profile,
            as_of: held.document.as_of,
            instrument: held.document.instrument,
            quorum: held.quorum,
            opened: held.opened,
            moved: held.moved,
        }
    }
}

impl Assessments {
    /// Opens a round.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub async fn open_round(&self, by: Acting, new: RoundIn) -> Result<RoundLine, Error> {
        let instrument = self.instrument();
        let own = InstrumentName { id: instrument.id.clone(), version: instrument.version.clone() };
        if new.instrument.as_ref().is_some_and(|named| *named != own) {
            let remedy = format!("this installation asks with {} {}", own.id, own.version);
            return Err(Wrong::new("instrument", remedy).into());
        }
        let quorum = new.quorum.unwrap_or_else(|| self.own_quorum());
        let institutions = self.institutions();
        let (title, about, profile) = (&new.title, &new.scope, &new.profile);
        let wrongs =
            check::opening(instrument, title, about, profile, new.as_of, &quorum, institutions);
        if !wrongs.is_empty() {
            return Err(Error::Invalid(wrongs));
        }
        let id = Id::mint(&self.0.clock, &self.0.rng);
        let document = self.empty(id, own, new.profile, new.as_of);
        let held = self.begin(id, new.title.trim(), new.scope.trim(), quorum, document);
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                rounds::insert(tx, &held).await?;
                let detail = serde_json::json!({
                    "profile": held.document.profile, "instrument": held.document.instrument.version
                });
                tx.audit(Audit::new(&ROUND_OPENED, by.actor, held.id).with(detail)).await?;
                Ok(held.into())
            })
        });
        write.await
    }

    /// All rounds, the latest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn rounds(&self) -> Result<Vec<RoundLine>, Error> {
        let read = self.0.db.read(|tx| Box::pin(async move { rounds::all(tx, LIST_MAX).await }));
        let all: Vec<Held> = read.await?;
        Ok(all.into_iter().map(RoundLine::from).collect())
    }

    /// A round with how far it has come.
    ///
    /// # Errors
    /// [`Error::RoundUnknown`].
    pub async fn show_round(&self, id: Id) -> Result<RoundView, Error> {
        let this = self.clone();
        let read = self.0.db.read(move |tx| {
            Box::pin(async move {
                let loaded = this.load(tx, id).await?;
                let assignments = rounds::assignments(tx, id).await?;
                Ok::<_, Error>((loaded, assignments))
            })
        });
        let (loaded, assignments) = read.await?;
        Ok(self.view(loaded, assignments))
    }

    fn view(&self, loaded: Loaded, assignments: BTreeMap<String, String>) -> RoundView {
        let Loaded { held, round, .. } = loaded;
        RoundView {
            digest: held
                .digest
                .clone()
                .unwrap_or_else(|| digest::of_round(self.instrument(), &round)),
            coverage: coverage(self.instrument(), &round),
            findings: findings::of(self.instrument(), &round),
            sign_offs: round.sign_offs,
            assignments,
            round: held.into(),
        }
    }

    /// Says who is to answer what. Indicators that are not named stay as they are.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::Refused`].
    pub async fn assign(
        &self,
        by: Acting,
        id: Id,
        given: BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, Error> {
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let held = this.load_locked(tx, id).await?.held;
                held.may_fill()?;
                let asked = scope::indicators(this.instrument(), &held.document.profile);
                let asked: BTreeSet<&str> =
                    asked.unwrap_or_default().into_iter().map(|one| one.id.as_str()).collect();
                let wrongs = check::assignments(&asked, &held.document.institutions, &given);
                if !wrongs.is_empty() {
                    return Err(Error::Invalid(wrongs));
                }
                for (indicator, institution) in &given {
                    rounds::assign(tx, id, indicator, institution).await?;
                }
                let detail = serde_json::json!({ "indicators": given.len() });
                tx.audit(Audit::new(&INDICATORS_ASSIGNED, by.actor, id).with(detail)).await?;
                Ok(rounds::assignments(tx, id).await?)
            })
        });
        write.await
    }

    /// Replaces institutions, systems, services, flows, laws and targets; moves the day, where asked to.
    ///
    /// # Errors
    /// [`Error::Moved`], [`Error::Invalid`], [`Error::Refused`].
    pub async fn replace_catalogue(
        &self,
        by: Acting,
        id: Id,
        new: Catalogue,
    ) -> Result<RoundLine, Error> {
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let mut loaded = this.load_locked(tx, id).await?;
                let held = &mut loaded.held;
                held.may_fill()?;
                expect_revision(held, new.revision)?;
                held.document.as_of = new.as_of.unwrap_or(held.document.as_of);
                held.document.institutions = new.institutions;
                held.document.systems = new.systems;
                held.document.services = new.services;
                held.document.flows = new.flows;
                held.document.laws = new.laws;
                held.document.targets = new.targets;
                let mut wrongs = check::catalogue(this.instrument(), &held.document);
                wrongs.extend(check::quorum(&held.quorum, &held.document.institutions));
                wrongs.extend(left_out(&loaded.round, &held.document));
                if !wrongs.is_empty() {
                    return Err(Error::Invalid(wrongs));
                }
                held.revision += 1;
                rounds::update(tx, held).await?;
                let detail = serde_json::json!({
                    "systems": held.document.systems.len(), "services": held.document.services.len()
                });
                tx.audit(Audit::new(&CATALOGUE_REPLACED, by.actor, id).with(detail)).await?;
                Ok(loaded.held.into())
            })
        });
        write.await
    }

    /// Puts a round into review, back to its respondents, or closes it. Going back withdraws signatures.
    ///
    /// # Errors
    /// [`Error::Moved`], [`Error::Refused`].
    pub async fn move_round(
        &self,
        by: Acting,
        id: Id,
        to: State,
        revision: i64,
    ) -> Result<RoundLine, Error> {
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let mut held = this.load_locked(tx, id).await?.held;
                held.may_move(to)?;
                expect_revision(&held, revision)?;
                if to == State::Open {
                    sign_offs::withdraw_all(tx, id).await?;
                }
                let detail = serde_json::json!({ "from": held.state, "to": to });
                held.state = to;
                held.revision += 1;
                held.moved = tx.now();
                rounds::update(tx, &held).await?;
                tx.audit(Audit::new(&ROUND_MOVED, by.actor, id).with(detail)).await?;
                Ok(held.into())
            })
        });
        write.await
    }

    pub(super) fn own_quorum(&self) -> Quorum {
        Quorum { institutions: vec![self.owner().to_owned()], needed: 1 }
    }

    pub(super) fn begin(
        &self,
        id: Id,
        title: &str,
        about: &str,
        quorum: Quorum,
        document: Round,
    ) -> Held {
        let now = self.0.clock.now();
        Held {
            id,
            title: title.to_owned(),
            scope: about.to_owned(),
            state: State::Open,
            revision: 1,
            quorum,
            document,
            digest: None,
            opened: now,
            moved: now,
        }
    }

    fn empty(
        &self,
        id: Id,
        instrument: InstrumentName,
        profile: String,
        as_of: PartialDate,
    ) -> Round {
        Round {
            schema: SCHEMA.to_owned(),
            id: id.to_string(),
            country: self.0.deps.country.clone(),
            instrument,
            profile,
            as_of,
            targets: BTreeMap::new(),
            answers: BTreeMap::new(),
            evidence: Vec::new(),
            measurements: Vec::new(),
            institutions: self.institutions().to_vec(),
            systems: Vec::new(),
            services: Vec::new(),
            flows: Vec::new(),
            laws: Vec::new(),
            sign_offs: Vec::new(),
        }
    }
}

fn expect_revision(held: &Held, seen: i64) -> Result<(), Error> {
    match held.revision == seen {
        true => Ok(()),
        false => Err(Error::Moved { current: held.revision }),
    }
}

/// Institutions that answered and would be gone.
fn left_out(before: &Round, after: &Round) -> Vec<Wrong> {
    let there: BTreeSet<&str> = after.institutions.iter().map(|one| one.id.as_str()).collect();
    let answered: BTreeSet<&str> =
        before.answers.values().map(|answer| answer.institution.as_str()).collect();
    let gone = answered.difference(&there);
    gone.map(|id| Wrong::new("institutions", format!("keep {id}, which has answered"))).collect()
}
