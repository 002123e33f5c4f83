//! From scores to a plan: which services first, what is missing, what the systems become, and who does what when.
//!
//! Every function takes the instrument, the round and earlier results, and gives values in a stated order.

mod architecture;
mod block;
pub mod catalogue;
mod decision;
mod duplicates;
mod flows;
mod gap_kind;
mod gaps;
mod log;
mod mermaid;
mod order;
mod roadmap;
mod safeguards;
mod schedule;
mod services;
mod value;
mod what_if;

pub use architecture::architecture;
pub use duplicates::duplicates;
pub use flows::flows;
pub use gaps::gaps;
pub use mermaid::mermaid;
pub use roadmap::{roadmap, roadmap_with};
pub use safeguards::safeguards;
pub use schedule::Capacity;
pub use services::services;
pub use what_if::{Change, Outlook, WhatIf, what_if};
