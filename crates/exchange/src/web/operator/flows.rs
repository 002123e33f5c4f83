//! Services and what passes through them.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use contracts::ServiceId;
use serde::Serialize;
use ui::Visit;
use ui::charts::{Bar, bars};
use ui::desk::Desk;
use ui::parts::Chip;

use super::{Table, WatchInstallation, chips, number, within};
use crate::error::ExchangeError;
use crate::flows::{READ_BACK_MAX, Tally, hour_of};
use crate::hops::Direction;
use crate::model::Snapshot;
use crate::web::home::name_in;
use crate::web::{App, failed};

/// Bars in the chart.
const BARS: usize = 10;

#[derive(Serialize)]
struct Flows {
    chips: Vec<Chip>,
    bars: Vec<Bar>,
    /// Asked of services here.
    here: Table,
    /// Asked by members here of services elsewhere.
    elsewhere: Table,
    /// How far back the figures go after a start.
    note: String,
}

/// A day and its last hour.
#[derive(Default)]
struct Span {
    day: Tally,
    hour: u64,
}

pub(super) async fn show(State(app): State<App>, desk: Desk<WatchInstallation>) -> Response {
    match flows(&app, &desk.visit).await {
        Ok(page) => desk.visit.page("exchange/flows.html", page).respond(),
        Err(error) => failed(&desk.visit, error),
    }
}

async fn flows(app: &App, visit: &Visit) -> Result<Flows, ExchangeError> {
    let last = hour_of(app.exchange.0.ctx.clock.now());
    let (mut here, mut elsewhere) = (BTreeMap::new(), BTreeMap::new());
    for ((hour, direction, service), tally) in app.exchange.flows().await? {
        let side = if direction == Direction::Out { &mut elsewhere } else { &mut here };
        let span: &mut Span = side.entry(service).or_default();
        span.day.add(&tally);
        span.hour += if hour == last { tally.calls } else { 0 };
    }
    let snapshot = app.exchange.snapshot();
    let (here, elsewhere) = (busiest_first(here), busiest_first(elsewhere));
    let bar = |(service, span): &(String, Span)| {
        let amount = i64::try_from(span.day.calls).unwrap_or(i64::MAX);
        (label(&snapshot, visit, service), number(visit, span.day.calls), amount)
    };
    let chart = bars(here.iter().chain(&elsewhere).take(BARS).map(bar).collect());
    let most = number(visit, READ_BACK_MAX.unsigned_abs());
    Ok(Flows {
        chips: chips(visit),
        bars: chart,
        here: table(visit, &snapshot, &here),
        elsewhere: table(visit, &snapshot, &elsewhere),
        note: visit.t("operator.flows-note", &[("n", most)]),
    })
}

fn busiest_first(side: BTreeMap<String, Span>) -> Vec<(String, Span)> {
    let mut all: Vec<_> = side.into_iter().collect();
    all.sort_by_key(|(_, span)| std::cmp::Reverse(span.day.calls));
    all
}

fn table(visit: &Visit, snapshot: &Snapshot, spans: &[(String, Span)]) -> Table {
    let row = |(service, span): &(String, Span)| {
        let day = &span.day;
        let answered = day.answers() > 0;
        vec![
            label(snapshot, visit, service),
            number(visit, day.calls),
            number(visit, span.hour),
            number(visit, day.refused),
            number(visit, day.in_vain()),
            within(visit, day.within(50), answered),
            within(visit, day.within(95), answered),
        ]
    };
    let heads = [
        "operator.service",
        "#operator.calls",
        "#operator.this-hour",
        "#operator.refused",
        "#operator.failed",
        "#operator.half",
        "#operator.most",
    ];
    Table::new(visit, &heads, spans.iter().map(row).collect())
}

/// The service's name with where it belongs, without the country in front.
fn label(snapshot: &Snapshot, visit: &Visit, service: &str) -> String {
    let id: Option<ServiceId> = service.parse().ok();
    let Some(known) = id.as_ref().and_then(|id| snapshot.services.get(id)) else {
        return service.to_owned();
    };
    let place = service.split_once('/').map_or(service, |(_, rest)| rest);
    format!("{} ({place})", name_in(&known.entry.names, visit.lang.as_str()))
}

#[cfg(test)]
pub(super) fn samples() -> Vec<ui::Sample> {
    let table = |rows: usize| Table {
        heads: vec![super::Head { text: "Service".to_owned(), number: false }],
        rows: vec![vec!["Births".to_owned()]; rows],
        more: String::new(),
    };
    let page = |rows| {
        let bars = bars(vec![("Births".to_owned(), "12".to_owned(), 12); rows]);
        let note = "The note".to_owned();
        let page =
            Flows { chips: Vec::new(), bars, here: table(rows), elsewhere: table(rows), note };
        ui::Sample::new("exchange/flows.html", page)
    };
    vec![page(0), page(1)]
}
