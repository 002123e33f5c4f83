//! Journeys. Start with `story.rs`: the others look at what it left behind, or disturb it.

mod authorisation;
mod country;
mod program;
mod shared;
mod story;
mod values;
