//! Profiles: which indicators a round asks.
//!
//! `full` asks all and needs no entry in the file. What a profile leaves out is not asked: it is neither a gap nor
//! part of a score. Gates and the critical indicators still look at it where an answer exists, and count it as unknown
//! where none does, so that nobody passes a gate by leaving a question out.

use crate::instrument::{Indicator, Instrument, Profile};

/// The profile that asks everything.
pub const FULL: &str = "full";

impl Instrument {
    /// Whether there is a profile of this name.
    #[must_use]
    pub fn has_profile(&self, id: &str) -> bool {
        id == FULL || self.profiles.iter().any(|profile| profile.id == id)
    }

    /// Whether the profile asks this indicator. A name that is not known asks everything, as `full` does: a spelling
    /// mistake must not shorten an assessment, and [`crate::Round::check`] names it.
    #[must_use]
    pub fn asks(&self, profile: &str, indicator: &Indicator) -> bool {
        match self.profiles.iter().find(|known| known.id == profile) {
            Some(profile) => profile.asks(indicator),
            None => true,
        }
    }
}

impl Profile {
    /// Whether it asks this indicator.
    #[must_use]
    pub fn asks(&self, indicator: &Indicator) -> bool {
        (self.critical && indicator.critical)
            || self.dimensions.contains(&indicator.dimension)
            || self.indicators.contains(&indicator.id)
    }
}
