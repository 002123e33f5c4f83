//! Measuring: what probes found goes into the round, and what the logs of calls show into its flows.

use super::super::{Failure, say};
use super::{files, summary};
use assessment::probe::{self, Targets, traffic};
use basis::Clock;
use maturity::round::{Flow, Measurement};
use maturity::{Instrument, Round};
use std::path::Path;

pub async fn measure(instrument: &Instrument, path: &Path, list: &Path) -> Result<(), Failure> {
    let mut round = files::round(path, instrument)?;
    let text = files::text(list)?;
    let targets = Targets::parse(&text, |name| std::env::var(name).ok())
        .map_err(|error| format!("{}: {error}", list.display()))?;
    into(&mut round, instrument, &targets).await;
    files::save(path, &round)
}

/// Asks every target and puts what was found into the round.
pub async fn into(round: &mut Round, instrument: &Instrument, targets: &Targets) {
    let clock = Clock::system();
    let seen = probe::seen_until(&round.measurements);
    let found = probe::run(targets, instrument, &clock, &seen).await;
    summary::measured(&found);
    round.measurements.extend(found.into_iter().filter(says_something));
    match traffic::flows(targets, &clock).await {
        Ok(flows) if flows.is_empty() => {}
        Ok(flows) => {
            say(format!("  {} flows between institutions, from the logs of calls", flows.len()));
            take_flows(round, flows);
        }
        Err(error) => say(format!("  flows between institutions are not counted: {error}")),
    }
}

/// What no target was named for is no measurement of this country.
fn says_something(measurement: &Measurement) -> bool {
    !measurement.exchanges.is_empty()
}

/// A flow that was counted takes the place of the same one that was only told or counted earlier.
fn take_flows(round: &mut Round, counted: Vec<Flow>) {
    let same = |one: &Flow, other: &Flow| {
        (&one.from, &one.to, &one.subject, &one.path)
            == (&other.from, &other.to, &other.subject, &other.path)
    };
    round.flows.retain(|told| !counted.iter().any(|flow| same(told, flow)));
    round.flows.extend(counted);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counted_flow_replaces_the_same_one_and_no_other() {
        let flow = |subject: &str, calls| Flow {
            from: "GOV/NIA".to_owned(),
            to: "GOV/MSP".to_owned(),
            subject: subject.to_owned(),
            path: "exchange".to_owned(),
            agreement: None,
            legal_basis: None,
            calls,
        };
        let text = include_str!("../../../../maturity/fixtures/paper/round.json");
        let mut round = Round::parse(text).unwrap();
        round.flows = vec![flow("records", None), flow("births", None)];
        take_flows(&mut round, vec![flow("records", Some(3))]);
        let found: Vec<_> =
            round.flows.iter().map(|one| (one.subject.as_str(), one.calls)).collect();
        assert_eq!(found, [("births", None), ("records", Some(3))]);
    }
}
