//! "Who used my data": the tracker.

use super::{Resident, field_names, purpose_name, source_name, system_name};
use crate::model::reads::{Read, Reads};
use crate::service::Portal;
use axum::extract::State;
use axum::response::Response;
use basis::{Id, Timestamp};
use contracts::consent::MyAgreement;
use contracts::context::BasisKind;
use kernel::http::Query;
use kernel::problem::Problem;
use serde::{Deserialize, Serialize};
use ui::Visit;
use ui::parts::{Entry, Fact, Mark, Tone};

/// Which page of the list.
#[derive(Default, Deserialize)]
pub(super) struct Before {
    before: Option<Timestamp>,
}

/// What `portal/reads.html` shows.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct ReadsPage {
    pub(super) entries: Vec<Entry>,
    /// Names of sources that did not answer.
    pub(super) missing: Vec<String>,
    /// Whether this is the first page.
    pub(super) newest: bool,
    /// Address of the next page; empty if there is none.
    pub(super) older: String,
}

/// `GET /portal/reads`.
pub(super) async fn list_reads(
    State(portal): State<Portal>,
    query: Result<Query<Before>, Problem>,
    resident: Resident,
) -> Response {
    let before = query.ok().and_then(|Query(query)| query.before);
    let visit = &resident.visit;
    let (reads, agreements) = tokio::join!(
        portal.list_reads(&resident.session, before),
        // Only to call a consent by its title; without it the tracker is whole all the same.
        portal.list_agreements(&resident.session, visit.lang.as_str()),
    );
    let page = show(&portal, visit, reads, &agreements.unwrap_or_default(), before.is_none());
    visit.page("portal/reads.html", page).respond()
}

fn show(
    portal: &Portal,
    visit: &Visit,
    reads: Reads,
    agreements: &[MyAgreement],
    newest: bool,
) -> ReadsPage {
    let mut missing: Vec<String> =
        reads.missing.iter().map(|source| source_name(portal, source, visit.lang)).collect();
    missing.dedup();
    ReadsPage {
        entries: reads.reads.iter().map(|read| entry(portal, visit, read, agreements)).collect(),
        missing,
        newest,
        older: reads.older.map(|at| format!("/portal/reads?before={at}")).unwrap_or_default(),
    }
}

fn entry(portal: &Portal, visit: &Visit, read: &Read, agreements: &[MyAgreement]) -> Entry {
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
    add("reads.fields", Some(field_names(visit, &told.fields)));
    add("reads.source", Some(source_name(portal, &read.source, visit.lang)));
    let who = if told.self_read {
        visit.t("reads.you", &[])
    } else {
        system_name(portal, &told.reader, visit.lang)
    };
    Entry {
        at: told.at.to_string(),
        who,
        tag: visit.t(&format!("basis.{}", told.basis.as_str()), &[]),
        tag_kind: tone(told.basis),
        mark: if told.self_read { Mark::Own } else { Mark::Plain },
        facts,
    }
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
