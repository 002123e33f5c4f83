//! The id of the request being answered.

use basis::Rng;
use http::{HeaderMap, HeaderName};
use std::future::Future;
use std::sync::Arc;

/// Carries the trace id, in both directions.
pub const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static TRACE_ID: Arc<str>;
}

/// The id of the request being answered, for log lines and problems; none outside of one.
#[must_use]
pub fn trace_id() -> Option<String> {
    TRACE_ID.try_with(|id| id.to_string()).ok()
}

/// Runs `work` as part of the request `id`: for tasks that a handler spawns, which do not inherit it.
pub async fn with_trace<F: Future>(id: impl Into<Arc<str>>, work: F) -> F::Output {
    TRACE_ID.scope(id.into(), work).await
}

/// The trace id of a request: the trace part of `traceparent` (W3C Trace Context section 3.2), else `x-request-id`, else a
/// new one of 32 hexadecimal digits.
pub(super) fn trace_id_of(headers: &HeaderMap, rng: &Rng) -> String {
    from_traceparent(headers)
        .or_else(|| from_request_id(headers))
        .unwrap_or_else(|| hex(&rng.bytes::<16>()))
}

fn from_traceparent(headers: &HeaderMap) -> Option<String> {
    let mut parts = headers.get("traceparent")?.to_str().ok()?.split('-');
    let (version, id) = (parts.next()?, parts.next()?);
    let digits =
        |text: &str| text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let good =
        version.len() == 2 && version != "ff" && id.len() == 32 && digits(version) && digits(id);
    (good && id.bytes().any(|b| b != b'0')).then(|| id.to_owned())
}

fn from_request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID_HEADER)?.to_str().ok()?;
    let good =
        (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    good.then(|| id.to_owned())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(headers: &[(&'static str, &str)]) -> String {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        trace_id_of(&headers.collect(), &Rng::seeded(1))
    }

    #[test]
    fn a_good_id_is_taken_over() {
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(id(&[("traceparent", parent)]), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(id(&[("x-request-id", "client-0001")]), "client-0001");
        let both = [("x-request-id", "client-0001"), ("traceparent", parent)];
        assert_eq!(id(&both), "4bf92f3577b34da6a3ce929d0e0e4736");
    }

    #[test]
    fn a_bad_one_is_replaced() {
        let made = id(&[]);
        assert_eq!(made.len(), 32);
        let zeros = "00-00000000000000000000000000000000-00f067aa0ba902b7-01";
        let long = "a".repeat(65);
        for bad in ["", "short", "new\tline-x", "with space", &long] {
            assert_eq!(id(&[("x-request-id", bad)]), made, "{bad}");
        }
        for bad in
            ["00-abc-def-01", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", zeros, "x"]
        {
            assert_eq!(id(&[("traceparent", bad)]), made, "{bad}");
        }
    }

    #[tokio::test]
    async fn the_id_is_known_within_its_request_only() {
        assert_eq!(trace_id(), None);
        assert_eq!(with_trace("abc", async { trace_id() }).await.as_deref(), Some("abc"));
    }
}
