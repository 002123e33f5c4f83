//! What if: other answers, more hands, an action left out. The same rules give another plan, set beside the first.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Conditions, gaps, roadmap_under, services};
use crate::instrument::{EvidenceKind, Instrument};
use crate::result::{Action, Gap, Points, Roadmap, Scores};
use crate::round::{Answer, Evidence, Round};
use crate::score::score;

/// Id of the evidence that a supposed answer rests on.
const SUPPOSED: &str = "what-if";

/// What is supposed.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Levels taken as proven, by indicator; they replace what was measured.
    pub answers: BTreeMap<String, u8>,
    /// Actions that every owner can do at a time.
    pub parallel: Option<usize>,
    /// The same for single owners, by id of the role.
    pub parallel_of: BTreeMap<String, usize>,
    /// Ids of actions in the present roadmap. What waits for one of them falls with it.
    pub leave_out: Vec<String>,
}

/// Where the country stands, and where the plan brings it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outlook {
    pub level: u8,
    pub mean: Points,
    /// When every action of the roadmap has reached its level.
    pub level_at_end: u8,
    pub mean_at_end: Points,
    pub months: u32,
}

/// The plan as it is and as it would be.
#[derive(Clone, Debug, Serialize)]
pub struct WhatIf {
    pub before: Outlook,
    pub after: Outlook,
    pub roadmap: Roadmap,
    /// Titles of the actions that fall because one they wait for was left out.
    pub fallen: Vec<String>,
}

/// A round with its scores and everything planned from them.
struct Plan {
    round: Round,
    scores: Scores,
    gaps: Vec<Gap>,
    roadmap: Roadmap,
}

/// Plans anew under a change.
#[must_use]
pub fn what_if(instrument: &Instrument, round: &Round, change: &Change) -> WhatIf {
    let present = plan(instrument, round.clone(), &Conditions::default());
    let left_out: BTreeSet<&str> = change.leave_out.iter().map(String::as_str).collect();
    let out = with_all_that_wait(&present.roadmap, left_out.clone());
    let falls = |action: &&Action| out.contains(action.id.as_str());
    let falling: Vec<&Action> = present.roadmap.actions.iter().filter(falls).collect();
    let left_open = falling.iter().flat_map(|action| action.gaps.clone()).collect();
    let fallen = falling
        .iter()
        .filter(|action| !left_out.contains(action.id.as_str()))
        .map(|action| action.title.clone())
        .collect();
    let conditions = Conditions {
        parallel: change.parallel.unwrap_or(Conditions::default().parallel),
        parallel_of: change.parallel_of.clone(),
        left_open,
    };
    let changed = plan(instrument, supposing(round, &change.answers), &conditions);
    WhatIf {
        before: outlook(instrument, &present, &BTreeSet::new()),
        after: outlook(instrument, &changed, &conditions.left_open),
        roadmap: changed.roadmap,
        fallen,
    }
}

fn plan(instrument: &Instrument, round: Round, conditions: &Conditions) -> Plan {
    let scores = score(instrument, &round);
    let (ranked, components) = services(instrument, &round, &scores);
    let gaps = gaps(instrument, &round, &scores, &ranked);
    let roadmap = roadmap_under(conditions, instrument, &scores, &gaps, &components);
    Plan { round, scores, gaps, roadmap }
}

fn with_all_that_wait<'a>(roadmap: &'a Roadmap, mut out: BTreeSet<&'a str>) -> BTreeSet<&'a str> {
    loop {
        let before = out.len();
        for action in &roadmap.actions {
            if action.depends_on.iter().any(|first| out.contains(first.as_str())) {
                out.insert(&action.id);
            }
        }
        if out.len() == before {
            return out;
        }
    }
}

/// The round as if these levels were proven: evidence of the highest kind, and no measurement that says otherwise.
fn supposing(round: &Round, answers: &BTreeMap<String, u8>) -> Round {
    let mut round = round.clone();
    if answers.is_empty() {
        return round;
    }
    round.evidence.push(Evidence {
        id: SUPPOSED.to_owned(),
        kind: EvidenceKind::AuditReport,
        title: SUPPOSED.to_owned(),
        source: SUPPOSED.to_owned(),
        sha256: None,
        publisher: SUPPOSED.to_owned(),
        date: round.as_of,
        expires: None,
    });
    round.measurements.retain(|one| !answers.contains_key(&one.indicator));
    for (indicator, level) in answers {
        let institution = round.answers.get(indicator).map(|answer| answer.institution.clone());
        round.answers.insert(
            indicator.clone(),
            Answer {
                level: Some(*level),
                institution: institution.unwrap_or_default(),
                respondent: SUPPOSED.to_owned(),
                evidence: vec![SUPPOSED.to_owned()],
                note: String::new(),
                review: None,
            },
        );
    }
    round
}

fn outlook(instrument: &Instrument, plan: &Plan, left_open: &BTreeSet<String>) -> Outlook {
    let closed = plan.gaps.iter().filter(|gap| !left_open.contains(&gap.id));
    // To know what is not known raises nothing by itself.
    let reached =
        closed.filter(|gap| gap.level.is_some()).map(|gap| (gap.indicator.clone(), gap.target));
    let end = score(instrument, &supposing(&plan.round, &reached.collect()));
    Outlook {
        level: plan.scores.country.level,
        mean: plan.scores.country.mean,
        level_at_end: end.country.level,
        mean_at_end: end.country.mean,
        months: plan.roadmap.months,
    }
}
