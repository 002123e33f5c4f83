//! Answers and reviews: each is a revision of its own, and none is ever taken away.

use super::{Acting, Assessments, Loaded};
use crate::Error;
use crate::events::{ANSWER_GIVEN, ANSWER_REVIEWED};
use crate::model::check::{self, Wrong};
use crate::model::state::Refusal;
use crate::store::answers::{self, ANSWERED, Given, REVIEWED};
use crate::store::rounds;
use basis::{Id, Timestamp};
use kernel::audit::Audit;
use kernel::db::Tx;
use maturity::round::{Answer, Review};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// An answer to be given.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerIn {
    /// 0 to 4; null where it is not known. It must be there: leaving it out is no answer.
    #[serde(deserialize_with = "Option::deserialize")]
    pub level: Option<u8>,
    /// Institution that answers, `CLASS/MEMBER`.
    #[serde(default)]
    #[schema(example = "GOV/MSP")]
    pub institution: String,
    /// Office that answers; a role, not a person's name.
    #[serde(default)]
    pub respondent: String,
    /// Ids of evidence of this round.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// What else is to be said.
    #[serde(default)]
    pub note: String,
    /// Revision that was read; 0 where there was no answer.
    #[serde(default)]
    pub revision: i64,
}

/// A reviewer's word.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewIn {
    /// A level of the reviewer's own; null accepts the answer.
    #[serde(default)]
    pub level: Option<u8>,
    /// Why; needed for a level of the reviewer's own.
    #[serde(default)]
    pub reason: String,
    /// Revision that was read.
    pub revision: i64,
}

/// An answer as it stands, with how it came to be.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AnswerView {
    /// The indicator.
    pub indicator: String,
    /// The answer; none if there is none yet.
    #[schema(value_type = Option<Object>)]
    pub answer: Option<Answer>,
    /// Its revision; 0 if there is none yet. Also the `ETag`.
    pub revision: i64,
    /// Institution that is to answer.
    pub assigned: Option<String>,
    /// Every revision, the latest first.
    pub history: Vec<HistoryLine>,
}

/// One revision.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HistoryLine {
    /// From 1.
    pub revision: i64,
    /// `answered`, `reviewed` or `imported`.
    pub step: String,
    /// As it stood then.
    #[schema(value_type = Object)]
    pub answer: Answer,
    /// Who did it.
    pub actor: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

impl From<Given> for HistoryLine {
    fn from(given: Given) -> Self {
        let Given { revision, step, answer, actor, at, .. } = given;
        Self { revision, step, answer, actor, at }
    }
}

impl AnswerIn {
    fn answer(self) -> (Answer, i64) {
        let answer = Answer {
            level: self.level,
            institution: self.institution,
            respondent: self.respondent.trim().to_owned(),
            evidence: self.evidence,
            note: self.note.trim().to_owned(),
            review: None,
        };
        (answer, self.revision)
    }
}

impl Assessments {
    /// An answer with its history.
    ///
    /// # Errors
    /// [`Error::RoundUnknown`], [`Error::IndicatorUnknown`].
    pub async fn show_answer(&self, id: Id, indicator: String) -> Result<AnswerView, Error> {
        let this = self.clone();
        let read = self.0.db.read(move |tx| {
            Box::pin(async move {
                let held = rounds::find(tx, id).await?.ok_or(Error::RoundUnknown)?;
                this.indicator(&held.document, &indicator)?;
                let history = answers::history(tx, id, &indicator).await?;
                let assigned = rounds::assignments(tx, id).await?.remove(&indicator);
                Ok(AnswerView {
                    answer: history.first().map(|given| given.answer.clone()),
                    revision: history.first().map_or(0, |given| given.revision),
                    history: history.into_iter().map(HistoryLine::from).collect(),
                    indicator,
                    assigned,
                })
            })
        });
        read.await
    }

    /// Answers indicators: all of them, or none if one cannot be accepted.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every wrong field, [`Error::Moved`], [`Error::Refused`].
    pub async fn answer(
        &self,
        by: Acting,
        id: Id,
        given: BTreeMap<String, AnswerIn>,
        bulk: bool,
    ) -> Result<BTreeMap<String, i64>, Error> {
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let loaded = this.load_locked(tx, id).await?;
                loaded.held.may_fill()?;
                this.may_answer(tx, &by, id, given.keys()).await?;
                let mut wrongs = Vec::new();
                let mut ready = Vec::new();
                for (indicator, one) in given {
                    let at = if bulk { format!("answers.{indicator}.") } else { String::new() };
                    let (answer, seen) = one.answer();
                    if let Err(error) = this.indicator(&loaded.round, &indicator) {
                        if !bulk {
                            return Err(error);
                        }
                        let remedy = "name an indicator of the round's profile";
                        wrongs.push(Wrong::new(format!("answers.{indicator}"), remedy));
                    }
                    wrongs.extend(check::answer(&at, &answer, &loaded.round));
                    ready.push((indicator, answer, seen));
                }
                if !wrongs.is_empty() {
                    wrongs.truncate(check::WRONGS_MAX);
                    return Err(Error::Invalid(wrongs));
                }
                let mut revisions = BTreeMap::new();
                for (indicator, answer, seen) in ready {
                    let revision = seen_revision(&loaded, &indicator, seen)? + 1;
                    let object = format!("{id}/{indicator}");
                    let row = given_row(tx, &by, indicator.clone(), revision, ANSWERED, answer);
                    answers::insert(tx, id, &row).await?;
                    let detail = serde_json::json!({
                        "revision": revision, "institution": row.answer.institution
                    });
                    let audit = Audit::new(&ANSWER_GIVEN, by.actor.clone(), object).with(detail);
                    tx.audit(audit).await?;
                    revisions.insert(indicator, revision);
                }
                Ok(revisions)
            })
        });
        write.await
    }

    /// The institution that assesses writes down what any says; others answer what is theirs.
    pub(super) async fn may_answer(
        &self,
        tx: &mut Tx,
        by: &Acting,
        id: Id,
        mut indicators: impl Iterator<Item = &String>,
    ) -> Result<(), Error> {
        if by.institution == self.owner() {
            return Ok(());
        }
        let assigned = rounds::assignments(tx, id).await?;
        let own = |one| assigned.get(one).is_some_and(|to| *to == by.institution);
        if indicators.all(own) { Ok(()) } else { Err(Error::NotAssigned) }
    }

    /// Accepts an answer or sets a level beside it.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::Moved`], [`Error::Refused`].
    pub async fn review(
        &self,
        by: Acting,
        id: Id,
        indicator: String,
        word: ReviewIn,
    ) -> Result<i64, Error> {
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let loaded = this.load_locked(tx, id).await?;
                loaded.held.may_review(&loaded.round.sign_offs)?;
                this.indicator(&loaded.round, &indicator)?;
                let history = answers::history(tx, id, &indicator).await?;
                let Some(latest) = history.first() else { return Err(Refusal::NotAnswered.into()) };
                let review = Review {
                    // A role; the audit trail knows which officer.
                    reviewer: format!("{}, reviewer", by.institution),
                    level: word.level,
                    reason: word.reason.trim().to_owned(),
                };
                let wrongs = check::review("", &review);
                if !wrongs.is_empty() {
                    return Err(Error::Invalid(wrongs));
                }
                let revision = seen_revision(&loaded, &indicator, word.revision)? + 1;
                let mut steps = history.iter().filter(|given| given.step != REVIEWED);
                if steps.next().is_some_and(|given| given.actor == by.actor) {
                    return Err(Refusal::OwnAnswer.into());
                }
                let answer = Answer { review: Some(review), ..latest.answer.clone() };
                let object = format!("{id}/{indicator}");
                let row = given_row(tx, &by, indicator, revision, REVIEWED, answer);
                answers::insert(tx, id, &row).await?;
                let detail = serde_json::json!({ "revision": revision, "level": word.level });
                let audit = Audit::new(&ANSWER_REVIEWED, by.actor, object).with(detail);
                tx.audit(audit).await?;
                Ok(revision)
            })
        });
        write.await
    }
}

fn given_row(
    tx: &Tx,
    by: &Acting,
    indicator: String,
    revision: i64,
    step: &str,
    answer: Answer,
) -> Given {
    let (step, actor) = (step.to_owned(), by.actor.clone());
    Given { indicator, revision, step, answer, actor, at: tx.now() }
}

/// The revision an answer is at, if that is the one the caller has seen.
fn seen_revision(loaded: &Loaded, indicator: &str, seen: i64) -> Result<i64, Error> {
    let found = loaded.answers.iter().find(|given| given.indicator == indicator);
    let current = found.map_or(0, |given| given.revision);
    match current == seen {
        true => Ok(current),
        false => Err(Error::Moved { current }),
    }
}
