//! One answer, one piece of evidence, and what a different answer would change.

use super::super::{Failure, say};
use super::{files, summary};
use basis::PartialDate;
use maturity::plan::{Change, Outlook, what_if};
use maturity::round::{Answer, Evidence};
use maturity::{Instrument, assess, digest};
use std::path::{Path, PathBuf};

/// An answer to one indicator.
#[derive(Debug, clap::Args)]
pub struct AnswerArgs {
    /// round.json
    round: PathBuf,
    /// The indicator, as ID-04
    indicator: String,
    /// 0 to 4, or unknown
    level: String,
    /// The institution that answers
    #[arg(long)]
    institution: String,
    /// The office that answers: a role, no person's name
    #[arg(long, default_value = "")]
    respondent: String,
    /// Ids of evidence in the round
    #[arg(long, value_name = "ID")]
    evidence: Vec<String>,
    /// Something to add
    #[arg(long, default_value = "")]
    note: String,
}

/// Something that carries an answer.
#[derive(Debug, clap::Args)]
pub struct AttachArgs {
    /// round.json
    round: PathBuf,
    /// A new id, as EV-012
    id: String,
    /// interview, document, law_text, gazette, statistic, system_log, live_probe, audit_report
    #[arg(long)]
    kind: String,
    /// What it is
    #[arg(long)]
    title: String,
    /// Who published it
    #[arg(long)]
    published_by: String,
    /// Its day, as 2026, 2026-11 or 2026-11-28
    #[arg(long)]
    date: String,
    /// The file: its name and SHA-256 go into the round, the file stays where it is
    #[arg(long, required_unless_present = "link")]
    file: Option<PathBuf>,
    /// An address instead of a file
    #[arg(long, conflicts_with = "file")]
    link: Option<String>,
}

/// What is supposed.
#[derive(Debug, clap::Args)]
pub struct WhatIfArgs {
    /// round.json
    round: PathBuf,
    /// A level taken as proven, as ID-04=3
    #[arg(long = "set", value_name = "INDICATOR=LEVEL")]
    set: Vec<String>,
    /// An action of the roadmap that is not done, as ACT-07; what waits for it falls with it
    #[arg(long, value_name = "ACTION")]
    leave_out: Vec<String>,
    /// Actions that every owner can do at a time
    #[arg(long, value_name = "NUMBER")]
    parallel: Option<usize>,
}

pub fn answer(instrument: &Instrument, args: AnswerArgs) -> Result<(), Failure> {
    let mut round = files::round(&args.round, instrument)?;
    let level = match args.level.as_str() {
        "unknown" => None,
        level => Some(level.parse().map_err(|_| "LEVEL: write 0 to 4, or unknown")?),
    };
    let before = round.answers.remove(&args.indicator);
    if before.is_some_and(|answer| answer.review.is_some()) {
        say("  the review of the earlier answer does not stand any more");
    }
    let (institution, respondent) = (args.institution, args.respondent);
    let (evidence, note) = (args.evidence, args.note);
    let answer = Answer { level, institution, respondent, evidence, note, review: None };
    round.answers.insert(args.indicator.clone(), answer);
    files::check(&round, instrument)?;
    files::save(&args.round, &round)?;
    counts(instrument, &round, &args.indicator);
    Ok(())
}

/// What of the claim counts: the evidence may not carry all of it.
fn counts(instrument: &Instrument, round: &maturity::Round, id: &str) {
    let found = assess(instrument, round);
    let Some(score) = found.scores.indicators.iter().find(|one| one.id == id) else { return };
    match (score.level, score.claimed) {
        (Some(level), Some(claimed)) if level < claimed => {
            say(format!("  {id} counts as {level}: evidence and probes carry no more"));
        }
        (Some(level), _) => say(format!("  {id} counts as {level}")),
        (None, _) => say(format!("  {id} stays unknown")),
    }
}

pub fn attach(instrument: &Instrument, args: AttachArgs) -> Result<(), Failure> {
    let mut round = files::round(&args.round, instrument)?;
    let (source, sha256) = source(args.file.as_deref(), args.link)?;
    let kind =
        serde_json::from_value(args.kind.into()).map_err(|error| format!("--kind: {error}"))?;
    let date = args.date.parse::<PartialDate>().map_err(|error| format!("--date: {error}"))?;
    let (id, title, publisher) = (args.id, args.title, args.published_by);
    round.evidence.push(Evidence {
        id,
        kind,
        title,
        source,
        sha256,
        publisher,
        date,
        expires: None,
    });
    files::check(&round, instrument)?;
    files::save(&args.round, &round)
}

fn source(file: Option<&Path>, link: Option<String>) -> Result<(String, Option<String>), Failure> {
    let Some(path) = file else { return Ok((link.unwrap_or_default(), None)) };
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    Ok((name, Some(digest::sha256(&bytes))))
}

pub fn suppose(instrument: &Instrument, args: &WhatIfArgs) -> Result<(), Failure> {
    let round = files::round(&args.round, instrument)?;
    let mut change = Change { parallel: args.parallel, ..Change::default() };
    for pair in &args.set {
        let (id, level) = supposed(instrument, pair)?;
        change.answers.insert(id, level);
    }
    let actions = assess(instrument, &round).roadmap.actions;
    for id in &args.leave_out {
        if actions.iter().all(|action| action.id != *id) {
            return Err(
                format!("--leave-out {id}: the roadmap has ACT-01 to its last action").into()
            );
        }
        change.leave_out.push(id.clone());
    }
    let found = what_if(instrument, &round, &change);
    say(format!("  {:<34} {:>9} {:>9}", "", "as it is", "supposed"));
    let row = |name: &str, value: fn(&Outlook) -> String| {
        say(format!("  {name:<34} {:>9} {:>9}", value(&found.before), value(&found.after)));
    };
    row("level now", |one| one.level.to_string());
    row("mean now", |one| summary::points(one.mean));
    row("level when the roadmap is done", |one| one.level_at_end.to_string());
    row("mean when the roadmap is done", |one| summary::points(one.mean_at_end));
    row("months", |one| one.months.to_string());
    for title in &found.fallen {
        say(format!("  falls, as it waits for what is left out: {title}"));
    }
    Ok(())
}

fn supposed(instrument: &Instrument, pair: &str) -> Result<(String, u8), Failure> {
    let wrong = || format!("--set {pair}: write an indicator and a level of 0 to 4, as ID-04=3");
    let (id, level) = pair.split_once('=').ok_or_else(wrong)?;
    let level = level.parse().ok().filter(|level: &u8| *level <= 4).ok_or_else(wrong)?;
    if instrument.indicator(id).is_none() {
        return Err(format!("--set {pair}: the instrument has no indicator {id}").into());
    }
    Ok((id.to_owned(), level))
}
