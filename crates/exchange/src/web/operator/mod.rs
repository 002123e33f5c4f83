//! The operator's view: what passes, how the blocks are, who takes part and under what agreements.
//! Operators and auditors look; nothing is changed here.

mod flows;
mod members;
mod overview;

use kernel::auth::Permission;
use kernel::block::DeskEntry;
use kernel::pages::Pages;
use serde::Serialize;
use ui::Visit;
use ui::parts::Chip;

use super::App;

/// Look at the installation as its operator does.
pub enum WatchInstallation {}

impl Permission for WatchInstallation {
    const NAME: &'static str = "exchange.installation.watch";
}

const OVERVIEW: &str = "/desk/operator";
const FLOWS: &str = "/desk/operator/flows";
const MEMBERS: &str = "/desk/operator/members";

/// Rows of a table at most; a page is to stay light.
const ROWS_MAX: usize = 80;

pub(crate) const TEMPLATES: &[(&str, &str)] = &[
    ("exchange/overview.html", include_str!("../../../templates/overview.html")),
    ("exchange/flows.html", include_str!("../../../templates/flows.html")),
    ("exchange/members.html", include_str!("../../../templates/members.html")),
];

/// The desk's entry.
pub(crate) const DESK: DeskEntry = DeskEntry {
    path: OVERVIEW,
    names: &[("en", "Operations"), ("fr", "Exploitation"), ("sw", "Uendeshaji")],
    about: &[
        ("en", "What passes, how the blocks are, who takes part under which agreements."),
        ("fr", "Ce qui passe, l’état des blocs, qui participe et selon quelles conventions."),
        ("sw", "Kinachopita, hali ya sehemu za mfumo, nani anashiriki na kwa makubaliano gani."),
    ],
    permission: WatchInstallation::NAME,
};

pub(super) fn pages() -> Pages<App> {
    Pages::new().get(OVERVIEW, overview::show).get(FLOWS, flows::show).get(MEMBERS, members::show)
}

/// A table for the macro of that name.
#[derive(Serialize)]
struct Table {
    heads: Vec<Head>,
    rows: Vec<Vec<String>>,
    /// How many rows were left out, said in words; empty when none were.
    more: String,
}

#[derive(Serialize)]
struct Head {
    text: String,
    number: bool,
}

impl Table {
    /// `heads`: text keys, those of numbers with a `#` in front.
    fn new(visit: &Visit, heads: &[&str], mut rows: Vec<Vec<String>>) -> Self {
        let left_out = rows.len().saturating_sub(ROWS_MAX);
        rows.truncate(ROWS_MAX);
        let more = match left_out {
            0 => String::new(),
            n => visit.t("operator.more", &[("n", number(visit, n as u64))]),
        };
        let head = |key: &&str| Head {
            text: visit.t(key.trim_start_matches('#'), &[]),
            number: key.starts_with('#'),
        };
        Self { heads: heads.iter().map(head).collect(), rows, more }
    }
}

/// The three pages, the present one marked.
fn chips(visit: &Visit) -> Vec<Chip> {
    let chip = |(key, href): (&str, &str)| Chip {
        text: visit.t(key, &[]),
        href: href.to_owned(),
        current: visit.path() == href,
    };
    let all =
        [("operator.overview", OVERVIEW), ("operator.flows", FLOWS), ("operator.members", MEMBERS)];
    all.into_iter().map(chip).collect()
}

fn number(visit: &Visit, n: u64) -> String {
    visit.ui().format(visit.lang).decimal(&n.to_string())
}

/// A duration that stands for "at most".
fn within(visit: &Visit, micros: Option<i64>, answered: bool) -> String {
    match micros {
        Some(micros) => format!("{} ms", micros / 1_000),
        None if answered => visit.t("operator.longer", &[]),
        None => "–".to_owned(),
    }
}

#[cfg(test)]
pub(super) fn samples() -> Vec<ui::Sample> {
    [overview::samples(), flows::samples(), members::samples()].into_iter().flatten().collect()
}
