//! Which kind a gap is when no probe, gate or missing evidence decides it (`data/gap_rules.toml`).

use serde::Deserialize;

use crate::instrument::Indicator;
use crate::result::{CostBand, Effort, GapKind};

/// The file.
#[derive(Clone, Debug, Deserialize)]
pub struct GapRules {
    pub outside_govstack: OutsideGovstack,
    #[serde(rename = "rule")]
    pub rules: Vec<GapRule>,
}

/// What GovStack says that it does not offer.
#[derive(Clone, Debug, Deserialize)]
pub struct OutsideGovstack {
    pub indicators: Vec<String>,
    pub dimensions: Vec<String>,
}

/// One rule; the first that fits decides.
#[derive(Clone, Debug, Deserialize)]
pub struct GapRule {
    pub kind: GapKind,
    /// Empty lists of indicators, dimensions and layers together fit everything.
    #[serde(default)]
    pub indicators: Vec<String>,
    #[serde(default)]
    pub dimensions: Vec<String>,
    #[serde(default)]
    pub layers: Vec<String>,
    /// Fits levels below this one.
    #[serde(default = "any_level")]
    pub below: u8,
    pub effort: Effort,
    pub cost: CostBand,
    /// Of the roadmap, 1 to 4.
    pub phase: u8,
}

fn any_level() -> u8 {
    u8::MAX
}

impl GapRules {
    /// The rule for an indicator at a level.
    #[must_use]
    pub fn rule_for(&self, indicator: &Indicator, layer: &str, level: u8) -> &GapRule {
        let fits = |rule: &&GapRule| level < rule.below && rule.names(indicator, layer);
        self.rules.iter().find(fits).expect("the last rule takes all, as a test checks")
    }

    /// Whether GovStack offers nothing for it.
    #[must_use]
    pub fn is_outside_govstack(&self, indicator: &Indicator) -> bool {
        self.outside_govstack.indicators.contains(&indicator.id)
            || self.outside_govstack.dimensions.contains(&indicator.dimension)
    }
}

impl GapRule {
    fn names(&self, indicator: &Indicator, layer: &str) -> bool {
        let names_nothing =
            self.indicators.is_empty() && self.dimensions.is_empty() && self.layers.is_empty();
        names_nothing
            || self.indicators.contains(&indicator.id)
            || self.dimensions.contains(&indicator.dimension)
            || self.layers.iter().any(|one| one == layer)
    }
}
