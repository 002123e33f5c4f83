//! The instrument: what is asked, how answers weigh, and what must hold. Signed, versioned data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

mod check;
pub mod condition;
pub mod migration;
pub mod profile;
pub mod signed;

pub use check::{InstrumentError, InstrumentFault};
pub use migration::Migration;

/// Highest level of an answer.
pub const TOP: u8 = 4;

/// Format of the file that this crate reads.
pub const SCHEMA: &str = "dpi-assessment-instrument/1";

/// The instrument that ships with the program. It is trusted because it was compiled in.
const BUILT_IN: &str = include_str!("../data/instrument.toml");

/// `dpi-assessment-instrument/1`: the file as it is written.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// Format of the file.
    pub schema: String,
    pub id: String,
    /// Semantic version; a round names the one it was answered under.
    pub version: String,
    pub status: String,
    /// Language of the texts in this file; others stand in files beside it.
    pub language: String,
    pub scale: Scale,
    pub evidence_rule: EvidenceRule,
    pub rollup: Rollup,
    #[serde(rename = "level")]
    pub levels: Vec<MaturityLevel>,
    #[serde(rename = "gate")]
    pub gates: Vec<Gate>,
    #[serde(rename = "dimension")]
    pub dimensions: Vec<Dimension>,
    #[serde(rename = "probe")]
    pub probes: Vec<Probe>,
    #[serde(rename = "matrix")]
    pub matrix: Vec<MatrixCell>,
    #[serde(rename = "profile", default)]
    pub profiles: Vec<Profile>,
    #[serde(rename = "indicator")]
    pub indicators: Vec<Indicator>,
    /// How answers to earlier versions become answers to this one.
    #[serde(rename = "migration", default)]
    pub migrations: Vec<Migration>,
}

impl Instrument {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// [`InstrumentError::Form`] when it is no TOML of this shape; [`InstrumentError::Faults`] with every rule that it
    /// breaks, so that its author mends it in one go.
    pub fn parse(text: &str) -> Result<Self, InstrumentError> {
        let instrument: Self =
            toml::from_str(text).map_err(|error| InstrumentError::Form(error.to_string()))?;
        let faults = check::faults(&instrument);
        if !faults.is_empty() {
            return Err(InstrumentError::Faults(faults));
        }
        Ok(instrument)
    }

    /// The instrument that ships with the program.
    ///
    /// # Panics
    /// Never in a program whose tests passed: they read the same text.
    #[must_use]
    pub fn built_in() -> Self {
        Self::parse(BUILT_IN).expect("the tests read the same text")
    }

    /// The indicator with this id.
    #[must_use]
    pub fn indicator(&self, id: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| indicator.id == id)
    }

    /// The dimension with this id.
    #[must_use]
    pub fn dimension(&self, id: &str) -> Option<&Dimension> {
        self.dimensions.iter().find(|dimension| dimension.id == id)
    }
}

/// The answers' scale.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    pub min: u8,
    pub max: u8,
    pub generic: Vec<String>,
}

/// Highest level that each kind of evidence can carry, and how long it stays fresh.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct EvidenceRule {
    /// Days after which a kind counts as none. Kinds not named never grow old.
    pub max_age_days: BTreeMap<EvidenceKind, u32>,
    /// Level that a claim without evidence can reach.
    pub none: u8,
    #[serde(flatten)]
    pub caps: BTreeMap<EvidenceKind, u8>,
}

/// Kinds of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    Interview,
    Document,
    LawText,
    Gazette,
    Statistic,
    SystemLog,
    LiveProbe,
    AuditReport,
}

impl EvidenceKind {
    /// All of them, weakest first.
    pub const ALL: [Self; 8] = [
        Self::Interview,
        Self::Document,
        Self::LawText,
        Self::Gazette,
        Self::Statistic,
        Self::SystemLog,
        Self::LiveProbe,
        Self::AuditReport,
    ];

    /// The word in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Interview => "interview",
            Self::Document => "document",
            Self::LawText => "law_text",
            Self::Gazette => "gazette",
            Self::Statistic => "statistic",
            Self::SystemLog => "system_log",
            Self::LiveProbe => "live_probe",
            Self::AuditReport => "audit_report",
        }
    }
}

/// How indicators become dimensions and dimensions a country; the texts are for the report's method chapter.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rollup {
    pub indicator: String,
    pub dimension: String,
    pub interval: String,
    /// Share of a dimension's weight that must be answered before a band is named, in thousandths.
    #[serde(with = "thousandths")]
    pub band_needs_coverage: i64,
    /// Days for which something that stopped answering still counts as it was: an outage is not immaturity.
    #[serde(default = "outage_days")]
    pub outage_days: u32,
}

/// Three days, for an instrument that says nothing: longer than a week-end, shorter than a habit.
fn outage_days() -> u32 {
    3
}

/// One stage of the country's maturity.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MaturityLevel {
    pub n: u8,
    pub name: String,
    /// Least weighted mean, 0 to 100.
    pub mean_min: i64,
    /// Least score of every dimension, 0 to 100.
    pub dimension_min: i64,
    #[serde(default)]
    pub govstack_state: Option<String>,
}

/// A rule that no mean can outweigh.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    pub id: String,
    /// `identity`, `payments`, `exchange` or `any`.
    pub component: String,
    /// `ID-01 < 2 or (DX-01 >= 3 and LEG-04 < 2)`
    pub fails_when: String,
    pub says: String,
}

/// A group of indicators with its weight in the country's mean.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    pub id: String,
    pub name: String,
    pub layer: String,
    #[serde(with = "thousandths")]
    pub weight: i64,
    #[serde(default)]
    pub seed: Vec<String>,
}

/// Something that can be tried on a running system.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    pub id: String,
    pub target: String,
    pub does: String,
    pub passes: String,
}

/// One of the twelve cells: does a component exist and work, is it interoperable, governed, shared?
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MatrixCell {
    /// `identity`, `payments`, `exchange`.
    pub component: String,
    /// `exist_functional`, `interoperable`, `governed`, `shared`.
    pub question: String,
    pub indicators: Vec<String>,
}

/// A choice of indicators: `core` for a workshop day, `full`, `regional`, one for a sector.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub id: String,
    pub name: String,
    pub purpose: String,
    /// Whole dimensions.
    #[serde(default)]
    pub dimensions: Vec<String>,
    /// Single indicators.
    #[serde(default)]
    pub indicators: Vec<String>,
    /// Every critical indicator, beside those named.
    #[serde(default)]
    pub critical: bool,
}

/// One question with its five levels.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    pub id: String,
    pub dimension: String,
    pub title: String,
    pub question: String,
    /// What levels 0 to 4 mean here.
    pub levels: Vec<String>,
    /// Kinds of evidence that fit.
    pub evidence: Vec<EvidenceKind>,
    pub auto: Auto,
    pub probes: Vec<String>,
    pub weight: i64,
    pub critical: bool,
    /// `country`, `institution`, `system` or `service`.
    pub scope: String,
    /// Pointers to outside frameworks.
    pub refs: Vec<String>,
    pub gap: GapHint,
    #[serde(default)]
    pub depends_on: Vec<String>,
}

/// What a probe's level does to a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Auto {
    /// The probe's level replaces the claim.
    Full,
    /// The probe may lower the claim, or carry it as evidence.
    Partial,
    /// Documents and people only.
    None,
}

/// What closes a gap of this indicator.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GapHint {
    #[serde(default)]
    pub building_blocks: Vec<String>,
    pub action: String,
}

pub mod translation;

/// Decimal numbers in the file, integers in memory: results must not depend on a machine's floats.
pub mod thousandths {
    use serde::{Deserialize, Deserializer, Serializer};

    /// Reads `1.25` as 1250.
    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<i64, D::Error> {
        let decimal = f64::deserialize(input)?;
        scale(decimal).ok_or_else(|| {
            serde::de::Error::custom("expected a number from 0 to 1000 with three decimals")
        })
    }

    /// Writes 1250 as `1.25`.
    pub fn serialize<S: Serializer>(value: &i64, output: S) -> Result<S::Ok, S::Error> {
        output.serialize_f64(unscale(*value))
    }

    #[expect(clippy::float_arithmetic, reason = "the one place where decimals become integers")]
    fn scale(decimal: f64) -> Option<i64> {
        (0.0..=1000.0).contains(&decimal).then(|| (decimal * 1000.0).round() as i64)
    }

    #[expect(clippy::float_arithmetic, reason = "and back, for the file")]
    fn unscale(value: i64) -> f64 {
        value as f64 / 1000.0
    }
}
