//! A wire for tests: it brings calls straight to routers, without directory, checks or translation.

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use contracts::{CallContext, ServiceId, Wire, WireError, WireRequest, WireResponse};
use futures_util::future::BoxFuture;
use std::collections::HashMap;
use std::sync::Mutex;
use tower::ServiceExt;

/// Services by identifier, each a router and the prefix it serves the service under.
#[derive(Default)]
pub struct RouterWire {
    services: Mutex<HashMap<ServiceId, (Router, String)>>,
    calls: Mutex<Vec<CallContext>>,
}

impl RouterWire {
    /// Puts a service on the wire. Later calls replace earlier ones.
    pub fn serve(&self, service: ServiceId, router: Router, prefix: &str) {
        let mut services = self.services.lock().expect("no test panicked while it held this");
        services.insert(service, (router, prefix.to_owned()));
    }

    /// Takes a service off the wire: calls to it then fail as unreachable.
    pub fn cut(&self, service: &ServiceId) {
        self.services.lock().expect("no test panicked while it held this").remove(service);
    }

    /// The contexts of all calls so far.
    #[must_use]
    pub fn calls(&self) -> Vec<CallContext> {
        self.calls.lock().expect("no test panicked while it held this").clone()
    }
}

impl Wire for RouterWire {
    fn call(
        &self,
        ctx: CallContext,
        req: WireRequest,
    ) -> BoxFuture<'_, Result<WireResponse, WireError>> {
        Box::pin(async move {
            self.calls.lock().expect("no test panicked while it held this").push(ctx.clone());
            let found = self
                .services
                .lock()
                .expect("no test panicked while it held this")
                .get(&ctx.service)
                .cloned();
            let Some((router, prefix)) = found else {
                return Err(WireError::Unreachable {
                    installation: "test".to_owned(),
                    cause: "cut by the test".to_owned(),
                });
            };
            let (mut parts, body) = req.into_parts();
            let below = parts.uri.path_and_query().map_or("/", |path| path.as_str());
            // A service's root is its prefix itself: `/` and `/?a=b` carry no further slash.
            let below = below
                .strip_prefix('/')
                .filter(|rest| rest.is_empty() || rest.starts_with('?'))
                .unwrap_or(below);
            parts.uri =
                format!("{prefix}{below}").parse().expect("a prefix and a path make a path");
            parts.extensions.insert(ctx);
            let answer = router.oneshot(http::Request::from_parts(parts, Body::from(body))).await;
            let (parts, body) = answer.expect("routers do not fail").into_parts();
            let body: Bytes =
                axum::body::to_bytes(body, usize::MAX).await.expect("a body in memory");
            Ok(http::Response::from_parts(parts, body))
        })
    }
}
