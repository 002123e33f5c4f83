//! Members with their installations and mandates, and agreements with the days they have left.

use axum::extract::State;
use axum::response::Response;
use basis::Timestamp;
use serde::Serialize;
use ui::Visit;
use ui::desk::Desk;
use ui::parts::Chip;

use super::{Table, WatchInstallation, chips};
use crate::model::{Agreement, Snapshot};
use crate::web::App;
use crate::web::home::name_in;

const DAY_SECONDS: i64 = 86_400;

#[derive(Serialize)]
struct Members {
    chips: Vec<Chip>,
    members: Table,
    agreements: Table,
}

pub(super) async fn show(State(app): State<App>, desk: Desk<WatchInstallation>) -> Response {
    let visit = &desk.visit;
    let snapshot = app.exchange.snapshot();
    let page = Members {
        chips: chips(visit),
        members: members(&app, visit, &snapshot),
        agreements: agreements(visit, &snapshot, app.exchange.0.ctx.clock.now()),
    };
    visit.page("exchange/members.html", page).respond()
}

fn members(app: &App, visit: &Visit, snapshot: &Snapshot) -> Table {
    let mut all: Vec<_> = snapshot.members.iter().collect();
    all.sort_by_key(|(id, _)| *id);
    let row = |(id, member): (&contracts::MemberId, &crate::model::MemberState)| {
        let installation = &member.installation.entry.name;
        let installation = match *installation == snapshot.own {
            true => visit.t("operator.here", &[("name", installation.clone())]),
            false => installation.clone(),
        };
        let mandate = app.surroundings.mandate(id);
        vec![
            name_in(&member.names, visit.lang.as_str()),
            id.local().to_owned(),
            installation,
            mandate.unwrap_or_else(|| visit.t("operator.no-mandate", &[])),
        ]
    };
    let heads = ["operator.member", "operator.id", "operator.installation", "operator.mandate"];
    Table::new(visit, &heads, all.into_iter().map(row).collect())
}

/// Those that end first come first, those without an end last.
fn agreements(visit: &Visit, snapshot: &Snapshot, now: Timestamp) -> Table {
    let clients = snapshot.services.values().flat_map(|service| service.clients.values());
    let mut all: Vec<&Agreement> = clients.flat_map(|client| &client.agreements).collect();
    let key = |agreement: &&Agreement| {
        let end = agreement.valid_until.map_or(i64::MAX, |until| until.micros());
        (end, agreement.service.to_string(), agreement.client.to_string())
    };
    all.sort_by_cached_key(key);
    let row = |agreement: &&Agreement| {
        let ground = match agreement.reference.as_str() {
            "" => agreement.basis.as_str().to_owned(),
            reference => format!("{}: {reference}", agreement.basis.as_str()),
        };
        let without_country =
            |id: &str| id.split_once('/').map_or_else(String::new, |(_, rest)| rest.to_owned());
        vec![
            without_country(agreement.service.as_ref()),
            without_country(agreement.client.as_ref()),
            agreement.purpose.clone(),
            ground,
            standing(visit, agreement, now),
        ]
    };
    let heads = [
        "operator.service",
        "operator.client",
        "operator.purpose",
        "operator.basis",
        "operator.standing",
    ];
    Table::new(visit, &heads, all.iter().map(row).collect())
}

/// Whether it is in force, and for how many days.
fn standing(visit: &Visit, agreement: &Agreement, now: Timestamp) -> String {
    let day = |at: Timestamp| visit.ui().format(visit.lang).date(&at.to_string());
    if agreement.suspended {
        return visit.t("operator.suspended", &[]);
    }
    if agreement.valid_from > now {
        return visit.t("operator.from", &[("date", day(agreement.valid_from))]);
    }
    match agreement.valid_until {
        None => visit.t("operator.open", &[]),
        Some(until) if until <= now => visit.t("operator.ended", &[("date", day(until))]),
        Some(until) => {
            let days = (until.unix_seconds() - now.unix_seconds()).div_euclid(DAY_SECONDS);
            visit.t("operator.left", &[("n", days.to_string())])
        }
    }
}

#[cfg(test)]
pub(super) fn samples() -> Vec<ui::Sample> {
    let table = |rows: usize| Table {
        heads: vec![super::Head { text: "Member".to_owned(), number: false }],
        rows: vec![vec!["GOV/CRO".to_owned()]; rows],
        more: if rows > 1 { "and more".to_owned() } else { String::new() },
    };
    let page = |rows| {
        let page = Members { chips: Vec::new(), members: table(rows), agreements: table(rows) };
        ui::Sample::new("exchange/members.html", page)
    };
    vec![page(0), page(2)]
}
