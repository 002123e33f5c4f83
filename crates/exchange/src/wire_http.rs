//! The listener for other installations: mutual TLS, four routes, nothing else.

use std::future::Future;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use contracts::WireError;
use http::header::{ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use kernel::problem::Problem;
use tokio::net::TcpListener;

use crate::error::ExchangeError;
use crate::exchange::Exchange;
use crate::join::{DIRECTORY_PATH, JOIN_PATH, PART_PATH, etag};
use crate::remote::{CALL_PATH, ERROR};
use crate::tls::{PeerCertificate, TlsListener, server_config};

/// Room for a request to join or a part, beyond the limit of calls.
const PART_MAX: usize = 16 * 1024 * 1024;

impl Exchange {
    /// Serves other installations on a bound socket until `stop`.
    ///
    /// # Errors
    /// [`ExchangeError::Conflict`] if this installation has no certificate yet; TLS errors.
    pub async fn serve_wire(
        &self,
        socket: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ExchangeError> {
        let own =
            self.own_certificate().map_err(|error| ExchangeError::Conflict(error.to_string()))?;
        let config = server_config(&own, &self.0.ctx.clock)?;
        let listener = TlsListener::start(socket, config).map_err(|error| {
            ExchangeError::Conflict(format!("the wire listener cannot start: {error}"))
        })?;
        let service = self.wire_router().into_make_service_with_connect_info::<PeerCertificate>();
        axum::serve(listener, service)
            .with_graceful_shutdown(stop)
            .await
            .map_err(|error| ExchangeError::Conflict(format!("the wire listener ended: {error}")))
    }

    /// The routes of the wire listener. Every one but joining asks for the peer's certificate.
    fn wire_router(&self) -> Router {
        // The handlers say precisely what is too large; this only bounds memory.
        let call_max = self.0.config.body_limit_bytes.saturating_add(1024);
        Router::new()
            .route(CALL_PATH, post(receive_call).layer(DefaultBodyLimit::max(call_max)))
            .route(JOIN_PATH, post(join).layer(DefaultBodyLimit::max(64 * 1024)))
            .route(DIRECTORY_PATH, get(directory))
            .route(PART_PATH, put(part).layer(DefaultBodyLimit::max(PART_MAX)))
            .with_state(self.clone())
    }
}

async fn receive_call(
    State(exchange): State<Exchange>,
    ConnectInfo(peer): ConnectInfo<PeerCertificate>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match exchange.receive(&peer, &headers, body).await {
        Ok(answer) => {
            let (parts, body) = answer.into_parts();
            http::Response::from_parts(parts, axum::body::Body::from(body))
        }
        Err(error) => own_error(error),
    }
}

async fn join(State(exchange): State<Exchange>, body: String) -> Result<Response, Problem> {
    let answer = exchange.accept_join(&body).await?;
    Ok(kernel::http::Json(answer).into_response())
}

async fn directory(
    State(exchange): State<Exchange>,
    ConnectInfo(peer): ConnectInfo<PeerCertificate>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    exchange.peer(&peer).await?;
    if headers.get(IF_NONE_MATCH) == Some(&etag(exchange.snapshot().version)) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let (version, signed) = exchange.signed_directory().await?;
    Ok(([(ETAG, etag(version))], signed).into_response())
}

async fn part(
    State(exchange): State<Exchange>,
    ConnectInfo(peer): ConnectInfo<PeerCertificate>,
    body: String,
) -> Result<StatusCode, Problem> {
    let sender = exchange.peer(&peer).await?;
    exchange.accept_part(&sender.entry.name, body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An error of this exchange, marked so that the caller's exchange does not take it for the
/// provider's answer.
fn own_error(error: WireError) -> Response {
    let error = match error {
        // What a peer did wrong is for the peer to know; what broke here is for our log.
        WireError::Internal(cause) => {
            tracing::error!(cause, "a call from another installation failed");
            WireError::Internal("see its log".to_owned())
        }
        other => other,
    };
    let slug = HeaderValue::from_static(error.slug());
    let mut response = Problem::from(error).into_response();
    response.headers_mut().insert(ERROR, slug);
    response
}
