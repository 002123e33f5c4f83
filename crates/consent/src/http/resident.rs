//! The extractor for persons who act for themselves.

use crate::model::actor::Actor;
use axum::extract::FromRequestParts;
use contracts::context::BasisKind;
use contracts::{Caller, Pseudonym};
use http::StatusCode;
use http::request::Parts;
use kernel::problem::Problem;

/// The person a call of the exchange is about, who acts for themselves through the calling
/// subsystem (the portal's). Only a call on the basis of self-access counts as that: a subsystem
/// that may look at a person's consents on another basis must not be able to answer for them.
#[derive(Clone, Debug)]
pub(crate) struct Resident {
    /// The person, in our sector.
    pub subject: Pseudonym,
    /// The person as revisions and audit rows name them.
    pub actor: Actor,
}

impl<S: Send + Sync> FromRequestParts<S> for Resident {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let subject = caller.subject()?;
        if caller.0.basis.kind() != BasisKind::SelfAccess {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "self-access-only",
                "Only the person themselves may do this",
            )
            .detail("Call on the legal basis `self-access`, with the person signed in."));
        }
        let actor = Actor::Resident { subject, through: caller.0.client.to_string() };
        Ok(Self { subject, actor })
    }
}
