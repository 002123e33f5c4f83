//! Checks of what callers write, shared by policies, agreements and individuals.

use contracts::context::is_purpose;

/// The longest short text (names, versions, references), in bytes.
const SHORT: usize = 200;

/// The longest text meant to be read by residents, in bytes.
const LONG: usize = 4000;

/// A field holds what it may not hold. Names the field and the remedy, never the value, which may
/// be personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {remedy}")]
pub struct Invalid {
    /// The field, in `snake_case`, a dot before members of members.
    pub field: &'static str,
    /// What to write instead.
    pub remedy: &'static str,
}

/// A short text that must be there.
pub(super) fn text(field: &'static str, value: &str) -> Result<(), Invalid> {
    let remedy = "write 1 to 200 bytes of text without control characters";
    if value.trim().is_empty() || value.len() > SHORT || value.chars().any(char::is_control) {
        return Err(Invalid { field, remedy });
    }
    Ok(())
}

/// A short text that may be absent, but not empty.
pub(super) fn optional_text(field: &'static str, value: Option<&str>) -> Result<(), Invalid> {
    value.map_or(Ok(()), |value| text(field, value))
}

/// A text for residents, of several lines if need be.
pub(super) fn prose(field: &'static str, value: &str) -> Result<(), Invalid> {
    let remedy = "write 1 to 4000 bytes of text; of control characters only line breaks";
    let control = |character: char| character.is_control() && character != '\n';
    if value.trim().is_empty() || value.len() > LONG || value.chars().any(control) {
        return Err(Invalid { field, remedy });
    }
    Ok(())
}

/// A web address that opens in a browser. Other schemes would run script when shown as a link.
pub(super) fn url(field: &'static str, value: &str) -> Result<(), Invalid> {
    let remedy =
        "write an address that starts with https:// or http://, up to 200 bytes, without spaces";
    let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
    let clean = |character: char| !character.is_whitespace() && !character.is_control();
    if value.len() > SHORT || !rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(clean))
    {
        return Err(Invalid { field, remedy });
    }
    Ok(())
}

/// A purpose code of the exchange.
pub(super) fn purpose(field: &'static str, value: &str) -> Result<(), Invalid> {
    if !is_purpose(value) {
        return Err(Invalid { field, remedy: "write a purpose code: 1 to 64 of a-z 0-9 - and ." });
    }
    Ok(())
}

/// The tag of a language (BCP 47), such as `sw` or `zh-Hant`.
pub(super) fn language(field: &'static str, value: &str) -> Result<(), Invalid> {
    let part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    if value.len() > 35 || !value.split('-').all(part) {
        return Err(Invalid { field, remedy: "write language tags such as `sw` or `fr`" });
    }
    Ok(())
}

/// A list that holds at most `most` items.
pub(super) fn at_most(field: &'static str, items: usize, most: usize) -> Result<(), Invalid> {
    if items > most {
        return Err(Invalid { field, remedy: "write fewer items: at most 100" });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_would_run_script_are_refused() {
        for good in ["https://example.org/policy", "http://localhost:8080/"] {
            assert_eq!(url("url", good), Ok(()), "{good}");
        }
        for bad in ["", "https://", "javascript:alert(1)", "example.org", "https://a b", "ftp://a"]
        {
            assert_eq!(url("url", bad).unwrap_err().field, "url", "{bad}");
        }
    }

    #[test]
    fn texts_are_bounded_and_printable() {
        assert_eq!(text("name", "Ministry of Health"), Ok(()));
        for bad in ["", "  ", "a\nb", "\u{7f}", &"x".repeat(201)] {
            assert!(text("name", bad).is_err(), "{bad:?}");
        }
        assert_eq!(prose("purpose", "Line one\nline two"), Ok(()));
        assert!(prose("purpose", "a\u{0}b").is_err());
        assert_eq!(optional_text("name", None), Ok(()));
        assert!(optional_text("name", Some("")).is_err());
    }
}
