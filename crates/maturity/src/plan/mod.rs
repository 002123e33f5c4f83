//! From scores to what to do: gaps, ranked services, components, draft architecture, roadmap, safeguards.
//!
//! Everything here is decided by rules that stand in `data/` and can be read by whoever doubts a plan. An unknown is
//! never guessed: it counts low where a rank needs a figure, is listed, and becomes "find out" where it matters.

mod actions;
mod architecture;
mod decisions;
mod duplicates;
mod flows;
mod gap_rules;
mod gaps;
mod graphviz;
mod mermaid;
mod reference;
mod roadmap;
mod safeguards;
mod schedule;
mod services;
mod view;
mod what_if;
mod words;

pub use architecture::architecture;
pub use duplicates::duplicates;
pub use flows::flows;
pub use gap_rules::{GapRule, GapRules, OutsideGovstack};
pub use gaps::gaps;
pub use graphviz::graphviz;
pub use mermaid::mermaid;
pub use reference::{
    Component, InterfaceStandards, Owner, Product, Reference, Role, Safeguard, reference,
};
pub use roadmap::{Conditions, roadmap, roadmap_under};
pub use safeguards::safeguards;
pub use services::services;
pub use what_if::{Change, Outlook, WhatIf, what_if};
pub use words::Language;
