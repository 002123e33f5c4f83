//! The first page: the day in figures, what wants attention, the blocks.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use ui::Visit;
use ui::charts::Line;
use ui::desk::Desk;
use ui::parts::{Chip, Fact};

use super::{Table, WatchInstallation, chips, number, within};
use crate::error::ExchangeError;
use crate::flows::{HOURS, Tally, hour_of};
use crate::model::Snapshot;
use crate::store;
use crate::surroundings::{BlockSight, BlockState};
use crate::web::{App, failed};

/// Agreements that end sooner are named.
const SOON_DAYS: i64 = 30;
/// More unsealed rows than a busy moment leaves behind.
const UNSEALED_MAX: i64 = 1_000;

#[derive(Serialize)]
struct Overview {
    chips: Vec<Chip>,
    installation: String,
    facts: Vec<Fact>,
    attention: Vec<String>,
    line: Line,
    /// The chart in a sentence.
    says: String,
    blocks: Table,
}

pub(super) async fn show(State(app): State<App>, desk: Desk<WatchInstallation>) -> Response {
    match overview(&app, &desk.visit).await {
        Ok(page) => desk.visit.page("exchange/overview.html", page).respond(),
        Err(error) => failed(&desk.visit, error),
    }
}

async fn overview(app: &App, visit: &Visit) -> Result<Overview, ExchangeError> {
    let exchange = &app.exchange;
    let now = exchange.0.ctx.clock.now();
    let flows = exchange.flows().await?;
    let last = hour_of(now);
    let mut hours = vec![0_i64; usize::try_from(HOURS).unwrap_or_default()];
    let mut day = Tally::default();
    for ((hour, ..), tally) in &flows {
        day.add(tally);
        let place = usize::try_from(hour - (last - HOURS + 1)).ok();
        if let Some(count) = place.and_then(|place| hours.get_mut(place)) {
            *count += i64::try_from(tally.calls).unwrap_or(i64::MAX);
        }
    }
    let blocks = app.surroundings.look().await;
    let snapshot = exchange.snapshot();
    let attempts = exchange
        .0
        .ctx
        .db
        .read(move |tx| Box::pin(store::codes::refused_since(tx, last - HOURS + 1)));
    let refused_sign_ins: i64 = attempts.await.map_err(ExchangeError::Db)?;
    let mut attention = wants_attention(visit, &blocks);
    attention.extend(without_mandate(app, visit, &blocks));
    attention.extend(of_the_directory(app, visit, &snapshot));
    if refused_sign_ins > 0 {
        let n = refused_sign_ins.unsigned_abs();
        attention.push(visit.t("attention.sign-ins", &[("n", number(visit, n))]));
    }
    let most = hours.iter().max().copied().unwrap_or_default();
    let says = [("all", number(visit, day.calls)), ("most", number(visit, most.unsigned_abs()))];
    let clock = |hour: i64| {
        let at = basis::Timestamp::EPOCH.plus_seconds(hour * 3_600).to_string();
        visit.ui().format(visit.lang).time(&at)
    };
    Ok(Overview {
        chips: chips(visit),
        installation: snapshot.own.clone(),
        facts: figures(visit, &day, &snapshot),
        attention,
        line: Line::new(&hours, clock(last - HOURS + 1), clock(last)),
        says: visit.t("operator.chart-says", &says),
        blocks: table(visit, &blocks),
    })
}

fn figures(visit: &Visit, day: &Tally, snapshot: &Snapshot) -> Vec<Fact> {
    let fact = |key: &str, value: String| Fact::new(visit.t(key, &[]), value);
    let here = snapshot.members.keys().filter(|member| snapshot.is_own(member)).count();
    let members = format!("{here} / {}", snapshot.members.len());
    vec![
        fact("operator.calls", number(visit, day.calls)),
        fact("operator.refused", number(visit, day.refused)),
        fact("operator.failed", number(visit, day.in_vain())),
        fact("operator.half", within(visit, day.within(50), day.answers() > 0)),
        fact("operator.most", within(visit, day.within(95), day.answers() > 0)),
        fact("operator.members-here", members),
        fact("operator.services", number(visit, snapshot.services.len() as u64)),
    ]
}

/// What the blocks need somebody for.
fn wants_attention(visit: &Visit, blocks: &[BlockSight]) -> Vec<String> {
    let mut lines = Vec::new();
    for block in blocks {
        let say = |key: &str, n: i64| {
            let n = number(visit, n.unsigned_abs());
            visit.t(key, &[("block", block.name.clone()), ("n", n)])
        };
        match &block.state {
            None => lines.push(visit.t("attention.silent", &[("block", block.name.clone())])),
            Some(state) => {
                if state.dead > 0 {
                    lines.push(say("attention.dead", state.dead));
                }
                if state.unsealed > UNSEALED_MAX {
                    lines.push(say("attention.unsealed", state.unsealed));
                }
            }
        }
    }
    lines
}

/// Members that run a block and act on nothing that anybody has named.
fn without_mandate(app: &App, visit: &Visit, blocks: &[BlockSight]) -> Vec<String> {
    let instance = &app.exchange.0.ctx.instance;
    let members: BTreeSet<&str> = blocks.iter().map(|block| block.member.as_str()).collect();
    let without = members.into_iter().filter(|member| {
        let id = format!("{instance}/{member}").parse().ok();
        id.is_some_and(|id| app.surroundings.mandate(&id).is_none())
    });
    let say = |member: &str| visit.t("attention.no-mandate", &[("member", member.to_owned())]);
    without.map(say).collect()
}

/// What the directory needs somebody for.
fn of_the_directory(app: &App, visit: &Visit, snapshot: &Snapshot) -> Vec<String> {
    let now = app.exchange.0.ctx.clock.now();
    let mut lines = Vec::new();
    for service in app.exchange.unbound() {
        lines.push(visit.t("attention.unbound", &[("service", service.to_string())]));
    }
    let agreements = snapshot.services.values().filter(|s| snapshot.is_own(&s.entry.id.member()));
    let ends = agreements
        .flat_map(|service| service.clients.values())
        .flat_map(|client| &client.agreements)
        .filter_map(|agreement| agreement.valid_until);
    let soon = now.plus_seconds(SOON_DAYS * 86_400);
    let ending = ends.filter(|until| *until > now && *until <= soon).count();
    if ending > 0 {
        lines.push(visit.t("attention.ending", &[("n", number(visit, ending as u64))]));
    }
    lines
}

fn table(visit: &Visit, blocks: &[BlockSight]) -> Table {
    let count = |n: i64| number(visit, n.unsigned_abs());
    let row = |block: &BlockSight| {
        let Some(state) = &block.state else {
            let none = || "–".to_owned();
            let state = visit.t("operator.silent", &[]);
            return vec![title(block), block.member.clone(), state, none(), none(), none(), none()];
        };
        let BlockState { waiting, dead, sealed, unsealed, bytes } = *state;
        let size = bytes.map_or_else(|| "–".to_owned(), |bytes| megabytes(visit, bytes));
        let trail = match unsealed {
            0 => count(sealed),
            _ => format!("{} + {}", count(sealed), count(unsealed)),
        };
        let state = visit.t("operator.answers", &[]);
        vec![title(block), block.member.clone(), state, count(waiting), count(dead), trail, size]
    };
    let heads = [
        "operator.block",
        "operator.run-by",
        "operator.state",
        "#operator.waiting",
        "#operator.dead",
        "#operator.trail",
        "#operator.size",
    ];
    Table::new(visit, &heads, blocks.iter().map(row).collect())
}

/// What the block is, and where several are, which one.
fn title(block: &BlockSight) -> String {
    format!("{} ({})", block.title, block.name)
}

/// With one decimal.
fn megabytes(visit: &Visit, bytes: i64) -> String {
    let tenths = bytes / 100_000;
    let written = format!("{}.{}", tenths / 10, tenths % 10);
    format!("{} MB", visit.ui().format(visit.lang).decimal(&written))
}

#[cfg(test)]
pub(super) fn samples() -> Vec<ui::Sample> {
    let page = |attention: &[&str], more: &str| {
        let head = |text: &str, number| super::Head { text: text.to_owned(), number };
        let blocks = Table {
            heads: vec![head("Block", false), head("Waiting", true)],
            rows: vec![vec!["payments".to_owned(), "3".to_owned()]],
            more: more.to_owned(),
        };
        let chip = Chip { text: "Overview".to_owned(), href: "/x".to_owned(), current: true };
        let page = Overview {
            chips: vec![chip],
            installation: "registrar".to_owned(),
            facts: vec![Fact::new("Calls", "1,204")],
            attention: attention.iter().map(|line| (*line).to_owned()).collect(),
            line: Line::new(&[0, 3, 2], "10:00", "12:00"),
            says: "Three calls".to_owned(),
            blocks,
        };
        ui::Sample::new("exchange/overview.html", page)
    };
    vec![page(&[], ""), page(&["consent does not answer"], "and 3 more")]
}
