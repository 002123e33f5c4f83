//! The extractor for officers.

use super::permissions::{OPERATOR, Permission, Permissions};
use super::token::{OfficerClaims, TokenError, TokenVerifier};
use crate::problem::{BEARER_CHALLENGE, Problem};
use axum::Extension;
use axum::extract::FromRequestParts;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderName, StatusCode};
use std::marker::PhantomData;
use std::sync::Arc;

/// Carries the reference of the case an officer works on. Visible ASCII, at most 64 characters, no personal data.
pub const CASE_HEADER: HeaderName = HeaderName::from_static("x-case-reference");

const CASE_LENGTH_MAX: usize = 64;

/// The member that runs a block in this installation, as `CLASS/MEMBER`. The composition root puts it on the block's router
/// with `router.layer(Extension(OwnerMember::new("GOV/CRO")))`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerMember(pub Arc<str>);

impl OwnerMember {
    /// `member` is written `CLASS/MEMBER`.
    #[must_use]
    pub fn new(member: &str) -> Self {
        Self(Arc::from(member))
    }
}

/// What [`Officer`] checks against. The composition root puts it on the whole router with
/// `router.layer(auth.layer())`.
#[derive(Clone, Debug)]
pub struct AuthState(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    verifier: TokenVerifier,
    permissions: Permissions,
}

impl AuthState {
    /// Tokens as `verifier` accepts them, permissions as in the table.
    #[must_use]
    pub fn new(verifier: TokenVerifier, permissions: Permissions) -> Self {
        Self(Arc::new(Inner { verifier, permissions }))
    }

    /// The layer that makes it reachable for the extractors below it.
    pub fn layer(&self) -> Extension<Self> {
        Extension(self.clone())
    }

    /// The officer of a verified token, if a role carries `P` and the member is `owner`. The case is for the caller to set.
    ///
    /// # Errors
    /// 403 for a role or a member that is not enough, 500 for a permission that nobody defines.
    pub fn admit<P: Permission>(
        &self,
        claims: OfficerClaims,
        owner: Option<&OwnerMember>,
    ) -> Result<Officer<P>, Problem> {
        let roles = self.0.permissions.roles(P::NAME).ok_or_else(|| {
            misconfigured(&format!("no block defines the permission {}", P::NAME))
        })?;
        check_role(&claims, roles, P::NAME)?;
        check_member(&claims, roles, owner)?;
        let OfficerClaims { sub: id, member, roles, .. } = claims;
        Ok(Officer { id, member, roles, case: None, permission: PhantomData })
    }

    /// Whether an officer could pass [`AuthState::admit`] for this permission: for menus, which show what one may do.
    #[must_use]
    pub fn allows(&self, claims: &OfficerClaims, permission: &str, owner: &OwnerMember) -> bool {
        let roles = self.0.permissions.roles(permission).unwrap_or_default();
        has_role(claims, roles) && has_member(claims, roles, Some(owner))
    }

    /// The verifier, to hand it new keys after a rotation.
    #[must_use]
    pub fn verifier(&self) -> &TokenVerifier {
        &self.0.verifier
    }
}

/// An officer who may do `P`. As an argument of a handler it is the handler's authorisation.
pub struct Officer<P> {
    /// The officer's id at the member. Not a name.
    pub id: String,
    /// The member that granted the roles, `CLASS/MEMBER`.
    pub member: String,
    /// The roles of the token, not only the one that let the officer in.
    pub roles: Vec<String>,
    /// The case the officer works on, from [`CASE_HEADER`].
    pub case: Option<String>,
    permission: PhantomData<fn() -> P>,
}

impl<P: Permission> Officer<P> {
    /// The officer as audit rows and read logs name them: `officer:GOV/CRO/r-17`.
    #[must_use]
    pub fn actor(&self) -> String {
        format!("officer:{}/{}", self.member, self.id)
    }
}

impl<P: Permission, S: Send + Sync> FromRequestParts<S> for Officer<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let auth = parts
            .extensions
            .get::<AuthState>()
            .ok_or_else(|| misconfigured("no AuthState on this router"))?;
        let owner = parts.extensions.get::<OwnerMember>();
        let claims = auth.0.verifier.verify(bearer(parts)?).map_err(bad_token)?;
        let officer = auth.admit(claims, owner)?;
        Ok(Self { case: case_reference(parts)?, ..officer })
    }
}

fn has_role(claims: &OfficerClaims, allowed: &[&str]) -> bool {
    claims.roles.iter().any(|role| allowed.contains(&role.as_str()))
}

fn has_member(claims: &OfficerClaims, allowed: &[&str], owner: Option<&OwnerMember>) -> bool {
    let operates = allowed.contains(&OPERATOR) && claims.roles.iter().any(|role| role == OPERATOR);
    operates || owner.is_some_and(|owner| *owner.0 == *claims.member)
}

fn check_role(
    claims: &OfficerClaims,
    allowed: &[&str],
    permission: &'static str,
) -> Result<(), Problem> {
    if has_role(claims, allowed) {
        return Ok(());
    }
    tracing::info!(
        officer = claims.sub,
        member = claims.member,
        permission,
        "Refused: no role carries the permission"
    );
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "wrong-role",
        "None of the officer's roles allows this",
    )
    .detail(format!(
        "It takes the permission `{permission}`: ask your member for a role that carries it."
    ))
    .header(WWW_AUTHENTICATE, "Bearer realm=\"msingi\", error=\"insufficient_scope\""))
}

fn check_member(
    claims: &OfficerClaims,
    allowed: &[&str],
    owner: Option<&OwnerMember>,
) -> Result<(), Problem> {
    if has_member(claims, allowed, owner) {
        return Ok(());
    }
    tracing::info!(
        officer = claims.sub,
        member = claims.member,
        "Refused: officer of another member"
    );
    Err(Problem::new(StatusCode::FORBIDDEN, "wrong-member", "The officer belongs to another member")
        .detail("Only officers of the member that runs this service may do this; others ask through the exchange."))
}

fn bearer(parts: &Parts) -> Result<&str, Problem> {
    let missing =
        || Problem::unauthorized("Send the officer's token as `Authorization: Bearer <token>`.");
    let header = parts.headers.get(AUTHORIZATION).ok_or_else(missing)?;
    let (scheme, token) =
        header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(missing());
    }
    Ok(token.trim())
}

/// RFC 6750 section 3.1: `invalid_token`, with a description a caller can act on.
fn bad_token(error: TokenError) -> Problem {
    let challenge =
        format!("{BEARER_CHALLENGE}, error=\"invalid_token\", error_description=\"{error}\"");
    Problem::new(StatusCode::UNAUTHORIZED, "invalid-token", "The token is not valid")
        .detail(format!("The token {error}: sign in again."))
        .header(WWW_AUTHENTICATE, &challenge)
}

fn case_reference(parts: &Parts) -> Result<Option<String>, Problem> {
    let Some(value) = parts.headers.get(CASE_HEADER) else {
        return Ok(None);
    };
    match value.to_str() {
        Ok(text) if !text.is_empty() && text.len() <= CASE_LENGTH_MAX => Ok(Some(text.to_owned())),
        _ => Err(Problem::bad_request("The case reference is not acceptable.")
            .field(CASE_HEADER.as_str(), "send 1 to 64 visible ASCII characters")),
    }
}

/// A mistake of the composition root: closed, and loud in the log.
fn misconfigured(what: &str) -> Problem {
    Problem::internal(std::io::Error::other(format!("authorisation is not set up: {what}")))
}
