//! The legal basis of a call, kept until what follows from it is reported on the same ground.

use contracts::{CallError, LegalBasis};

/// As it is stored: JSON.
pub fn ground(basis: &LegalBasis) -> String {
    serde_json::to_string(basis).expect("a legal basis is JSON")
}

/// The basis of what was stored.
///
/// # Errors
/// [`CallError::Request`] when it is none: nothing can be reported on it.
pub fn basis(ground: &str) -> Result<LegalBasis, CallError> {
    serde_json::from_str(ground).map_err(|error| CallError::Request(error.to_string()))
}
