//! Request headers that matter here: `Idempotency-Key`, `If-Match`.

use super::invalid;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use kernel::http::idempotency_key;
use kernel::idempotency::Request;
use kernel::problem::Problem;
use serde::Serialize;

/// Identifies a request that may be repeated: `target` is what its path names.
pub(super) fn repeatable<T: Serialize>(
    headers: &HeaderMap,
    caller: &str,
    operation: &'static str,
    target: &impl Serialize,
    body: &T,
) -> Result<Request, Problem> {
    let key = idempotency_key(headers)?;
    let whole = serde_json::to_vec(&(target, body)).map_err(Problem::internal)?;
    Ok(Request::new(caller, operation, key, &whole))
}

/// The revision the caller has seen: from `If-Match` (RFC 9110 section 13.1.1), from the body, or
/// the same from both.
pub(super) fn expected_revision(headers: &HeaderMap, body: Option<i64>) -> Result<i64, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return body.ok_or_else(|| {
            let remedy = "send the revision you have read, or the header If-Match";
            Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "revision-required",
                "The change does not say what it is based on",
            )
            .field("expected_revision", remedy)
        });
    };
    let text = value.to_str().ok().and_then(|text| text.strip_prefix('"')?.strip_suffix('"'));
    let digits = text.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let Some(revision) = digits.and_then(|digits| digits.parse().ok()) else {
        return Err(invalid("If-Match", "send one revision in quotes, as \"3\""));
    };
    match body {
        Some(other) if other != revision => {
            Err(invalid("expected_revision", "send the same as in If-Match, or leave it out"))
        }
        _ => Ok(revision),
    }
}

/// A revision as `ETag`.
pub(super) fn etag(revision: i64) -> [(HeaderName, HeaderValue); 1] {
    let value = format!("\"{revision}\"").parse().expect("a number in quotes is a header value");
    [(header::ETAG, value)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(if_match: Option<&str>, body: Option<i64>) -> Result<i64, &'static str> {
        let mut headers = HeaderMap::new();
        if let Some(value) = if_match {
            headers.insert(header::IF_MATCH, value.parse().unwrap());
        }
        expected_revision(&headers, body).map_err(|problem| problem.slug())
    }

    #[test]
    fn the_revision_comes_from_header_or_body() {
        assert_eq!(expected(Some("\"3\""), None), Ok(3));
        assert_eq!(expected(None, Some(3)), Ok(3));
        assert_eq!(expected(Some("\"3\""), Some(3)), Ok(3));
        assert_eq!(expected(Some("\"3\""), Some(4)), Err("invalid-field"));
        assert_eq!(expected(None, None), Err("revision-required"));
        for bad in
            ["3", "*", "W/\"3\"", "\"3\", \"4\"", "\"+3\"", "\"\"", "\"99999999999999999999\""]
        {
            assert_eq!(expected(Some(bad), None), Err("invalid-field"), "{bad}");
        }
    }

    #[test]
    fn a_key_belongs_to_its_target_and_body() {
        let mut headers = HeaderMap::new();
        headers.insert(kernel::http::IDEMPOTENCY_KEY, "k-1".parse().unwrap());
        let request = |target: &str, body: &str| {
            repeatable(&headers, "officer:a", "update_record", &target, &body).unwrap()
        };
        assert_eq!(request("a", "b"), request("a", "b"));
        assert_ne!(request("a", "b"), request("b", "b"));
        assert_ne!(request("a", "b"), request("a", "c"));
        let missing = repeatable(&HeaderMap::new(), "officer:a", "update_record", &1, &2);
        assert_eq!(missing.unwrap_err().document().errors[0].field, "Idempotency-Key");
    }
}
