//! The UN's universal DPI safeguards, as far as the indicators speak to them.

use super::reference::reference;
use super::view::View;
use crate::instrument::{Indicator, Instrument, TOP};
use crate::result::{Points, SafeguardRow, Scores};

const PRINCIPLE_PREFIX: &str = "UNSF:";
const RISK_PREFIX: &str = "UNSF-R:";

/// One row a principle and a risk, in the order of the data. A row that no indicator of the instrument names stays,
/// with no score: what is not looked at must be seen too.
#[must_use]
pub fn safeguards(instrument: &Instrument, scores: &Scores) -> Vec<SafeguardRow> {
    let view = View::new(instrument, scores);
    let rows = reference().safeguards.iter().map(|safeguard| {
        let prefix = if safeguard.kind == "risk" { RISK_PREFIX } else { PRINCIPLE_PREFIX };
        let wanted = format!("{prefix}{}", safeguard.id);
        let indicators: Vec<&Indicator> = instrument
            .indicators
            .iter()
            .filter(|one| view.score(&one.id).is_some_and(|score| !score.not_planned))
            .filter(|one| one.refs.contains(&wanted))
            .collect();
        SafeguardRow {
            id: safeguard.id.clone(),
            kind: safeguard.kind.clone(),
            score: weighted(&view, &indicators),
            indicators: indicators.iter().map(|one| one.id.clone()).collect(),
            stage: safeguard.stage.clone(),
            authority: safeguard.authority.clone(),
        }
    });
    rows.collect()
}

/// Weighted mean over what is answered, as for dimensions; none when nothing is.
fn weighted(view: &View, indicators: &[&Indicator]) -> Option<Points> {
    let known = indicators.iter().filter_map(|one| Some((one.weight, view.level(&one.id)?)));
    let (reached, possible) = known.fold((0, 0), |(reached, possible), (weight, level)| {
        (reached + weight * i64::from(level), possible + weight * i64::from(TOP))
    });
    (possible > 0).then(|| (reached * 10_000 + possible / 2) / possible)
}
