//! Journeys. Start with `story.rs`: the others look at what it left behind, or disturb it.

mod authorisation;
mod commands;
mod country;
mod outages;
mod probes;
mod program;
mod refusals;
mod selection;
mod shared;
mod split;
mod story;
mod stranger;
mod values;
