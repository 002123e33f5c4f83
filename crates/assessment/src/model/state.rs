//! Where a round stands, and what may be done with it there.

use basis::{Id, Timestamp};
use maturity::Round;
use maturity::round::SignOff;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Open, in review, signed, closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Respondents answer.
    Open,
    /// Reviewers look at the answers, and institutions sign.
    InReview,
    /// Enough institutions signed; others may still sign, nothing else changes.
    Signed,
    /// Nothing changes any more.
    Closed,
}

/// Whose signatures a round needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Quorum {
    /// Institutions that may sign.
    #[schema(example = json!(["GOV/DIGITAL", "GOV/DPC"]))]
    pub institutions: Vec<String>,
    /// How many of them must. A signature with dissent counts: its institution took part.
    pub needed: u32,
}

/// A round as it is held, without answers, evidence, measurements and signatures.
#[derive(Clone, Debug)]
pub struct Held {
    /// Identifier.
    pub id: Id,
    /// What people call it.
    pub title: String,
    /// What it is about, in words.
    pub scope: String,
    /// Where it stands.
    pub state: State,
    /// Moves on with each change of state or catalogue.
    pub revision: i64,
    /// Whose signatures it needs.
    pub quorum: Quorum,
    /// Catalogues and targets.
    pub document: Round,
    /// What was signed.
    pub digest: Option<String>,
    /// When it was opened.
    pub opened: Timestamp,
    /// When its state changed last.
    pub moved: Timestamp,
}

/// Why a round cannot take a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A closed round never changes.
    #[error("the round is closed and does not change any more: open a new one")]
    Closed,
    /// Enough institutions signed.
    #[error("the round is signed: its content does not change any more")]
    Signed,
    /// Answers are given while a round is open.
    #[error("the round is in review: a lead can give it back to its respondents")]
    InReview,
    /// Reviews and signatures come after the answers.
    #[error("the round is still open: a lead puts it into review first")]
    NotInReview,
    /// Somebody signed what would change.
    #[error("an institution has signed the round as it is: give it back to its respondents first")]
    PartlySigned,
    /// A round closes after it was signed.
    #[error("the round is not signed: the quorum's institutions sign first")]
    NotSigned,
    /// It is there already.
    #[error("the round is there already")]
    SameState,
    /// Four eyes.
    #[error("who gave an answer does not review it: ask another reviewer")]
    OwnAnswer,
    /// There is nothing to review.
    #[error("the indicator has no answer yet")]
    NotAnswered,
    /// One signature each.
    #[error("the institution has signed already")]
    SignedBefore,
    /// Only the quorum's institutions sign.
    #[error("the institution is not one of those that sign this round")]
    NotInQuorum,
}

impl Refusal {
    /// Slug of the problem.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Closed => "round-closed",
            Self::Signed => "round-signed",
            Self::InReview => "round-in-review",
            Self::NotInReview => "round-not-in-review",
            Self::PartlySigned => "round-partly-signed",
            Self::NotSigned => "round-not-signed",
            Self::SameState => "same-state",
            Self::OwnAnswer => "own-answer",
            Self::NotAnswered => "not-answered",
            Self::SignedBefore => "signed-before",
            Self::NotInQuorum => "not-in-quorum",
        }
    }
}

impl State {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InReview => "in_review",
            Self::Signed => "signed",
            Self::Closed => "closed",
        }
    }

    /// As stored; none for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::Open, Self::InReview, Self::Signed, Self::Closed];
        all.into_iter().find(|state| state.as_str() == text)
    }
}

impl Held {
    /// Whether answers, evidence, measurements, assignments and catalogues may change.
    ///
    /// # Errors
    /// [`Refusal`] unless the round is open.
    pub fn may_fill(&self) -> Result<(), Refusal> {
        match self.state {
            State::Open => Ok(()),
            State::InReview => Err(Refusal::InReview),
            State::Signed => Err(Refusal::Signed),
            State::Closed => Err(Refusal::Closed),
        }
    }

    /// Whether answers may be reviewed. Evidence and measurements may still come in then, too.
    ///
    /// # Errors
    /// [`Refusal`] unless the round is in review and nobody has signed it.
    pub fn may_review(&self, signed: &[SignOff]) -> Result<(), Refusal> {
        match self.state {
            State::Open => Err(Refusal::NotInReview),
            State::InReview if signed.is_empty() => Ok(()),
            State::InReview => Err(Refusal::PartlySigned),
            State::Signed => Err(Refusal::Signed),
            State::Closed => Err(Refusal::Closed),
        }
    }

    /// Whether evidence and measurements may come in.
    ///
    /// # Errors
    /// [`Refusal`] once somebody signed.
    pub fn may_collect(&self, signed: &[SignOff]) -> Result<(), Refusal> {
        match self.state {
            State::Open => Ok(()),
            _ => self.may_review(signed),
        }
    }

    /// Whether a lead may put it into this state. Signatures alone make it signed.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn may_move(&self, to: State) -> Result<(), Refusal> {
        match (self.state, to) {
            (State::Closed, _) => Err(Refusal::Closed),
            (from, to) if from == to => Err(Refusal::SameState),
            (State::Open, State::InReview)
            | (State::InReview, State::Open)
            | (State::Signed, State::Closed) => Ok(()),
            (State::Signed, _) => Err(Refusal::Signed),
            (_, State::Open | State::InReview) => Err(Refusal::InReview),
            (_, State::Signed | State::Closed) => Err(Refusal::NotSigned),
        }
    }

    /// Whether an institution may sign.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn may_sign(&self, institution: &str, signed: &[SignOff]) -> Result<(), Refusal> {
        match self.state {
            State::Open => return Err(Refusal::NotInReview),
            State::Closed => return Err(Refusal::Closed),
            State::InReview | State::Signed => {}
        }
        if !self.quorum.institutions.iter().any(|one| one == institution) {
            return Err(Refusal::NotInQuorum);
        }
        if signed.iter().any(|one| one.institution == institution) {
            return Err(Refusal::SignedBefore);
        }
        Ok(())
    }

    /// Whether this many signatures are enough.
    #[must_use]
    pub fn is_quorum(&self, signatures: usize) -> bool {
        signatures >= usize::try_from(self.quorum.needed).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_moves_forward_and_back_from_review_only() {
        use State::{Closed, InReview, Open, Signed};
        let allowed = [(Open, InReview), (InReview, Open), (Signed, Closed)];
        let document = serde_json::json!({
            "schema": "dpi-assessment-round/1", "id": "r", "country": {"code": "TB", "name": "T"},
            "instrument": {"id": "i", "version": "1"}, "profile": "full", "as_of": "2026-03-01"
        });
        let document: Round = serde_json::from_value(document).expect("a round");
        for from in [Open, InReview, Signed, Closed] {
            let held = Held {
                id: Id::from_bytes([1; 16]),
                title: String::new(),
                scope: String::new(),
                state: from,
                revision: 1,
                quorum: Quorum { institutions: vec!["GOV/A".to_owned()], needed: 1 },
                document: document.clone(),
                digest: None,
                opened: Timestamp::from_micros(0),
                moved: Timestamp::from_micros(0),
            };
            for to in [Open, InReview, Signed, Closed] {
                let may = held.may_move(to).is_ok();
                assert_eq!(may, allowed.contains(&(from, to)), "{from:?} to {to:?}");
            }
            assert_eq!(held.may_fill().is_ok(), from == Open);
            assert_eq!(held.may_sign("GOV/A", &[]).is_ok(), matches!(from, InReview | Signed));
            assert_eq!(State::parse(from.as_str()), Some(from));
        }
    }
}
