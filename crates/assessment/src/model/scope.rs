//! Which indicators a round asks.

use maturity::Instrument;
use maturity::instrument::{Indicator, Profile};

/// The profile that asks everything; every instrument has it.
pub const FULL: &str = "full";

/// The indicators of a profile, in the instrument's order; none if there is no such profile.
#[must_use]
pub fn indicators<'i>(instrument: &'i Instrument, profile: &str) -> Option<Vec<&'i Indicator>> {
    let named = instrument.profiles.iter().find(|one| one.id == profile);
    match named {
        Some(profile) => {
            Some(instrument.indicators.iter().filter(|one| asks(profile, one)).collect())
        }
        None if profile == FULL => Some(instrument.indicators.iter().collect()),
        None => None,
    }
}

/// The profiles that a round can be opened with.
#[must_use]
pub fn profiles(instrument: &Instrument) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> =
        instrument.profiles.iter().map(|one| (one.id.clone(), one.name.clone())).collect();
    if !all.iter().any(|(id, _)| id == FULL) {
        all.insert(0, (FULL.to_owned(), FULL.to_owned()));
    }
    all
}

fn asks(profile: &Profile, indicator: &Indicator) -> bool {
    // A profile that names nothing asks everything.
    let open = profile.dimensions.is_empty() && profile.indicators.is_empty() && !profile.critical;
    open || profile.dimensions.contains(&indicator.dimension)
        || profile.indicators.contains(&indicator.id)
        || (profile.critical && indicator.critical)
}
