//! One round of an assessment: what was claimed, by whom, on which evidence, and what was measured.
//!
//! A round is one JSON document (`dpi-assessment-round/1`). It comes out of the block's database, a spreadsheet or
//! a text editor; the assessment does not care which.

use std::collections::BTreeMap;

use basis::{PartialDate, Timestamp};
use serde::{Deserialize, Serialize};

use crate::instrument::EvidenceKind;

mod check;
mod unique;

pub use check::RoundFault;

/// Format of the document that this crate reads.
pub const SCHEMA: &str = "dpi-assessment-round/1";

/// The whole round.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// `dpi-assessment-round/1`
    pub schema: String,
    pub id: String,
    pub country: Country,
    pub instrument: InstrumentName,
    /// Profile of the instrument: `full`, `core`, ...
    pub profile: String,
    /// The day the answers stand for; ages of evidence are counted up to it.
    pub as_of: PartialDate,
    #[serde(default, deserialize_with = "unique::map")]
    pub targets: BTreeMap<String, Target>,
    /// By indicator. A missing one is unknown.
    #[serde(default, deserialize_with = "unique::map")]
    pub answers: BTreeMap<String, Answer>,
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    #[serde(default)]
    pub measurements: Vec<Measurement>,
    #[serde(default)]
    pub institutions: Vec<Institution>,
    #[serde(default)]
    pub systems: Vec<System>,
    #[serde(default)]
    pub services: Vec<Service>,
    #[serde(default)]
    pub flows: Vec<Flow>,
    #[serde(default)]
    pub laws: Vec<LegalInstrument>,
    #[serde(default)]
    pub sign_offs: Vec<SignOff>,
}

/// Why a text is no round.
#[derive(Debug, thiserror::Error)]
pub enum RoundError {
    /// No JSON, or not of a round's shape.
    #[error("the round cannot be read at `{path}`: {says}")]
    Form {
        /// `answers.ID-01.level`
        path: String,
        /// What is wrong there, with line and column.
        says: String,
    },
    /// Another format, or another version of it.
    #[error(
        "the round's schema is `{0}`, and this program reads {SCHEMA}: convert it, or use the program it was made with"
    )]
    Schema(String),
}

impl Round {
    /// Reads a round. Its form only: [`Round::check`] says what does not fit the instrument.
    ///
    /// # Errors
    /// [`RoundError::Form`] with the place in the document, [`RoundError::Schema`] for another format.
    pub fn parse(text: &str) -> Result<Self, RoundError> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let round: Self = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            RoundError::Form { path: error.path().to_string(), says: error.inner().to_string() }
        })?;
        reader.end().map_err(|error| RoundError::Form {
            path: "the end".to_owned(),
            says: error.to_string(),
        })?;
        if round.schema != SCHEMA {
            return Err(RoundError::Schema(round.schema));
        }
        Ok(round)
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Country {
    pub code: String,
    pub name: String,
    /// True for an invented one: reports say so on every page.
    #[serde(default)]
    pub invented: bool,
}

/// Which instrument a round was answered under.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct InstrumentName {
    pub id: String,
    pub version: String,
}

/// What a country has set itself for an indicator.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Target {
    /// Level to reach, by which day.
    Level {
        level: u8,
        #[serde(default)]
        by: Option<PartialDate>,
    },
    /// The country decided not to build it; with the reason and who decided. Neither a gap nor a zero.
    NotPlanned { reason: String },
}

/// A claim about one indicator.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// 0 to 4; none is "unknown".
    pub level: Option<u8>,
    /// Institution that answers.
    pub institution: String,
    /// Office that answers; a role, not a person's name.
    #[serde(default)]
    pub respondent: String,
    /// Ids of [`Evidence`].
    #[serde(default)]
    pub evidence: Vec<String>,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub review: Option<Review>,
}

/// A reviewer's word on an answer. Both levels stay visible.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    pub reviewer: String,
    /// A level of the reviewer's own; none accepts the answer.
    #[serde(default)]
    pub level: Option<u8>,
    pub reason: String,
}

/// Something that carries a claim.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    pub id: String,
    pub kind: EvidenceKind,
    pub title: String,
    /// Address of a link, or name of a file.
    pub source: String,
    /// SHA-256 of the file or of the archived page, hex.
    #[serde(default)]
    pub sha256: Option<String>,
    pub publisher: String,
    pub date: PartialDate,
    #[serde(default)]
    pub expires: Option<PartialDate>,
}

/// What a probe found. Claims and measurements stand side by side.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    pub probe: String,
    pub indicator: String,
    /// Name of the target in the operator's allow-list.
    pub target: String,
    pub at: Timestamp,
    pub outcome: Outcome,
    /// One sentence for the report.
    pub says: String,
    #[serde(default)]
    pub exchanges: Vec<HttpExchange>,
}

/// What a probe can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The level that was seen.
    Level(u8),
    /// The subject is not built, not reachable by design, or not permitted: no statement about the level.
    CannotBeMeasured,
    /// It was there before and does not answer now, for `seconds` so far. Counts as absent only after the
    /// instrument's window: an outage of minutes is not immaturity.
    Unavailable { seconds: u64 },
}

/// One request of a probe, by digest.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HttpExchange {
    pub method: String,
    /// Address without query.
    pub url: String,
    /// HTTP status; 0 when there was no answer.
    pub status: u16,
    /// SHA-256 of the request and response bodies, hex.
    pub request_sha256: String,
    pub response_sha256: String,
    pub milliseconds: u64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Institution {
    /// `GOV/MSP`
    pub id: String,
    pub name: String,
    /// Sector in a word: `health`, `tax`, `social protection`; empty when nobody said.
    #[serde(default)]
    pub sector: String,
}

/// A row of the systems catalogue: GovStack's request-for-information sheet, with what siloed duplicates and the
/// draft architecture need beside it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    pub id: String,
    pub name: String,
    pub institution: String,
    #[serde(default)]
    pub purpose: String,
    #[serde(default)]
    pub hosting: String,
    #[serde(default)]
    pub database: String,
    #[serde(default)]
    pub monitoring: String,
    /// Building Blocks whose work it does: `identity`, `payments`, `messaging`, ...
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// Interfaces it offers: `OpenID Connect`, `X-Road`, `REST`, `file`.
    #[serde(default)]
    pub interfaces: Vec<String>,
    /// Ids of shared systems that it uses instead of having its own.
    #[serde(default)]
    pub uses: Vec<String>,
    #[serde(default)]
    pub shared: bool,
    #[serde(default)]
    pub vendor: String,
    #[serde(default)]
    pub contract_ends: Option<PartialDate>,
    #[serde(default)]
    pub open_source: bool,
    #[serde(default)]
    pub since: Option<PartialDate>,
}

/// A row of the service catalogue: GovStack's request-for-information sheet.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    pub id: String,
    pub name: String,
    pub institution: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub sector: String,
    /// `individual`, `business`, `agency`.
    #[serde(default)]
    pub recipients: Vec<String>,
    #[serde(default)]
    pub transactions_per_year: Option<u64>,
    #[serde(default)]
    pub customers_per_year: Option<u64>,
    #[serde(default)]
    pub visits: Option<u32>,
    #[serde(default)]
    pub documents: Vec<String>,
    #[serde(default)]
    pub agencies: Vec<String>,
    #[serde(default)]
    pub channels: Vec<String>,
    #[serde(default)]
    pub languages: Vec<String>,
    #[serde(default)]
    pub link: String,
    /// 1 information, 2 form to download, 3 web form, 4 fully online, 5 proactive.
    #[serde(default)]
    pub digital_level: Option<u8>,
    #[serde(default)]
    pub cross_border: bool,
    #[serde(default)]
    pub legal_basis: String,
    /// Reaches groups that are often left out.
    #[serde(default)]
    pub vulnerable_groups: bool,
    /// Rights depend on it: never dropped for low volume.
    #[serde(default)]
    pub rights_critical: bool,
    /// 0 to 4: how firmly the government has committed itself.
    #[serde(default)]
    pub commitment: Option<u8>,
    /// Building Blocks it needs.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Systems behind it.
    #[serde(default)]
    pub systems: Vec<String>,
    #[serde(default)]
    pub satisfaction: Option<u8>,
    #[serde(default)]
    pub challenges: Vec<String>,
}

/// Data that go from one institution to another, seen in a log or only told.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    pub from: String,
    pub to: String,
    pub subject: String,
    /// `exchange`, `private link`, `file`, `paper`.
    pub path: String,
    #[serde(default)]
    pub agreement: Option<String>,
    #[serde(default)]
    pub legal_basis: Option<String>,
    /// Successful calls in the window; none when only told.
    #[serde(default)]
    pub calls: Option<u64>,
}

/// A row of the legal register.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LegalInstrument {
    pub id: String,
    pub name: String,
    /// `soft`, `regional`, `national`.
    pub level: String,
    /// `in force`, `draft`, `missing`.
    pub status: String,
    #[serde(default)]
    pub date: Option<PartialDate>,
    #[serde(default)]
    pub articles: String,
    /// What it carries: `identity`, `payments`, `exchange`, `data protection`, ...
    #[serde(default)]
    pub covers: Vec<String>,
}

/// A signature under a round.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SignOff {
    pub institution: String,
    pub role: String,
    pub at: Timestamp,
    #[serde(default)]
    pub dissent: Option<String>,
}
