//! Calls of information systems over HTTP, in the style of X-Road's REST protocol (PR-REST
//! section 4): the path names the service, headers say who asks and why.

use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse, Response};
use contracts::{CallContext, LegalBasis, Pseudonym, ServiceId, WireError};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use kernel::problem::Problem;

use super::Call;
use super::officer::HostedOfficer;
use crate::exchange::Exchange;
use crate::message::{ANSWER_HEADERS, travelling};

/// A service itself.
pub(crate) const SERVICE_PATH: &str =
    "/exchange/r1/{instance}/{class}/{member}/{subsystem}/{service}";
/// A path below a service.
pub(crate) const BELOW_PATH: &str =
    "/exchange/r1/{instance}/{class}/{member}/{subsystem}/{service}/{*path}";

const PREFIX: &str = "/exchange/r1/";
const CLIENT: HeaderName = HeaderName::from_static("msingi-client");
const PURPOSE: HeaderName = HeaderName::from_static("msingi-purpose");
const BASIS: HeaderName = HeaderName::from_static("msingi-legal-basis");
const AGREEMENT: HeaderName = HeaderName::from_static("msingi-agreement");
const CASE: HeaderName = HeaderName::from_static("msingi-case");
const SUBJECT: HeaderName = HeaderName::from_static("msingi-subject");
const REPRESENTED: HeaderName = HeaderName::from_static("msingi-represented");
/// On the answer: the id of this call in logs and in the read log of the provider.
const CORRELATION: HeaderName = HeaderName::from_static("msingi-correlation");
/// On an answer that is the exchange's own and not the provider's.
const ERROR: HeaderName = HeaderName::from_static("msingi-error");

/// Carries a call.
pub(crate) async fn call(
    State(exchange): State<Exchange>,
    officer: HostedOfficer<Call>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = prepare(&exchange, &officer, &uri, &headers);
    let (ctx, below) = match answer {
        Ok(prepared) => prepared,
        Err(problem) => return own_error(problem),
    };
    let correlation = ctx.correlation.to_string();
    let mut request = http::Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = below;
    *request.headers_mut() = headers;
    let mut response = match exchange.carry(ctx, request).await {
        Ok(answer) => {
            let (parts, body) = answer.into_parts();
            let mut response = (parts.status, body).into_response();
            *response.headers_mut() = travelling(&parts.headers, &ANSWER_HEADERS);
            response
        }
        Err(error) => own_error(problem_of(error)),
    };
    if let Ok(value) = HeaderValue::from_str(&correlation) {
        response.headers_mut().insert(CORRELATION, value);
    }
    response
}

/// The context and the path below the service, from the request.
fn prepare(
    exchange: &Exchange,
    officer: &HostedOfficer<Call>,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<(CallContext, Uri), Problem> {
    let (service, below) = target(uri)?;
    let client =
        required(headers, &CLIENT, "the calling subsystem, INSTANCE/CLASS/MEMBER/SUBSYSTEM")?;
    let client: contracts::SubsystemId =
        client.parse().map_err(|error: contracts::ids::IdError| bad(&CLIENT, error.to_string()))?;
    if client.member() != officer.member {
        let text = format!("The officer is of {}, the client {client} is not.", officer.member);
        return Err(Problem::new(
            http::StatusCode::FORBIDDEN,
            "wrong-member",
            "The officer belongs to another member",
        )
        .detail(text)
        .field(CLIENT.as_str(), "name a subsystem of your own member"));
    }
    let purpose = required(
        headers,
        &PURPOSE,
        "the purpose code of your agreement, e.g. benefit-eligibility",
    )?;
    let basis = required(
        headers,
        &BASIS,
        "law:REFERENCE, consent:AGREEMENT-ID, contract:REFERENCE or vital-interest:REFERENCE",
    )?;
    let basis: LegalBasis = basis
        .parse()
        .map_err(|error: contracts::context::ContextError| bad(&BASIS, error.to_string()))?;
    if basis == LegalBasis::SelfAccess {
        return Err(bad(
            &BASIS,
            "self-access is for the portal, where the person has signed in".to_owned(),
        ));
    }
    let now = exchange.0.ctx.clock.now();
    let mut ctx = CallContext::new(client, service, purpose, basis, exchange.mint(), now);
    ctx.officer = Some(officer.id.clone());
    ctx.agreement = optional_id(headers, &AGREEMENT)?;
    ctx.subject = optional_id(headers, &SUBJECT)?.map(Pseudonym);
    ctx.case = optional(headers, &CASE)?.map(str::to_owned);
    ctx.represented = optional(headers, &REPRESENTED)?.map(str::to_owned);
    ctx.check().map_err(|error| Problem::from(WireError::from(error)))?;
    Ok((ctx, below))
}

/// Splits the path into the service and what is below it, escapes untouched.
fn target(uri: &Uri) -> Result<(ServiceId, Uri), Problem> {
    let rest = uri.path().strip_prefix(PREFIX).unwrap_or_default();
    let end = rest.match_indices('/').nth(4).map_or(rest.len(), |(at, _)| at);
    let service: ServiceId = rest[..end].parse().map_err(|error: contracts::ids::IdError| {
        Problem::bad_request(format!("The path names no service: {error}."))
    })?;
    let below = if rest[end..].is_empty() { "/" } else { &rest[end..] };
    let text = match uri.query() {
        Some(query) => format!("{below}?{query}"),
        None => below.to_owned(),
    };
    let below = text
        .parse()
        .map_err(|_| Problem::bad_request("The path below the service is not valid."))?;
    Ok((service, below))
}

fn required<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
    remedy: &str,
) -> Result<&'a str, Problem> {
    optional(headers, name)?.ok_or_else(|| {
        Problem::bad_request(format!("The header {name} is missing."))
            .field(name.as_str(), format!("send {remedy}"))
    })
}

/// Header values are UTF-8 here: references to laws are written as the country writes.
fn optional<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Problem> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) if !text.trim().is_empty() => Ok(Some(text.trim())),
        _ => Err(bad(name, "send UTF-8 text, or leave the header out".to_owned())),
    }
}

fn optional_id(headers: &HeaderMap, name: &HeaderName) -> Result<Option<basis::Id>, Problem> {
    let Some(text) = optional(headers, name)? else { return Ok(None) };
    text.parse().map(Some).map_err(|error: basis::IdError| bad(name, error.to_string()))
}

fn bad(name: &HeaderName, remedy: String) -> Problem {
    Problem::bad_request(format!("The header {name} cannot be accepted."))
        .field(name.as_str(), remedy)
}

/// A wire error as a problem; a fault of this installation tells the caller nothing but the trace.
fn problem_of(error: WireError) -> Problem {
    match error {
        WireError::Internal(cause) => Problem::internal(std::io::Error::other(cause)),
        other => other.into(),
    }
}

fn own_error(problem: Problem) -> Response {
    let slug = HeaderValue::from_static(problem.slug());
    let mut response = problem.into_response();
    response.headers_mut().insert(ERROR, slug);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_names_the_service_and_what_is_below() {
        let cases = [
            ("/exchange/r1/TB/GOV/CRO/civil/births", "/"),
            ("/exchange/r1/TB/GOV/CRO/civil/births/", "/"),
            ("/exchange/r1/TB/GOV/CRO/civil/births/a%20b/c?x=1", "/a%20b/c?x=1"),
            ("/exchange/r1/TB/GOV/CRO/civil/births?x=1", "/?x=1"),
        ];
        for (path, wanted) in cases {
            let (service, below) = target(&path.parse().unwrap()).unwrap();
            assert_eq!(service.to_string(), "TB/GOV/CRO/civil/births");
            assert_eq!(below.to_string(), wanted, "{path}");
        }
        for path in [
            "/exchange/r1/TB/GOV/CRO/civil",
            "/exchange/r1/TB/GOV/../civil/births",
            "/exchange/r1/TB/G%2FV/CRO/civil/births",
        ] {
            assert!(target(&path.parse().unwrap()).is_err(), "{path}");
        }
    }

    #[test]
    fn a_missing_header_is_named_with_its_remedy() {
        let problem = required(&HeaderMap::new(), &PURPOSE, "the purpose code").unwrap_err();
        let document = problem.document();
        assert_eq!(document.errors[0].field, "msingi-purpose");
        assert!(document.errors[0].remedy.contains("the purpose code"));
    }
}
