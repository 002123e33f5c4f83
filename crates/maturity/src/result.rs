//! What comes out: every figure with the way it was found.
//!
//! Scores are integers in hundredths of a point: 10,000 is 100.00. Levels are 0 to 4.

use serde::{Deserialize, Serialize};

/// Hundredths of a point on the scale of 0 to 100.
pub type Points = i64;

/// The five deliverables in one value.
#[derive(Clone, Debug, Serialize)]
pub struct Assessment {
    /// SHA-256 of the canonical round and instrument, hex: what the whole was computed from.
    pub digest: String,
    pub scores: Scores,
    pub gaps: Vec<Gap>,
    pub services: Vec<RankedService>,
    pub components: Vec<ComponentValue>,
    pub duplicates: Vec<Duplicate>,
    pub flows: FlowMatrix,
    pub architecture: Architecture,
    pub roadmap: Roadmap,
    pub safeguards: Vec<SafeguardRow>,
}

/// Scores of indicators, dimensions and the country.
///
/// Indicators are all there; dimensions only if the profile asks something of them that is planned.
#[derive(Clone, Debug, Serialize)]
pub struct Scores {
    pub country: CountryScore,
    pub dimensions: Vec<DimensionScore>,
    pub indicators: Vec<IndicatorScore>,
    pub matrix: Vec<CellScore>,
    pub gates: Vec<GateState>,
    pub sensitivity: Sensitivity,
}

#[derive(Clone, Debug, Serialize)]
pub struct CountryScore {
    /// Weighted mean, and the same with every unknown at 0 and at 4.
    pub mean: Points,
    pub low: Points,
    pub high: Points,
    /// Weighted geometric mean: punishes imbalance.
    pub geometric: Points,
    /// Id of the weakest dimension.
    pub weakest: String,
    /// Staged level: mean, every dimension, and all critical indicators.
    pub level: u8,
    /// Why it is not one higher, in order of weight.
    pub held_back_by: Vec<String>,
    /// Share of weight answered, in thousandths.
    pub coverage: i64,
}

#[derive(Clone, Debug, Serialize)]
pub struct DimensionScore {
    pub id: String,
    /// None when nothing is answered.
    pub score: Option<Points>,
    pub low: Points,
    pub high: Points,
    /// Thousandths.
    pub coverage: i64,
    /// Level by score alone; none below the coverage a band needs.
    pub band: Option<u8>,
    /// Something of it does not answer right now.
    pub unavailable: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct IndicatorScore {
    pub id: String,
    pub claimed: Option<u8>,
    /// A reviewer's own level, which counts instead of claim and probe as far as the evidence carries it.
    pub reviewed: Option<u8>,
    /// Highest level its evidence carries, a probe's level among it.
    pub cap: u8,
    pub measured: Measured,
    /// What counts; none is unknown.
    pub level: Option<u8>,
    /// Set by a target or the profile.
    pub not_planned: bool,
    /// Level the country wants, 3 when it said nothing.
    pub target: u8,
    pub contradicted: bool,
    /// Evidence and probes that were offered and are too old, or dated after the round.
    pub expired: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured {
    /// No probe looked.
    No,
    CannotBe,
    Level(u8),
    /// Down now; counted as before.
    Unavailable,
    /// Down for longer than the window: counted as absent.
    Lost,
}

#[derive(Clone, Debug, Serialize)]
pub struct CellScore {
    pub component: String,
    pub question: String,
    pub score: Option<Points>,
    pub level: Option<u8>,
    pub unavailable: bool,
    /// Gate that makes the cell worthless, such as "not DPI".
    pub red_gate: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct GateState {
    pub id: String,
    pub component: String,
    pub state: GateAnswer,
    pub says: String,
    /// Indicators that decide.
    pub because: Vec<String>,
}

/// Three-valued: a gate that cannot be decided is not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GateAnswer {
    Green,
    Red,
    Unknown,
}

/// How far the result hangs on the weights.
#[derive(Clone, Debug, Serialize)]
pub struct Sensitivity {
    pub draws: u32,
    pub mean_low: Points,
    pub mean_high: Points,
    /// Draws that ended at each level 0 to 4.
    pub levels: [u32; 5],
}

/// The ten kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GapKind {
    Missing,
    NotFunctional,
    Siloed,
    NotInteroperable,
    Ungoverned,
    Unsafe,
    Excluding,
    Unevidenced,
    Contradicted,
    DependentOnOne,
}

#[derive(Clone, Debug, Serialize)]
pub struct Gap {
    /// `GAP-UNSAFE-LEG-04`
    pub id: String,
    pub kind: GapKind,
    pub indicator: String,
    pub dimension: String,
    pub level: Option<u8>,
    pub target: u8,
    /// Hundredths; larger is worse.
    pub severity: i64,
    /// Role of the owner, one of the roadmap's roles.
    pub owner: String,
    pub effort: Effort,
    pub cost: CostBand,
    pub action: String,
    pub building_blocks: Vec<String>,
    /// Open-source products of any maker that fit.
    pub products: Vec<String>,
    /// What shows that it is closed: a probe, or the evidence asked for.
    pub exit_test: String,
    /// Services that wait for it.
    pub blocks_services: Vec<String>,
    /// GovStack does not cover it.
    pub outside_govstack: bool,
}

/// Small: up to 3 months; medium: 9; large: 24.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effort {
    Small,
    Medium,
    Large,
}

/// Band, not a figure: a draft plan has no prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CostBand {
    Low,
    Middle,
    High,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quadrant {
    /// Pilot now.
    A,
    /// Pull the missing component forward.
    B,
    /// Quick win.
    C,
    /// Later, unless rights depend on it.
    D,
}

#[derive(Clone, Debug, Serialize)]
pub struct RankedService {
    pub id: String,
    pub rank: u32,
    /// Thousandths, 0 to 1000.
    pub impact: i64,
    pub readiness: i64,
    /// Hours a year that people spend on it; none when the catalogue does not say.
    pub burden_hours: Option<u64>,
    pub quadrant: Quadrant,
    pub rights_flag: bool,
    /// Components that hold it back.
    pub missing: Vec<String>,
    /// Fields of the catalogue that were not filled and counted low.
    pub unknown_fields: Vec<String>,
}

/// What a component unlocks.
#[derive(Clone, Debug, Serialize)]
pub struct ComponentValue {
    pub building_block: String,
    pub level: Option<u8>,
    /// Thousandths: sum of the impact of services that lack it, shared among what each lacks.
    pub value: i64,
    pub effort: Effort,
    pub rank: u32,
    pub unlocks: Vec<String>,
}

/// Systems that do the same work side by side.
#[derive(Clone, Debug, Serialize)]
pub struct Duplicate {
    pub building_block: String,
    pub systems: Vec<String>,
    pub institutions: Vec<String>,
    /// The shared system that could serve them, when there is one.
    pub shared: Option<String>,
}

/// Institution by institution.
#[derive(Clone, Debug, Serialize)]
pub struct FlowMatrix {
    pub institutions: Vec<String>,
    pub cells: Vec<FlowCell>,
}

#[derive(Clone, Debug, Serialize)]
pub struct FlowCell {
    pub from: String,
    pub to: String,
    pub calls: u64,
    /// How many of its flows run over the exchange, and how many beside it.
    pub over_exchange: u32,
    pub beside: u32,
    pub without_agreement: u32,
}

/// The as-is and the to-be.
#[derive(Clone, Debug, Serialize)]
pub struct Architecture {
    pub as_is: Diagram,
    pub to_be: Diagram,
    pub decisions: Vec<Decision>,
    pub interfaces: Vec<Interface>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Diagram {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Node {
    pub id: String,
    pub label: String,
    /// `foundation`, `national`, `organisation`: the swim-lanes.
    pub lane: String,
    pub building_block: Option<String>,
    pub level: Option<u8>,
    pub planned: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Edge {
    pub from: String,
    pub to: String,
    pub label: String,
    /// `exchange`, `private link`, `file`, `paper`, `uses`, `provides`.
    pub path: String,
    pub planned: bool,
    /// A private link that should go.
    pub to_replace: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Keep,
    Adapt,
    Replace,
    Retire,
    Build,
}

/// What becomes of a system.
#[derive(Clone, Debug, Serialize)]
pub struct Decision {
    pub system: String,
    pub verdict: Verdict,
    pub reason: String,
    pub building_block: Option<String>,
}

/// What an interface should speak.
#[derive(Clone, Debug, Serialize)]
pub struct Interface {
    pub building_block: String,
    pub standards: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Roadmap {
    pub phases: Vec<Phase>,
    pub actions: Vec<Action>,
    pub milestones: Vec<Milestone>,
    /// Ids of actions on the longest chain.
    pub critical_path: Vec<String>,
    pub months: u32,
}

#[derive(Clone, Debug, Serialize)]
pub struct Phase {
    pub n: u8,
    pub name: String,
    pub first_month: u32,
    pub last_month: u32,
}

#[derive(Clone, Debug, Serialize)]
pub struct Action {
    /// `ACT-07`
    pub id: String,
    pub phase: u8,
    pub title: String,
    pub deliverable: String,
    pub gaps: Vec<String>,
    /// Months from the start, the first is 1; the last is included.
    pub first_month: u32,
    pub last_month: u32,
    pub depends_on: Vec<String>,
    pub raci: Raci,
    pub decision_body: String,
    pub standards: Vec<String>,
    pub cost: CostBand,
    pub funding: String,
    pub indicator: String,
    pub exit_test: String,
}

/// Roles, not persons.
#[derive(Clone, Debug, Serialize)]
pub struct Raci {
    pub responsible: String,
    pub accountable: String,
    pub consulted: Vec<String>,
    pub informed: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Milestone {
    pub month: u32,
    pub says: String,
    pub indicator: String,
    pub level: u8,
}

/// One principle or risk of the UN's universal DPI safeguards, as the indicators show it.
#[derive(Clone, Debug, Serialize)]
pub struct SafeguardRow {
    /// `F3`, `O2`, `RI1`
    pub id: String,
    /// `principle` or `risk`.
    pub kind: String,
    pub score: Option<Points>,
    pub indicators: Vec<String>,
    pub stage: String,
    pub authority: String,
}
