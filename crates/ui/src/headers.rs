//! Answer headers that take from a page what it does not need.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Everything from our own origin, no script at all, no frame around or inside, forms only to us.
const POLICY: &str = "default-src 'self'; script-src 'none'; object-src 'none'; frame-src 'none'; base-uri 'none'; \
                      frame-ancestors 'none'; form-action 'self'";

/// The headers every answer carries, with the policy for pages. What a handler has set already stays.
pub fn protect(headers: &mut HeaderMap, secure: bool) {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=()",
        ),
    ];
    for (name, value) in fixed {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if secure {
        let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(two_years);
    }
}

/// Lets this one page's forms end at `origin` as well. One that is no plain origin is left out, which leaves the page
/// stricter than asked and never looser.
pub fn allow_forms_to(headers: &mut HeaderMap, origin: &str) {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/.-_[]".contains(&byte);
    let is_origin = (origin.starts_with("https://") || origin.starts_with("http://"))
        && origin.bytes().all(plain);
    if !is_origin {
        tracing::warn!("A page asked for forms to something that is no origin");
        return;
    }
    if let Ok(policy) = HeaderValue::from_str(&format!("{POLICY} {origin}")) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_stays() {
        let mut headers = HeaderMap::new();
        allow_forms_to(&mut headers, "https://shop.example:8443");
        protect(&mut headers, true);
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.ends_with("form-action 'self' https://shop.example:8443"), "{policy}");
        assert!(headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    }

    #[test]
    fn a_policy_cannot_be_smuggled_in() {
        for origin in [
            "https://a.example; script-src *",
            "javascript:alert(1)",
            "https://a.example 'unsafe-inline'",
            "",
        ] {
            let mut headers = HeaderMap::new();
            allow_forms_to(&mut headers, origin);
            protect(&mut headers, false);
            assert_eq!(headers[header::CONTENT_SECURITY_POLICY], POLICY, "{origin}");
        }
    }
}
