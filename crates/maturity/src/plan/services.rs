//! Which services to build or revamp first, and which components unlock them.
//!
//! Impact = 0.30 volume + 0.30 burden + 0.15 reach of vulnerable groups + 0.15 commitment + 0.10 cross-border, where
//! volume and burden are logarithms against the largest of the catalogue. Readiness = mean over the needed components
//! of min(level, 3) / 3, halved without a legal basis. The weights are a proposal in the manner of standard-cost
//! models (visit 4 hours, document half an hour); the report prints them.

use std::collections::{BTreeMap, BTreeSet};

use super::reference::reference;
use super::view::View;
use super::words::Language;
use crate::instrument::Instrument;
use crate::logarithm::share_of_largest;
use crate::result::{ComponentValue, Effort, Quadrant, RankedService, Scores};
use crate::round::{Round, Service};

/// Where high begins, in thousandths.
const CUT: i64 = 600;
/// Level from which a component holds no service back.
const ESTABLISHED: u8 = 3;
const HALF_HOURS_PER_VISIT: u64 = 8;

/// Services by rank, and components by what they unlock for their effort.
#[must_use]
pub fn services(
    instrument: &Instrument,
    round: &Round,
    scores: &Scores,
) -> (Vec<RankedService>, Vec<ComponentValue>) {
    let view = View::new(instrument, scores);
    let levels = component_levels(&view, round);
    let most_transactions = largest(round, |service| service.transactions_per_year);
    let most_hours = largest(round, burden_hours);
    let language = Language::of(instrument);
    let mut ranked: Vec<RankedService> = round
        .services
        .iter()
        .map(|service| RankedService {
            id: service.id.clone(),
            rank: 0,
            impact: impact(service, most_transactions, most_hours),
            readiness: readiness(service, &levels),
            burden_hours: burden_hours(service),
            quadrant: Quadrant::D,
            rights_flag: service.rights_critical,
            missing: missing(service, &levels),
            unknown_fields: unknown_fields(service, &levels, language),
        })
        .collect();
    for service in &mut ranked {
        service.quadrant = quadrant(service.impact, service.readiness);
    }
    ranked.sort_by(|a, b| {
        (a.quadrant, -a.impact, -a.readiness, &a.id).cmp(&(
            b.quadrant,
            -b.impact,
            -b.readiness,
            &b.id,
        ))
    });
    for (rank, service) in (1..).zip(&mut ranked) {
        service.rank = rank;
    }
    let components = components(round, &ranked, levels);
    (ranked, components)
}

fn component_levels(view: &View, round: &Round) -> BTreeMap<String, Option<u8>> {
    let needed: BTreeSet<&String> = round.services.iter().flat_map(|one| &one.needs).collect();
    needed.into_iter().map(|block| (block.clone(), view.component_level(block))).collect()
}

fn largest(round: &Round, figure: fn(&Service) -> Option<u64>) -> u64 {
    round.services.iter().filter_map(figure).max().unwrap_or(0)
}

/// Hours a year that people spend: 4 for each visit, half an hour for each document. Service level, waiting at home
/// and travel are not in it.
fn burden_hours(service: &Service) -> Option<u64> {
    let visits = u64::from(service.visits?);
    let half_hours = visits * HALF_HOURS_PER_VISIT + service.documents.len() as u64;
    Some(service.transactions_per_year?.saturating_mul(half_hours) / 2)
}

fn impact(service: &Service, most_transactions: u64, most_hours: u64) -> i64 {
    let volume = share_of_largest(service.transactions_per_year.unwrap_or(0), most_transactions);
    let burden = share_of_largest(burden_hours(service).unwrap_or(0), most_hours);
    let commitment = i64::from(service.commitment.unwrap_or(0).min(4)) * 1000 / 4;
    let vulnerable = i64::from(service.vulnerable_groups) * 1000;
    let regional = i64::from(service.cross_border) * 1000;
    (30 * volume + 30 * burden + 15 * vulnerable + 15 * commitment + 10 * regional) / 100
}

fn readiness(service: &Service, levels: &BTreeMap<String, Option<u8>>) -> i64 {
    if service.needs.is_empty() {
        return 0;
    }
    let thirds: i64 = service
        .needs
        .iter()
        .map(|block| i64::from(levels.get(block).copied().flatten().unwrap_or(0).min(ESTABLISHED)))
        .sum();
    let mean = thirds * 1000 / (3 * service.needs.len() as i64);
    if service.legal_basis.trim().is_empty() { mean / 2 } else { mean }
}

fn missing(service: &Service, levels: &BTreeMap<String, Option<u8>>) -> Vec<String> {
    let established = |block: &&String| {
        levels.get(*block).copied().flatten().is_some_and(|level| level >= ESTABLISHED)
    };
    let lacking: BTreeSet<&String> = service.needs.iter().filter(|b| !established(b)).collect();
    lacking.into_iter().cloned().collect()
}

/// Empty lists of documents are not named here: a service may ask for none.
fn unknown_fields(
    service: &Service,
    levels: &BTreeMap<String, Option<u8>>,
    language: Language,
) -> Vec<String> {
    let fields = [
        ("transactions_per_year", service.transactions_per_year.is_none()),
        ("visits", service.visits.is_none()),
        ("commitment", service.commitment.is_none()),
        ("legal_basis", service.legal_basis.trim().is_empty()),
        ("needs", service.needs.is_empty()),
    ];
    let empty = fields.into_iter().filter(|(_, unknown)| *unknown);
    let mut unknown: Vec<String> = empty.map(|(name, _)| name.to_owned()).collect();
    let unmeasured = service.needs.iter().filter(|b| levels.get(*b).copied().flatten().is_none());
    unknown.extend(unmeasured.map(|block| {
        let component = reference().component(block);
        language.level_of(component.map_or(block, |component| component.name_in(language)))
    }));
    unknown
}

fn quadrant(impact: i64, readiness: i64) -> Quadrant {
    match (impact >= CUT, readiness >= CUT) {
        (true, true) => Quadrant::A,
        (true, false) => Quadrant::B,
        (false, true) => Quadrant::C,
        (false, false) => Quadrant::D,
    }
}

/// Value of each component, and their order by value for the effort, found anew after each pick: what is left of a
/// service's worth is shared among the components that it still lacks.
fn components(
    round: &Round,
    ranked: &[RankedService],
    mut levels: BTreeMap<String, Option<u8>>,
) -> Vec<ComponentValue> {
    let mut lacking: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for service in ranked {
        lacking.insert(&service.id, service.missing.iter().map(String::as_str).collect());
    }
    let impact_of: BTreeMap<&str, i64> =
        ranked.iter().map(|service| (service.id.as_str(), service.impact)).collect();
    let at_start = values(&lacking, &impact_of);
    let mut ready = ready_services(round, &levels);
    let mut picked = Vec::new();
    for rank in 1..=at_start.len() {
        let now = values(&lacking, &impact_of);
        let Some(block) = best(&now) else {
            break;
        };
        for lacks in lacking.values_mut() {
            lacks.remove(block.as_str());
        }
        let level = levels.insert(block.clone(), Some(ESTABLISHED)).flatten();
        let ready_now = ready_services(round, &levels);
        picked.push(ComponentValue {
            level,
            value: at_start.get(&block).copied().unwrap_or(0),
            effort: effort_of(&block),
            rank: u32::try_from(rank).unwrap_or(u32::MAX),
            unlocks: ready_now.difference(&ready).cloned().collect(),
            building_block: block,
        });
        ready = ready_now;
    }
    picked
}

/// V(c): sum of I / (number of missing components) over the services that lack c. Each share is rounded to a
/// thousandth.
fn values(
    lacking: &BTreeMap<&str, BTreeSet<&str>>,
    impact_of: &BTreeMap<&str, i64>,
) -> BTreeMap<String, i64> {
    let mut values = BTreeMap::new();
    for (service, lacks) in lacking {
        let (impact, count) = (impact_of[service], lacks.len() as i64);
        for block in lacks {
            *values.entry((*block).to_owned()).or_insert(0) += (impact + count / 2) / count;
        }
    }
    values
}

/// Highest value for its effort; of equals the first by name.
fn best(values: &BTreeMap<String, i64>) -> Option<String> {
    let worth = |block: &str, value: i64| value * 1000 / i64::from(effort_of(block).months());
    let by_worth = |entry: &(&String, &i64)| worth(entry.0, *entry.1);
    // `max_by_key` keeps the last of equals; reversed, the first by name wins.
    values.iter().rev().max_by_key(by_worth).map(|(block, _)| block.clone())
}

fn effort_of(building_block: &str) -> Effort {
    reference().component(building_block).map_or(Effort::Medium, |component| component.effort)
}

fn ready_services(round: &Round, levels: &BTreeMap<String, Option<u8>>) -> BTreeSet<String> {
    let ready = round.services.iter().filter(|service| readiness(service, levels) >= CUT);
    ready.map(|service| service.id.clone()).collect()
}

impl Effort {
    /// Months that a plan reckons with.
    #[must_use]
    pub fn months(self) -> u32 {
        match self {
            Self::Small => 3,
            Self::Medium => 9,
            Self::Large => 24,
        }
    }
}
