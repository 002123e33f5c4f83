//! What if: some answers were better, owners could carry more, an action were left out.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::instrument::{EvidenceKind, Instrument};
use crate::plan::{self, Capacity};
use crate::result::{ComponentValue, Gap, Points, Roadmap};
use crate::round::{Answer, Evidence, Round};
use crate::score;

/// What is assumed.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Levels that stand, with evidence, by indicator.
    pub levels: BTreeMap<String, u8>,
    pub capacity: Capacity,
    /// Actions of the roadmap as it is that nobody does, by id.
    pub without: BTreeSet<String>,
}

/// Before and after.
#[derive(Clone, Debug, Serialize)]
pub struct WhatIf {
    pub before: Outlook,
    pub after: Outlook,
    /// Actions that wait for one left out and go ahead without it: ids of the roadmap as it is.
    pub unfounded: Vec<String>,
    /// The new roadmap.
    pub roadmap: Roadmap,
}

/// Where a country stands and where its roadmap leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outlook {
    pub level: u8,
    pub mean: Points,
    pub months: u32,
    /// Level and mean when every action of the roadmap is done. What has to be found out stays unknown.
    pub level_at_end: u8,
    pub mean_at_end: Points,
}

/// Plans the round again under the change, and compares. The round itself is not touched.
#[must_use]
pub fn what_if(instrument: &Instrument, round: &Round, change: &Change) -> WhatIf {
    let now = Plan::of(instrument, round);
    let roadmap_now =
        plan::roadmap_with(instrument, &now.gaps, &now.components, &Capacity::default());
    let left_out: BTreeSet<&str> = roadmap_now
        .actions
        .iter()
        .filter(|action| change.without.contains(&action.id))
        .flat_map(|action| &action.gaps)
        .map(String::as_str)
        .collect();
    let raised = raise(instrument, round, &change.levels);
    let mut then = Plan::of(instrument, &raised);
    then.gaps.retain(|gap| !left_out.contains(gap.id.as_str()));
    let roadmap = plan::roadmap_with(instrument, &then.gaps, &then.components, &change.capacity);
    WhatIf {
        before: outlook(instrument, round, &now, &roadmap_now),
        after: outlook(instrument, &raised, &then, &roadmap),
        unfounded: unfounded(&roadmap_now, &change.without),
        roadmap,
    }
}

/// Gaps and components of a round.
struct Plan {
    level: u8,
    mean: Points,
    gaps: Vec<Gap>,
    components: Vec<ComponentValue>,
}

impl Plan {
    fn of(instrument: &Instrument, round: &Round) -> Self {
        let scores = score::score(instrument, round);
        let (services, components) = plan::services(instrument, round, &scores);
        let gaps = plan::gaps(instrument, round, &scores, &services);
        Self { level: scores.country.level, mean: scores.country.mean, gaps, components }
    }
}

fn outlook(instrument: &Instrument, round: &Round, plan: &Plan, roadmap: &Roadmap) -> Outlook {
    let done = plan.gaps.iter().filter(|gap| !super::order::finds_out(gap));
    let levels = done.map(|gap| (gap.indicator.clone(), gap.target)).collect();
    let end = score::score(instrument, &raise(instrument, round, &levels)).country;
    Outlook {
        level: plan.level,
        mean: plan.mean,
        months: roadmap.months,
        level_at_end: end.level,
        mean_at_end: end.mean,
    }
}

fn unfounded(roadmap: &Roadmap, without: &BTreeSet<String>) -> Vec<String> {
    let rests = |action: &&crate::result::Action| {
        !without.contains(&action.id) && action.depends_on.iter().any(|id| without.contains(id))
    };
    roadmap.actions.iter().filter(rests).map(|action| action.id.clone()).collect()
}

/// The round as if these levels stood: with evidence of the kind that carries most, and without the measurements and
/// reviews that speak of the present.
fn raise(instrument: &Instrument, round: &Round, levels: &BTreeMap<String, u8>) -> Round {
    let mut raised = round.clone();
    let caps = &instrument.evidence_rule.caps;
    let strongest = caps.iter().max_by_key(|(_, cap)| **cap).map(|(kind, _)| *kind);
    let evidence = Evidence {
        id: "what-if".to_owned(),
        kind: strongest.unwrap_or(EvidenceKind::AuditReport),
        title: "assumed".to_owned(),
        source: String::new(),
        sha256: None,
        publisher: String::new(),
        date: round.as_of,
        expires: None,
    };
    for (indicator, level) in levels {
        let answer = Answer {
            level: Some(*level),
            institution: round
                .answers
                .get(indicator)
                .map_or_else(String::new, |a| a.institution.clone()),
            respondent: String::new(),
            evidence: vec![evidence.id.clone()],
            note: String::new(),
            review: None,
        };
        raised.answers.insert(indicator.clone(), answer);
    }
    raised.measurements.retain(|measurement| !levels.contains_key(&measurement.indicator));
    raised.evidence.push(evidence);
    raised
}
