//! How far a round has come, by dimension.

use maturity::{Instrument, Round};
use serde::Serialize;
use utoipa::ToSchema;

use super::scope;

/// A dimension's share of the round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Coverage {
    /// The dimension: `ID`.
    pub dimension: String,
    /// Its name in the instrument's language.
    pub name: String,
    /// How many indicators the round asks.
    pub asked: usize,
    /// How many have a level.
    pub answered: usize,
    /// How many were answered with "we do not know".
    pub unknown: usize,
    /// How many answers name evidence.
    pub with_evidence: usize,
    /// How many a reviewer has looked at.
    pub reviewed: usize,
}

/// Coverage of each dimension that the round asks, in the instrument's order.
#[must_use]
pub fn coverage(instrument: &Instrument, round: &Round) -> Vec<Coverage> {
    let asked = scope::indicators(instrument, &round.profile).unwrap_or_default();
    let mut all = Vec::new();
    for dimension in &instrument.dimensions {
        let mut one = Coverage {
            dimension: dimension.id.clone(),
            name: dimension.name.clone(),
            asked: 0,
            answered: 0,
            unknown: 0,
            with_evidence: 0,
            reviewed: 0,
        };
        for indicator in asked.iter().filter(|asked| asked.dimension == dimension.id) {
            one.asked += 1;
            let Some(answer) = round.answers.get(&indicator.id) else { continue };
            one.answered += usize::from(answer.level.is_some());
            one.unknown += usize::from(answer.level.is_none());
            one.with_evidence += usize::from(!answer.evidence.is_empty());
            one.reviewed += usize::from(answer.review.is_some());
        }
        if one.asked > 0 {
            all.push(one);
        }
    }
    all
}
