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

/// Loosens the policy of one page: its forms may end at `forms_to` as well, and a `script` of ours may run. An origin that
/// is no plain one is left out, which leaves the page stricter than asked and never looser.
pub fn loosen(headers: &mut HeaderMap, forms_to: Option<&str>, script: bool) {
    let mut policy = POLICY.to_owned();
    if script {
        policy = policy.replace("script-src 'none'", "script-src 'self'");
    }
    match forms_to {
        Some(origin) if is_origin(origin) => policy = format!("{policy} {origin}"),
        Some(_) => tracing::warn!("A page asked for forms to something that is no origin"),
        None => {}
    }
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

fn is_origin(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/.-_[]".contains(&byte);
    (text.starts_with("https://") || text.starts_with("http://")) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_stays() {
        let mut headers = HeaderMap::new();
        loosen(&mut headers, Some("https://shop.example:8443"), false);
        protect(&mut headers, true);
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.ends_with("form-action 'self' https://shop.example:8443"), "{policy}");
        assert!(headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    }

    #[test]
    fn a_script_of_ours_is_let_run_and_no_other() {
        let mut headers = HeaderMap::new();
        loosen(&mut headers, None, true);
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert_eq!(policy, POLICY.replace("script-src 'none'", "script-src 'self'"));
        assert!(!policy.contains("unsafe"));
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
            loosen(&mut headers, Some(origin), false);
            protect(&mut headers, false);
            assert_eq!(headers[header::CONTENT_SECURITY_POLICY], POLICY, "{origin}");
        }
    }
}
