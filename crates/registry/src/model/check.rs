//! Checks of what callers write beside the data themselves.

use basis::Timestamp;

/// The longest name, in bytes.
const NAME_BYTES_MAX: usize = 200;
/// The longest reason, in bytes.
const REASON_BYTES_MAX: usize = 1_000;

/// A field holds what it may not hold. Names the field and the remedy, never the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {remedy}")]
pub struct Invalid {
    /// The field as the caller wrote it.
    pub field: &'static str,
    /// What to send instead.
    pub remedy: &'static str,
}

/// A name or title of one line.
pub(super) fn name(field: &'static str, text: &str) -> Result<(), Invalid> {
    let remedy = "write 1 to 200 bytes of text without control characters";
    if text.trim().is_empty() || text.len() > NAME_BYTES_MAX || text.chars().any(char::is_control) {
        return Err(Invalid { field, remedy });
    }
    Ok(())
}

/// Why something was changed: text of several lines if need be.
///
/// # Errors
/// [`Invalid`] when it is empty, too long or not printable.
pub fn reason(text: &str) -> Result<(), Invalid> {
    let control = |character: char| character.is_control() && character != '\n';
    if text.trim().is_empty() || text.len() > REASON_BYTES_MAX || text.chars().any(control) {
        let remedy = "say why in 1 to 1,000 bytes; of control characters only line breaks";
        return Err(Invalid { field: "reason", remedy });
    }
    Ok(())
}

/// From when a change has effect: now, unless an earlier time is given. A read answers with what was
/// recorded last, so a change that is not in effect yet cannot be recorded yet.
///
/// # Errors
/// [`Invalid`] for a time to come.
pub fn effective(wish: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, Invalid> {
    match wish {
        None => Ok(now),
        Some(at) if at <= now => Ok(at),
        Some(_) => {
            let remedy = "send a time that has come; record the change when it takes effect";
            Err(Invalid { field: "effective", remedy })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_bounded_and_printable() {
        assert_eq!(reason("moved\nto another village"), Ok(()));
        for bad in ["", " \n ", "a\tb", "\u{7f}", &"x".repeat(1_001)] {
            assert_eq!(reason(bad).unwrap_err().field, "reason", "{bad:?}");
        }
    }

    #[test]
    fn a_change_takes_effect_now_or_before() {
        let now = Timestamp::from_micros(1_000);
        let before = Timestamp::from_micros(999);
        assert_eq!(effective(None, now), Ok(now));
        assert_eq!(effective(Some(before), now), Ok(before));
        assert_eq!(effective(Some(now), now), Ok(now));
        let later = Timestamp::from_micros(1_001);
        assert_eq!(effective(Some(later), now).unwrap_err().field, "effective");
    }
}
