//! Which of the ten kinds a gap is. One indicator has one gap: the first kind that fits, the gravest first.

use crate::instrument::Indicator;
use crate::plan::block::{Blocks, ESTABLISHED};
use crate::result::{GapKind, IndicatorScore, Measured};

/// Below this level a rule of the instrument's gates and of the gap kinds counts something as not there.
pub(super) const LEAST: u8 = 2;

/// Indicators of dependence on a single vendor or product.
const DEPENDENCE: [&str; 2] = ["ID-12", "REU-07"];

/// References that speak of people who are left out: principles and risks of the UN's universal DPI safeguards.
const EXCLUSION: [&str; 5] = ["UNSF:F2", "UNSF:F3", "UNSF-R:RI1", "UNSF-R:RI2", "UNSF-R:RI3"];

/// The kind of a gap below its target. `red` says that the gate of missing safeguards is red because of it.
pub(super) fn kind(
    indicator: &Indicator,
    score: &IndicatorScore,
    red: bool,
    blocks: &Blocks<'_>,
) -> GapKind {
    if red {
        return GapKind::Unsafe;
    }
    let Some(level) = score.level else { return GapKind::Unevidenced };
    if stopped(score) {
        return GapKind::NotFunctional;
    }
    if score.contradicted {
        return GapKind::Contradicted;
    }
    if score.claimed.is_some_and(|claimed| claimed >= LEAST) && score.cap < LEAST {
        return GapKind::Unevidenced;
    }
    if level < LEAST && DEPENDENCE.contains(&indicator.id.as_str()) {
        return GapKind::DependentOnOne;
    }
    if level < LEAST && excludes(indicator) {
        return GapKind::Excluding;
    }
    by_dimension(indicator, level, component(indicator, blocks))
}

/// Claimed to work, and found out of use.
fn stopped(score: &IndicatorScore) -> bool {
    let claimed = score.claimed.is_some_and(|claimed| claimed >= LEAST);
    claimed && matches!(score.measured, Measured::Lost | Measured::Level(0))
}

fn excludes(indicator: &Indicator) -> bool {
    indicator.dimension == "INC" || indicator.refs.iter().any(|r| EXCLUSION.contains(&r.as_str()))
}

/// Best known level of the components that the indicator is about.
fn component(indicator: &Indicator, blocks: &Blocks<'_>) -> Option<u8> {
    let named = &indicator.gap.building_blocks;
    if named.iter().any(|block| block == super::block::ALL) {
        return blocks.names().iter().filter_map(|block| blocks.level(block)).max();
    }
    named.iter().filter_map(|block| blocks.level(block)).max()
}

/// What is left: sharing and interoperability can only lack where there is a component; law, institutions and
/// safeguards govern; everything else is missing or works in part.
fn by_dimension(indicator: &Indicator, level: u8, component: Option<u8>) -> GapKind {
    match indicator.dimension.as_str() {
        "LEG" | "GOV" | "SAF" | "CAP" => GapKind::Ungoverned,
        "REU" if level < LEAST && component.is_some_and(|c| c >= ESTABLISHED) => GapKind::Siloed,
        "INT" | "XB" if component.is_some_and(|c| c >= LEAST) => GapKind::NotInteroperable,
        "INC" => GapKind::Excluding,
        _ if level < LEAST => GapKind::Missing,
        _ => GapKind::NotFunctional,
    }
}
