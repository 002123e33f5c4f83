//! Digests: of files, and of a round as institutions sign it.

pub use maturity::digest::sha256;
use maturity::{Instrument, Round};

/// Whether this is a SHA-256 as we write it.
#[must_use]
pub fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// What is signed: the round without its signatures, and the instrument that asked, as `maturity` digests
/// them.
#[must_use]
pub fn of_round(instrument: &Instrument, round: &Round) -> String {
    let mut round = round.clone();
    round.sign_offs.clear();
    maturity::digest::digest(instrument, &round)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_lower_case_hexadecimal() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(sha256(b""), empty);
        assert!(is_sha256(empty) && !is_sha256(&empty.to_uppercase()) && !is_sha256("e3b0"));
    }
}
