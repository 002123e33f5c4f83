//! Officers of any member hosted here. The kernel's extractor admits officers of the one member
//! that runs a block; an exchange serves all members of its installation, so the handler checks
//! for which of them the officer acts.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use contracts::MemberId;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use kernel::auth::{AuthState, OPERATOR, Permission};
use kernel::problem::Problem;

use super::PERMISSIONS;
use crate::exchange::Exchange;
use crate::service::Actor;

/// An officer who may do `P` for their own member, or an operator for all.
pub(crate) struct HostedOfficer<P: Permission> {
    /// Id at the member.
    pub(crate) id: String,
    /// The member.
    pub(crate) member: MemberId,
    operator: bool,
    permission: PhantomData<P>,
}

impl<P: Permission> HostedOfficer<P> {
    /// The officer as the use cases know who acts.
    pub(crate) fn actor(&self) -> Actor {
        let member = (!self.operator).then(|| self.member.clone());
        Actor { name: format!("officer:{}/{}", self.member.local(), self.id), member }
    }
}

impl<P: Permission> FromRequestParts<Exchange> for HostedOfficer<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, exchange: &Exchange) -> Result<Self, Problem> {
        let auth = parts.extensions.get::<AuthState>().ok_or_else(|| {
            Problem::internal(std::io::Error::other("no AuthState on the exchange's router"))
        })?;
        let claims = auth
            .verifier()
            .verify(bearer(&parts.headers)?)
            .map_err(|error| Problem::unauthorized(format!("The token {error}: sign in again.")))?;
        let member: MemberId = format!("{}/{}", exchange.0.ctx.instance, claims.member)
            .parse()
            .map_err(|_| Problem::unauthorized("The token names no member: sign in again."))?;
        let roles = PERMISSIONS
            .iter()
            .find(|row| row.name == P::NAME)
            .map_or(&[] as &[&str], |row| row.roles);
        if !claims.roles.iter().any(|role| roles.contains(&role.as_str())) {
            return Err(wrong_role(P::NAME));
        }
        let operator =
            roles.contains(&OPERATOR) && claims.roles.iter().any(|role| role == OPERATOR);
        let snapshot = exchange.snapshot();
        if !operator && !snapshot.is_own(&member) {
            let text = "The officer belongs to a member that this installation does not host.";
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "wrong-member",
                "The officer belongs to another member",
            )
            .detail(text));
        }
        // A dismissed officer's token ends here, not at its own end.
        if snapshot.officer(&member, &claims.sub).is_some_and(|officer| !officer.active) {
            return Err(Problem::unauthorized("The officer was dismissed."));
        }
        Ok(Self { id: claims.sub, member, operator, permission: PhantomData })
    }
}

fn wrong_role(permission: &'static str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "wrong-role", "None of the officer's roles allows this")
        .detail(format!(
            "It takes the permission `{permission}`: ask your member for a role that carries it."
        ))
}

fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let text = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) = text.and_then(|text| text.split_once(' ')).unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Problem::unauthorized(
            "Send the officer's token as `Authorization: Bearer <token>`.",
        ));
    }
    Ok(token.trim())
}
