//! `msingi assess`: where a country stands and what to do next, from files.

mod answers;
mod demo;
mod files;
mod instrument;
mod measure;
mod outputs;
mod summary;

use super::{Failure, say};
use crate::demo::driver;
use basis::Clock;
use maturity::report::Language;
use maturity::round::{Country, InstrumentName};
use maturity::{Instrument, Round, sheet};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What to do, and with which instrument.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    choice: instrument::Choice,
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// All deliverables for two invented countries from files, and for the demo country measured live
    Demo {
        /// Folder for the reports
        #[arg(long, default_value = "./data/assess")]
        directory: PathBuf,
    },
    /// Begin a round: a folder with round.json and a spreadsheet to fill in
    Init {
        /// A new folder
        directory: PathBuf,
        /// ISO 3166 code of the country
        #[arg(long)]
        code: String,
        /// Its name
        #[arg(long)]
        name: String,
        /// Profile of the instrument: core, full, regional, health, social-protection
        #[arg(long, default_value = "full")]
        profile: String,
    },
    /// Write the spreadsheet of a round, with what it holds so far
    Template {
        /// round.json
        round: PathBuf,
        /// The spreadsheet to write
        #[arg(long, default_value = "round.xlsx")]
        out: PathBuf,
    },
    /// Take filled spreadsheets into the round: XLSX, or CSV files named after their sheet
    Import {
        /// round.json
        round: PathBuf,
        /// Spreadsheets; all of them are taken, or none
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Answer one indicator
    Answer(answers::AnswerArgs),
    /// Name a file or link as evidence; a file by its SHA-256
    Attach(answers::AttachArgs),
    /// Ask running systems on an allow-list what they show, and put it into the round
    Probe {
        /// round.json
        round: PathBuf,
        /// The allow-list (TOML), see docs/assessment.md
        #[arg(long)]
        targets: PathBuf,
    },
    /// Write the allow-list for a demo that runs, with a synthetic person and test officers
    Targets {
        /// Folder of the demo
        #[arg(long, default_value = "./data/demo")]
        demo: PathBuf,
        /// Folder for targets.toml and the secrets it names
        #[arg(long, default_value = "./data/probes")]
        out: PathBuf,
    },
    /// Show where the country stands, and what comes first
    Score {
        /// round.json
        round: PathBuf,
    },
    /// Write all deliverables: report, ministerial brief, workbook, diagrams, record
    Report {
        /// round.json
        round: PathBuf,
        /// Folder to write to
        #[arg(long, default_value = "report")]
        out: PathBuf,
        /// en or fr
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// Compute a record (report.json) again from its round and compare
    Verify {
        /// report.json
        record: PathBuf,
        /// The round it was computed from
        #[arg(long)]
        round: PathBuf,
    },
    /// Show what supposed answers or a shorter roadmap would change
    WhatIf(answers::WhatIfArgs),
    /// Write what changed between two rounds
    Diff {
        /// round.json of the earlier one
        before: PathBuf,
        /// round.json of the later one
        after: PathBuf,
        /// The page to write
        #[arg(long, default_value = "difference.html")]
        out: PathBuf,
    },
    /// Set rounds of several countries side by side, without ranking them
    Rollup {
        /// round.json of each
        #[arg(required = true)]
        rounds: Vec<PathBuf>,
        /// The page to write
        #[arg(long, default_value = "region.html")]
        out: PathBuf,
    },
    /// Carry a round over to the instrument's version
    Migrate {
        /// round.json of an earlier version
        round: PathBuf,
        /// The round to write
        #[arg(long)]
        out: PathBuf,
    },
    /// Sign an instrument: FILE.sig, and FILE.publisher.jwk for those who use it
    SignInstrument {
        /// The instrument (TOML)
        file: PathBuf,
        /// A P-256 private key: PKCS#8 in PEM, or a JWK
        #[arg(long)]
        key: PathBuf,
    },
}

pub async fn run(args: Args) -> Result<(), Failure> {
    let instrument = instrument::chosen(&args.choice)?;
    match args.command {
        Command::Demo { directory } => demo::run(&instrument, &directory).await,
        Command::Init { directory, code, name, profile } => {
            init(&instrument, &directory, code, name, profile)
        }
        Command::Template { round, out } => {
            let round = files::round(&round, &instrument)?;
            files::write(&out, &sheet::template(&instrument, Some(&round))?)
        }
        Command::Import { round, files } => import(&instrument, &round, &files),
        Command::Answer(args) => answers::answer(&instrument, args),
        Command::Attach(args) => answers::attach(&instrument, args),
        Command::WhatIf(args) => answers::suppose(&instrument, &args),
        Command::Migrate { round, out } => instrument::migrate(&instrument, &round, &out),
        Command::SignInstrument { file, key } => instrument::sign(&file, &key),
        Command::Probe { round, targets } => measure::measure(&instrument, &round, &targets).await,
        Command::Targets { demo, out } => {
            let list = driver::prepare_probes(&crate::demo::running(&demo)?, &out).await?;
            say(format!("written: {}", list.display()));
            Ok(())
        }
        Command::Score { round } => {
            summary::show(&instrument, &files::round(&round, &instrument)?);
            Ok(())
        }
        Command::Report { round, out, language } => {
            let language = language_called(&language)?;
            outputs::write(&instrument, &files::round(&round, &instrument)?, language, &out)
        }
        Command::Verify { record, round } => {
            outputs::verify(&instrument, &files::round(&round, &instrument)?, &record)
        }
        Command::Diff { before, after, out } => {
            let before = files::round(&before, &instrument)?;
            let after = files::round(&after, &instrument)?;
            outputs::difference(&instrument, &before, &after, &out)
        }
        Command::Rollup { rounds, out } => {
            let read = |path: &PathBuf| files::round(path, &instrument);
            let rounds: Result<Vec<Round>, Failure> = rounds.iter().map(read).collect();
            outputs::region(&instrument, &rounds?, &out)
        }
    }
}

fn language_called(code: &str) -> Result<Language, Failure> {
    Language::from_code(code).ok_or_else(|| "--language: write en or fr".into())
}

fn init(
    instrument: &Instrument,
    directory: &Path,
    code: String,
    name: String,
    profile: String,
) -> Result<(), Failure> {
    let path = directory.join("round.json");
    if path.exists() {
        return Err(format!("{} is there already: choose another folder", path.display()).into());
    }
    std::fs::create_dir_all(directory)?;
    let round = new_round(instrument, Country { code, name, invented: false }, profile);
    files::check(&round, instrument)?;
    files::save(&path, &round)?;
    let spreadsheet = directory.join("round.xlsx");
    files::write(&spreadsheet, &sheet::template(instrument, Some(&round))?)?;
    say(format!("Next: fill in {}, then", spreadsheet.display()));
    say(format!("  msingi assess import {} {}", path.display(), spreadsheet.display()));
    Ok(())
}

/// A round of today in which nothing is known yet.
fn new_round(instrument: &Instrument, country: Country, profile: String) -> Round {
    Round {
        schema: maturity::round::SCHEMA.to_owned(),
        id: format!("{}-{}", country.code.to_lowercase(), today()),
        country,
        instrument: InstrumentName {
            id: instrument.id.clone(),
            version: instrument.version.clone(),
        },
        profile,
        as_of: today(),
        targets: BTreeMap::new(),
        answers: BTreeMap::new(),
        evidence: Vec::new(),
        measurements: Vec::new(),
        institutions: Vec::new(),
        systems: Vec::new(),
        services: Vec::new(),
        flows: Vec::new(),
        laws: Vec::new(),
        sign_offs: Vec::new(),
    }
}

fn today() -> basis::PartialDate {
    Clock::system().now().date_at(0)
}

/// Every file is read before the round is written: all are taken, or none.
fn import(instrument: &Instrument, path: &Path, files: &[PathBuf]) -> Result<(), Failure> {
    let mut round = files::round(path, instrument)?;
    for file in files {
        let imported = files::import(instrument, &mut round, file)?;
        for (sheet, counted) in &imported.sheets {
            let (added, replaced) = (counted.added, counted.replaced);
            say(format!("{}, {sheet}: {added} added, {replaced} replaced", file.display()));
        }
        if !imported.not_kept.is_empty() {
            say(format!(
                "  columns that nothing is computed from: {}",
                imported.not_kept.join(", ")
            ));
        }
        if !imported.reviews_dropped.is_empty() {
            let dropped = imported.reviews_dropped.join(", ");
            say(format!("  changed since their review, which does not stand any more: {dropped}"));
        }
    }
    files::save(path, &round)
}
