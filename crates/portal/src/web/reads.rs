//! "Who used my data": the tracker.

use super::{READS, Resident, field_names, purpose_name, source_name, system_name};
use crate::model::reads::{Read, Reads};
use crate::model::session::Session;
use crate::service::Portal;
use axum::extract::State;
use axum::response::Response;
use basis::{Id, Timestamp};
use contracts::ServiceId;
use contracts::consent::MyAgreement;
use contracts::context::BasisKind;
use contracts::governance::TrackerLine;
use kernel::http::Query;
use kernel::problem::Problem;
use serde::{Deserialize, Serialize};
use ui::Visit;
use ui::parts::{Chip, Entry, Fact, Mark, Tone};

/// Which part of the list.
#[derive(Default, Deserialize)]
pub(super) struct Asked {
    before: Option<Timestamp>,
    /// The read log of one source only.
    source: Option<ServiceId>,
}

/// What `portal/reads.html` shows.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct ReadsPage {
    pub(super) days: Vec<Day>,
    /// Sources to see alone.
    pub(super) sources: Vec<Chip>,
    /// Names of sources that did not answer.
    pub(super) missing: Vec<String>,
    /// Whether this is the first page.
    pub(super) newest: bool,
    /// The same list from its newest entry on.
    pub(super) first: String,
    /// Address of the next page; empty if there is none.
    pub(super) older: String,
}

/// The reads of one local day.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Day {
    /// `2026-03-14`.
    pub(super) date: String,
    pub(super) lines: Vec<Line>,
}

/// A read, and what a complaint about it starts with.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Line {
    pub(super) entry: Entry,
    /// The line, sealed; empty where nobody takes complaints.
    pub(super) sealed: String,
}

/// `GET /portal/reads`.
pub(super) async fn list_reads(
    State(portal): State<Portal>,
    query: Result<Query<Asked>, Problem>,
    resident: Resident,
) -> Response {
    let asked = query.map(|Query(asked)| asked).unwrap_or_default();
    let (visit, session) = (&resident.visit, &resident.session);
    let all = portal.read_sources();
    let only = asked.source.filter(|source| all.contains(source));
    let sources = only.clone().map_or_else(|| all.clone(), |source| vec![source]);
    let (reads, agreements) = tokio::join!(
        portal.list_reads(session, sources, asked.before),
        // Only to call a consent by its title; without it the tracker is whole all the same.
        portal.list_agreements(session, visit.lang.as_str()),
    );
    let sealed = seal(&portal, session, &reads).await;
    let agreements = agreements.unwrap_or_default();
    let lines = reads.reads.iter().zip(sealed);
    let line = |(read, sealed)| Line { entry: entry(&portal, visit, read, &agreements), sealed };
    let first = filtered(only.as_ref());
    let page = ReadsPage {
        days: by_day(visit, lines.map(line).collect()),
        sources: chips(&portal, visit, &all, only.as_ref()),
        missing: missing(&portal, visit, &reads),
        newest: asked.before.is_none(),
        older: older(&first, reads.older),
        first,
    };
    visit.page("portal/reads.html", page).respond()
}

/// Each line sealed, in order. Without them the tracker is whole all the same; only complaining must wait.
async fn seal(portal: &Portal, session: &Session, reads: &Reads) -> Vec<String> {
    let none = || vec![String::new(); reads.reads.len()];
    if !portal.takes_grievances() {
        return none();
    }
    let lines: Vec<TrackerLine> = reads.reads.iter().map(tracker_line).collect();
    portal.seal_lines(session, &lines).await.unwrap_or_else(|error| {
        tracing::error!("Lines of the tracker cannot be sealed: {error}");
        none()
    })
}

fn tracker_line(read: &Read) -> TrackerLine {
    TrackerLine {
        at: read.entry.at,
        source: read.source.subsystem(),
        reader: read.entry.reader.clone(),
        officer: read.entry.officer.clone(),
        case: read.entry.case.clone(),
        purpose: read.entry.purpose.clone(),
    }
}

fn by_day(visit: &Visit, lines: Vec<Line>) -> Vec<Day> {
    let format = visit.ui().format(visit.lang);
    let mut days: Vec<Day> = Vec::new();
    for line in lines {
        let date = format.day(&line.entry.at);
        match days.last_mut().filter(|day| day.date == date) {
            Some(day) => day.lines.push(line),
            None => days.push(Day { date, lines: vec![line] }),
        }
    }
    days
}

fn chips(portal: &Portal, visit: &Visit, all: &[ServiceId], only: Option<&ServiceId>) -> Vec<Chip> {
    let chip = |text: String, source: Option<&ServiceId>| Chip {
        text,
        href: filtered(source),
        current: source == only,
    };
    // The name of the register alone: with its office it would be too long for a button.
    let name = |source: &ServiceId| {
        let label = portal.directory.label(source.subsystem().as_ref(), visit.lang.as_str());
        label.unwrap_or_else(|| source_name(portal, source, visit.lang))
    };
    let each = all.iter().map(|source| chip(name(source), Some(source)));
    std::iter::once(chip(visit.t("reads.all", &[]), None)).chain(each).collect()
}

fn filtered(source: Option<&ServiceId>) -> String {
    source.map_or_else(|| READS.to_owned(), |source| format!("{READS}?source={source}"))
}

fn older(first: &str, before: Option<Timestamp>) -> String {
    let joint = if first.contains('?') { '&' } else { '?' };
    before.map(|at| format!("{first}{joint}before={at}")).unwrap_or_default()
}

fn missing(portal: &Portal, visit: &Visit, reads: &Reads) -> Vec<String> {
    let mut missing: Vec<String> =
        reads.missing.iter().map(|source| source_name(portal, source, visit.lang)).collect();
    missing.dedup();
    missing
}

/// A read as it is shown.
pub(super) fn entry(
    portal: &Portal,
    visit: &Visit,
    read: &Read,
    agreements: &[MyAgreement],
) -> Entry {
    let told = &read.entry;
    let mut facts = Vec::new();
    let mut add = |key: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            facts.push(Fact::new(visit.t(key, &[]), value));
        }
    };
    if !told.self_read {
        add("reads.officer", told.officer.clone());
        add("reads.case", told.case.clone());
        add("reads.purpose", Some(purpose_name(visit, &told.purpose)));
        add("reads.reference", reference(told.basis, &told.basis_reference, agreements));
    }
    add("reads.refused", told.refused.as_ref().map(|reason| refusal(visit, reason)));
    if read.times > 1 {
        let since = visit.ui().format(visit.lang).datetime(&read.since.to_string());
        let args = [("n", read.times.to_string()), ("since", since)];
        add("reads.often", Some(visit.t("reads.times-since", &args)));
    }
    add("reads.fields", Some(field_names(visit, &told.fields)));
    add("reads.source", Some(source_name(portal, &read.source, visit.lang)));
    let who = if told.self_read {
        visit.t("reads.you", &[])
    } else {
        system_name(portal, &told.reader, visit.lang)
    };
    let (tag, tag_kind, mark) = match told.refused {
        Some(_) => (visit.t("reads.attempt", &[]), Tone::Bad, Mark::Refused),
        None => (
            visit.t(&format!("basis.{}", told.basis.as_str()), &[]),
            tone(told.basis),
            if told.self_read { Mark::Own } else { Mark::Plain },
        ),
    };
    Entry { at: told.at.to_string(), who, tag, tag_kind, mark, facts }
}

/// Why an attempt failed, in words where the catalogue has them for the exchange's reason.
fn refusal(visit: &Visit, reason: &str) -> String {
    visit.t_or(&format!("refusal.{reason}"), &visit.t("refusal.other", &[]))
}

/// A consent by its title, where the resident's list has it; anything else as the reader wrote it.
fn reference(basis: BasisKind, written: &str, agreements: &[MyAgreement]) -> Option<String> {
    if basis != BasisKind::Consent {
        return Some(written.to_owned());
    }
    let id: Id = written.parse().ok()?;
    agreements
        .iter()
        .find(|agreement| agreement.agreement == id)
        .map(|agreement| agreement.title.clone())
}

fn tone(basis: BasisKind) -> Tone {
    match basis {
        BasisKind::Law | BasisKind::Contract => Tone::Info,
        BasisKind::Consent => Tone::Good,
        BasisKind::VitalInterest => Tone::Warn,
        BasisKind::SelfAccess => Tone::Plain,
    }
}
