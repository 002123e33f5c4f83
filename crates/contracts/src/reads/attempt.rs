//! Attempts: calls about a person that the exchange refused where the data are kept. It tells the block
//! that keeps them, so that the person sees in their read log who tried.
//!
//! A block answers `POST` of [`PATH`] below its read-log service with the extractor [`Attempt`], and
//! writes [`Attempt::entry`] under the subject by [`super::store::insert`].

use axum::extract::FromRequestParts;
use basis::Timestamp;
use http::StatusCode;
use http::request::Parts;
use kernel::problem::Problem;

use super::ReadEntry;
use crate::context::{CallContext, Pseudonym};
use crate::wire::RefusalReason;

/// Path below a block's read-log service.
pub const PATH: &str = "/attempts";

/// A refused call. Like a call's context it exists only where the exchange put it into the request's
/// extensions; nobody can ask for it to be put there, whatever agreement they have.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The call, its subject in the sector of the block that is told.
    pub context: CallContext,
    /// Why it was refused.
    pub reason: RefusalReason,
}

impl Attempt {
    /// The entry of the read log, at the block's time.
    #[must_use]
    pub fn entry(&self, at: Timestamp) -> ReadEntry {
        ReadEntry::of_attempt(&self.context, self.reason, at)
    }

    /// Whom the call was about.
    ///
    /// # Errors
    /// 400 if it named nobody; such a call is not told.
    pub fn subject(&self) -> Result<Pseudonym, Problem> {
        self.context.subject.ok_or_else(|| {
            Problem::new(StatusCode::BAD_REQUEST, "subject-missing", "The attempt is about nobody")
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Attempt {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            let title = "Only the exchange may call this";
            Problem::new(StatusCode::UNAUTHORIZED, "exchange-only", title)
                .detail("refused attempts are told by the exchange itself, in process")
        })
    }
}
