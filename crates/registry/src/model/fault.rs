//! What is wrong at one place of a JSON document.

/// The longest path that a fault repeats, in characters: keys may be the caller's own words.
const PLACE_CHARS_MAX: usize = 120;

/// The most faults that one answer lists.
pub const FAULTS_MAX: usize = 100;

/// One fault. Never repeats a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: a JSON pointer (RFC 6901) into the request's body.
    pub place: String,
    /// What is wrong there.
    pub detail: String,
    /// What to write instead.
    pub remedy: String,
}

impl Fault {
    pub(super) fn new(
        place: impl Into<String>,
        detail: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        let place: String = place.into();
        let place = place.chars().take(PLACE_CHARS_MAX).collect();
        Self { place, detail: detail.into(), remedy: remedy.into() }
    }
}

/// The pointer to `key` within what `place` points to.
pub(super) fn below(place: &str, key: &str) -> String {
    format!("{place}/{}", key.replace('~', "~0").replace('/', "~1"))
}
