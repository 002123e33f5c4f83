//! `msingi assess demo`: two invented countries from files, and the demo country measured while it
//! runs.

use super::super::{Failure, say};
use super::{measure, new_round, outputs, summary};
use crate::country::Country as Pack;
use crate::demo::{Layout, SCHEMA_PREFIX, Screen, Stage, Where, driver};
use assessment::probe::Targets;
use maturity::report::Language;
use maturity::round::{Country, Flow, Institution};
use maturity::{Instrument, Round};
use std::path::Path;

/// A country with nearly no digital systems.
const PAPER: &str = include_str!("../../../../maturity/fixtures/paper/round.json");
/// A country with a system for everything, in each ministry its own.
const SILOS: &str = include_str!("../../../../maturity/fixtures/silos/round.json");
/// Few are enough to have something to measure.
const RESIDENTS: u32 = 100;

pub async fn run(instrument: &Instrument, directory: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(directory)?;
    for text in [PAPER, SILOS] {
        deliver(instrument, &Round::parse(text)?, directory)?;
    }
    let round = measured(instrument, &directory.join("tumbawe-running")).await?;
    deliver(instrument, &round, directory)?;
    say(format!("\n  Open {}", directory.join("*/report.html").display()));
    Ok(())
}

fn deliver(instrument: &Instrument, round: &Round, directory: &Path) -> Result<(), Failure> {
    summary::show(instrument, round);
    say("");
    let folder = directory.join(round.country.name.to_lowercase());
    std::fs::create_dir_all(&folder)?;
    super::files::save(&folder.join("round.json"), round)?;
    outputs::write(instrument, round, Language::English, &folder)?;
    outputs::write(instrument, round, Language::French, &folder.join("fr"))
}

/// Puts the demo country up, lets its story happen, asks it what it shows, and stops it.
async fn measured(instrument: &Instrument, directory: &Path) -> Result<Round, Failure> {
    say("\n  Tumbawe is put up, to be measured while it runs");
    if directory.exists() {
        std::fs::remove_dir_all(directory)?;
    }
    let place = Where {
        directory: directory.to_owned(),
        postgres: None,
        port: 0,
        layout: Layout::One,
        schema_prefix: SCHEMA_PREFIX.to_owned(),
        country: "demo".to_owned(),
        program: None,
    };
    let stage = Stage::build(&place).await?;
    let world = stage.world()?;
    driver::tell(&world, RESIDENTS, &mut Screen::silent()).await?;
    let list = driver::prepare_probes(&world, &directory.join("probes")).await?;
    let targets = Targets::parse(&super::files::text(&list)?, |_| None)?;
    let mut round = tumbawe(instrument)?;
    measure::into(&mut round, instrument, &targets).await;
    stage.stop().await;
    Ok(round)
}

/// What the country pack says of itself; nobody has answered anything yet.
fn tumbawe(instrument: &Instrument) -> Result<Round, Failure> {
    let pack = Pack::load("demo")?;
    let country =
        Country { code: pack.instance.clone(), name: "Tumbawe".to_owned(), invented: true };
    let mut round = new_round(instrument, country, "full".to_owned());
    let sector = |member: &contracts::MemberId| {
        let own = pack.subsystems.iter().find(|one| one.id.member() == *member);
        own.map(|one| one.sector.clone()).unwrap_or_default()
    };
    let institutions = pack.members.iter().map(|member| Institution {
        id: member.id.local().to_owned(),
        name: member.names.get("en").cloned().unwrap_or_default(),
        sector: sector(&member.id),
    });
    round.institutions = institutions.collect();
    let between = pack
        .agreements
        .iter()
        .filter(|one| one.client.member() != one.service.subsystem().member());
    let flows = between.map(|one| Flow {
        from: one.service.subsystem().member().local().to_owned(),
        to: one.client.member().local().to_owned(),
        subject: one.service.to_string(),
        path: "exchange".to_owned(),
        agreement: Some(one.purpose.clone()),
        legal_basis: Some(one.reference.clone()),
        calls: None,
    });
    round.flows = flows.collect();
    Ok(round)
}
