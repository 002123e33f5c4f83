//! The extractor a provider's handler starts with.

use axum::extract::FromRequestParts;
use http::StatusCode;
use http::request::Parts;
use kernel::problem::Problem;

use crate::context::CallContext;

/// The context of the call being served. Present only where the exchange put it into the
/// request's extensions, which no outside request can do: a handler that asks for it answers 401
/// to everyone who did not come through the exchange.
#[derive(Debug, Clone)]
pub struct Caller(pub CallContext);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        match parts.extensions.get::<CallContext>() {
            Some(context) => Ok(Self(context.clone())),
            None => Err(Problem::new(StatusCode::UNAUTHORIZED, "exchange-only", "Only the exchange may call this")
                .detail("call the service through the exchange: /exchange/r1/INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE/...")),
        }
    }
}

impl Caller {
    /// The pseudonym of the person the call is about, in the provider's sector; 400 if the call
    /// names nobody.
    pub fn subject(&self) -> Result<crate::context::Pseudonym, Problem> {
        self.0.subject.ok_or_else(|| {
            Problem::new(StatusCode::BAD_REQUEST, "subject-missing", "This service is about a person")
                .detail("send the pseudonym of the person: header Msingi-Subject, or `subject` in the context")
        })
    }
}
