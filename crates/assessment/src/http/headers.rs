//! `If-Match` and `ETag` (RFC 9110 section 8.8.3 and 13.1.1): a revision in quotes.

use crate::Error;
use crate::model::check::Wrong;
use http::{HeaderMap, HeaderName, HeaderValue, header};

/// The revision that `If-Match` names, or else the one in the body.
pub(super) fn seen(headers: &HeaderMap, body: i64) -> Result<i64, Error> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(body) };
    let text = value.to_str().ok().and_then(|text| text.strip_prefix('"')?.strip_suffix('"'));
    let digits = text.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let revision = digits.and_then(|digits| digits.parse().ok());
    revision.ok_or_else(|| Wrong::new("If-Match", "send one revision in quotes, as \"3\"").into())
}

/// A revision as `ETag`.
pub(super) fn etag(revision: i64) -> [(HeaderName, HeaderValue); 1] {
    let value = format!("\"{revision}\"").parse().expect("a number in quotes is a header value");
    [(header::ETAG, value)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_goes_before_the_body() {
        let with = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_MATCH, text.parse().expect("a header"));
            seen(&headers, 7).ok()
        };
        assert_eq!(seen(&HeaderMap::new(), 7).ok(), Some(7));
        assert_eq!(with("\"3\""), Some(3));
        for bad in ["3", "*", "W/\"3\"", "\"\"", "\"3\", \"4\""] {
            assert_eq!(with(bad), None, "{bad}");
        }
    }
}
