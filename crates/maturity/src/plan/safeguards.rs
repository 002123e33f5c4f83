//! The UN's universal DPI safeguards, as far as the indicators show them.

use crate::instrument::{Indicator, Instrument};
use crate::plan::catalogue::{CATALOGUES, Safeguard};
use crate::result::{IndicatorScore, Points, SafeguardRow, Scores};
use crate::score::FULL_POINTS;

/// One row for each principle and risk of the catalogue, in its order, with or without indicators.
#[must_use]
pub fn safeguards(instrument: &Instrument, scores: &Scores) -> Vec<SafeguardRow> {
    let pairs: Vec<_> = instrument.indicators.iter().zip(&scores.indicators).collect();
    CATALOGUES.safeguards.iter().map(|safeguard| row(safeguard, &pairs)).collect()
}

fn row(safeguard: &Safeguard, pairs: &[(&Indicator, &IndicatorScore)]) -> SafeguardRow {
    let prefix = if safeguard.kind == "risk" { "UNSF-R" } else { "UNSF" };
    let reference = format!("{prefix}:{}", safeguard.id);
    let shows: Vec<&(&Indicator, &IndicatorScore)> =
        pairs.iter().filter(|(indicator, _)| indicator.refs.contains(&reference)).collect();
    SafeguardRow {
        id: safeguard.id.clone(),
        kind: safeguard.kind.clone(),
        score: mean(&shows),
        indicators: shows.iter().map(|(indicator, _)| indicator.id.clone()).collect(),
        stage: safeguard.stage.clone(),
        authority: safeguard.authority.clone(),
    }
}

/// Weighted mean of what is answered and planned; none when nothing is.
fn mean(pairs: &[&(&Indicator, &IndicatorScore)]) -> Option<Points> {
    let (mut sum, mut full) = (0, 0);
    for (indicator, score) in pairs {
        let (Some(level), false) = (score.level, score.not_planned) else { continue };
        sum += indicator.weight * i64::from(level);
        full += indicator.weight * i64::from(crate::instrument::TOP);
    }
    (full > 0).then(|| (FULL_POINTS * sum + full / 2) / full)
}
