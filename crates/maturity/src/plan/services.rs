//! Services in the order in which to build them: what they matter, and how ready the ground is.
//!
//! Impact = 0.30 volume + 0.30 burden + 0.15 groups often left out + 0.15 commitment + 0.10 across borders, with
//! volume and burden on a logarithmic scale up to the largest in the catalogue. Readiness is the mean over the needed
//! components of min(level, 3) / 3, halved without a legal basis. What the catalogue does not say counts low and is
//! listed, and nothing is guessed in its place.

use crate::instrument::Instrument;
use crate::plan::block::{Blocks, ESTABLISHED};
use crate::plan::{log, value};
use crate::result::{ComponentValue, Quadrant, RankedService, Scores};
use crate::round::{Round, Service};

/// Thousandths of the impact.
const VOLUME: i64 = 300;
const BURDEN: i64 = 300;
const VULNERABLE: i64 = 150;
const COMMITMENT: i64 = 150;
const CROSS_BORDER: i64 = 100;

/// From here on impact or readiness is high; thousandths.
const HIGH: i64 = 600;

/// Half hours that a visit and a document cost a person, travel included: a convention to compare services by.
const VISIT_HALF_HOURS: u64 = 8;
const DOCUMENT_HALF_HOURS: u64 = 1;

/// Ranks the services of the catalogue, and the components by what they would unlock.
#[must_use]
pub fn services(
    instrument: &Instrument,
    round: &Round,
    scores: &Scores,
) -> (Vec<RankedService>, Vec<ComponentValue>) {
    let blocks = Blocks::new(instrument, round, scores);
    let scale = Scale::of(&round.services);
    let mut ranked: Vec<RankedService> =
        round.services.iter().map(|service| rate(service, round, &blocks, &scale)).collect();
    ranked.sort_by(|a, b| {
        let key = |s: &RankedService| (s.quadrant, -s.impact, -s.readiness);
        key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id))
    });
    for (rank, service) in (1..).zip(&mut ranked) {
        service.rank = rank;
    }
    let components = value::components(&ranked, &blocks);
    (ranked, components)
}

/// Largest figures of the catalogue.
struct Scale {
    transactions: u64,
    hours: u64,
}

impl Scale {
    fn of(services: &[Service]) -> Self {
        Self {
            transactions: services
                .iter()
                .filter_map(|s| s.transactions_per_year)
                .max()
                .unwrap_or(0),
            hours: services.iter().filter_map(burden_hours).max().unwrap_or(0),
        }
    }
}

fn rate(service: &Service, round: &Round, blocks: &Blocks<'_>, scale: &Scale) -> RankedService {
    let mut unknown = unknown_fields(service);
    let mut missing = Vec::new();
    let mut needs = service.needs.clone();
    needs.sort();
    needs.dedup();
    for block in &needs {
        let level = blocks.level(block);
        if level.is_none() {
            unknown.push(format!("level of {block}"));
        }
        if level.is_none_or(|level| level < ESTABLISHED) {
            missing.push(block.clone());
        }
    }
    let impact = impact(service, scale);
    let readiness = readiness(&needs, blocks, has_legal_basis(service, round));
    RankedService {
        id: service.id.clone(),
        rank: 0,
        impact,
        readiness,
        burden_hours: burden_hours(service),
        quadrant: quadrant(impact, readiness),
        rights_flag: service.rights_critical,
        missing,
        unknown_fields: unknown,
    }
}

fn impact(service: &Service, scale: &Scale) -> i64 {
    let transactions = service.transactions_per_year.unwrap_or(0);
    let volume = log::share(transactions, scale.transactions);
    let burden = log::share(burden_hours(service).unwrap_or(0), scale.hours);
    let mut impact = (VOLUME * volume + BURDEN * burden) / 1000;
    impact += COMMITMENT * i64::from(service.commitment.unwrap_or(0).min(4)) / 4;
    if service.vulnerable_groups {
        impact += VULNERABLE;
    }
    if service.cross_border {
        impact += CROSS_BORDER;
    }
    impact
}

fn readiness(needs: &[String], blocks: &Blocks<'_>, legal_basis: bool) -> i64 {
    let Ok(count @ 1..) = i64::try_from(needs.len()) else { return 0 };
    let step = |block: &String| i64::from(blocks.level(block).unwrap_or(0).min(ESTABLISHED));
    let sum: i64 = needs.iter().map(step).sum();
    let readiness = sum * 1000 / (i64::from(ESTABLISHED) * count);
    if legal_basis { readiness } else { readiness / 2 }
}

/// A text of its own counts; the id or name of an entry in the legal register counts if that is in force.
fn has_legal_basis(service: &Service, round: &Round) -> bool {
    if service.legal_basis.is_empty() {
        return false;
    }
    let basis = &service.legal_basis;
    let entry = round.laws.iter().find(|law| law.id == *basis || law.name == *basis);
    entry.is_none_or(|law| law.status == "in force")
}

/// Hours a year; none without volume or visits.
fn burden_hours(service: &Service) -> Option<u64> {
    let visits = u64::from(service.visits?) * VISIT_HALF_HOURS;
    let documents = service.documents.len() as u64 * DOCUMENT_HALF_HOURS;
    Some(service.transactions_per_year?.saturating_mul(visits + documents) / 2)
}

fn quadrant(impact: i64, readiness: i64) -> Quadrant {
    match (impact >= HIGH, readiness >= HIGH) {
        (true, true) => Quadrant::A,
        (true, false) => Quadrant::B,
        (false, true) => Quadrant::C,
        (false, false) => Quadrant::D,
    }
}

fn unknown_fields(service: &Service) -> Vec<String> {
    let fields = [
        ("transactions_per_year", service.transactions_per_year.is_none()),
        ("visits", service.visits.is_none()),
        ("documents", service.documents.is_empty()),
        ("commitment", service.commitment.is_none()),
        ("legal_basis", service.legal_basis.is_empty()),
        ("needs", service.needs.is_empty()),
    ];
    fields.iter().filter(|(_, empty)| *empty).map(|(name, _)| (*name).to_owned()).collect()
}
