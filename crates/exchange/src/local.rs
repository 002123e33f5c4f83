//! Calls within the installation: the provider's own router, without a socket between.

use std::collections::HashMap;
use std::sync::OnceLock;

use axum::Router;
use axum::body::Body;
use contracts::reads::attempt::{self, Attempt};
use contracts::{CallContext, ServiceId, SubsystemId, WireError, WireRequest, WireResponse};
use http::uri::PathAndQuery;
use http::{Method, StatusCode, Uri};
use kernel::block::ServiceOffer;
use kernel::telemetry;
use tower::ServiceExt;

use crate::message::{REQUEST_HEADERS, travelling};

/// A provider block that runs in this installation.
pub struct Binding {
    /// The subsystem it serves as.
    pub subsystem: SubsystemId,
    /// What it offers.
    pub services: Vec<ServiceOffer>,
    /// Its router, pages and all; only paths below a service's prefix are reachable from here.
    pub router: Router,
}

struct Route {
    router: Router,
    prefix: &'static str,
}

/// The providers of this installation. Bound once, after all blocks are built, because blocks
/// call each other through the exchange that is built before them.
#[derive(Default)]
pub struct LocalWire {
    routes: OnceLock<HashMap<ServiceId, Route>>,
}

/// Why providers cannot be bound.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BindError {
    /// Bound before.
    #[error("providers are bound once, and were")]
    Twice,
    /// A service code is not an identifier.
    #[error("{0}")]
    Code(#[from] contracts::ids::IdError),
    /// Two blocks offer the same service.
    #[error("{0} is offered twice")]
    Duplicate(ServiceId),
}

impl LocalWire {
    /// Binds all providers.
    pub fn bind(&self, bindings: Vec<Binding>) -> Result<(), BindError> {
        let mut routes = HashMap::new();
        for binding in bindings {
            for offer in &binding.services {
                let service = binding.subsystem.service(offer.code)?;
                let route = Route { router: binding.router.clone(), prefix: offer.prefix };
                if routes.insert(service.clone(), route).is_some() {
                    return Err(BindError::Duplicate(service));
                }
            }
        }
        self.routes.set(routes).map_err(|_| BindError::Twice)
    }

    /// True if a block here provides the service.
    pub fn provides(&self, service: &ServiceId) -> bool {
        self.routes.get().is_some_and(|routes| routes.contains_key(service))
    }

    /// Calls the provider. `ctx` is what its handlers see; nothing the caller put into headers
    /// can take its place, because only the few headers that travel are handed on.
    pub async fn dispatch(
        &self,
        ctx: CallContext,
        req: WireRequest,
        body_limit_bytes: usize,
    ) -> Result<WireResponse, WireError> {
        let route = self.route(&ctx.service)?;
        let (parts, body) = req.into_parts();
        let mut inner = http::Request::new(Body::from(body));
        *inner.method_mut() = parts.method;
        *inner.uri_mut() = below(route.prefix, &parts.uri)?;
        *inner.headers_mut() = travelling(&parts.headers, &REQUEST_HEADERS);
        let trace = ctx.correlation.to_string();
        inner.extensions_mut().insert(ctx);
        route.send(inner, trace, body_limit_bytes).await
    }

    /// Tells a read-log service of a refused attempt. Handlers see it and no call context: this is no
    /// call of the one who was refused.
    pub async fn tell_attempt(
        &self,
        service: &ServiceId,
        attempt: Attempt,
        body_limit_bytes: usize,
    ) -> Result<StatusCode, WireError> {
        let route = self.route(service)?;
        let mut inner = http::Request::new(Body::empty());
        *inner.method_mut() = Method::POST;
        *inner.uri_mut() = below(route.prefix, &Uri::from_static(attempt::PATH))?;
        let trace = attempt.context.correlation.to_string();
        inner.extensions_mut().insert(attempt);
        Ok(route.send(inner, trace, body_limit_bytes).await?.status())
    }

    fn route(&self, service: &ServiceId) -> Result<&Route, WireError> {
        self.routes.get().and_then(|routes| routes.get(service)).ok_or_else(|| {
            let remedy = "its block is not among those this installation runs; start it, or have the directory corrected";
            WireError::NotBound { service: service.clone(), remedy: remedy.to_owned() }
        })
    }
}

impl Route {
    async fn send(
        &self,
        request: http::Request<Body>,
        trace: String,
        body_limit_bytes: usize,
    ) -> Result<WireResponse, WireError> {
        let answered = telemetry::with_trace(trace, self.router.clone().oneshot(request)).await;
        let Ok(response) = answered;
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, body_limit_bytes)
            .await
            .map_err(|_| WireError::TooLarge { limit_bytes: body_limit_bytes })?;
        Ok(http::Response::from_parts(parts, body))
    }
}

/// The provider's own path for a path below the service. `/` is the service's prefix itself.
fn below(prefix: &str, uri: &Uri) -> Result<Uri, WireError> {
    let path = uri.path();
    // Dot segments and escaped slashes could climb out of the service's prefix on a lenient router.
    let climbs = path.split('/').any(|segment| matches!(segment, "." | ".."));
    if !path.starts_with('/') || climbs || has_escape(path, &["%2f", "%2e", "%5c"]) {
        return Err(WireError::Malformed(
            "the path must begin with / and hold no dot segments or escaped slashes".to_owned(),
        ));
    }
    let rest = if path == "/" { "" } else { path };
    let text = match uri.query() {
        Some(query) => format!("{prefix}{rest}?{query}"),
        None => format!("{prefix}{rest}"),
    };
    let path: PathAndQuery =
        text.parse().map_err(|_| WireError::Malformed("the path is not a valid URI".to_owned()))?;
    Ok(Uri::from(path))
}

fn has_escape(path: &str, escapes: &[&str]) -> bool {
    path.contains('%') && {
        let lower = path.to_ascii_lowercase();
        escapes.iter().any(|escape| lower.contains(escape))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_below_the_service() {
        let ok = [
            ("/", "/civil/births"),
            ("/a/b?x=1", "/civil/births/a/b?x=1"),
            ("/?x=1", "/civil/births?x=1"),
        ];
        for (path, wanted) in ok {
            assert_eq!(below("/civil/births", &path.parse().unwrap()).unwrap().to_string(), wanted);
        }
        for path in ["/../admin", "/a/../../admin", "/./a", "/%2e%2e/admin", "/a%2Fb", "/a%5cb"] {
            assert!(below("/civil/births", &path.parse().unwrap()).is_err(), "{path}");
        }
        assert!(
            below("/civil/births", &Uri::from_static("http://x/a")).is_ok(),
            "only the path counts"
        );
    }
}
