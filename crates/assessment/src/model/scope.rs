//! Which indicators a round asks.

use maturity::Instrument;
use maturity::instrument::Indicator;
use maturity::instrument::profile::FULL;

/// The indicators of a profile, in the instrument's order; none if there is no such profile.
#[must_use]
pub fn indicators<'i>(instrument: &'i Instrument, profile: &str) -> Option<Vec<&'i Indicator>> {
    if !instrument.has_profile(profile) {
        return None;
    }
    let all = instrument.indicators.iter();
    Some(all.filter(|asked| instrument.asks(profile, asked)).collect())
}

/// The profiles that a round can be opened with: id and name.
#[must_use]
pub fn profiles(instrument: &Instrument) -> Vec<(String, String)> {
    let named = instrument.profiles.iter().filter(|one| one.id != FULL);
    let named = named.map(|one| (one.id.clone(), one.name.clone()));
    std::iter::once((FULL.to_owned(), FULL.to_owned())).chain(named).collect()
}
