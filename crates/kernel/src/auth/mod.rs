//! Who is asking, and whether they may: officers' tokens, roles, permissions, and the extractor that checks all three.
//!
//! A handler's signature is its policy: `who: Officer<RegisterBirth>` answers 401 without a valid token, 403 when none of
//! the officer's roles carries the permission, and 403 `wrong-member` for officers of a member that does not own the
//! block. Roles are granted by members; which role carries which permission is the blocks' own table.
//!
//! # Invariants
//! - Without an [`AuthState`] on the router nobody is let in; without an [`OwnerMember`] only the operator is.
//! - Tokens hold an officer's id, member and roles; no name, no other personal data.

mod officer;
mod permissions;
mod token;

pub use officer::{AuthState, CASE_HEADER, Officer, OwnerMember};
pub use permissions::{DuplicatePermission, OPERATOR, Permission, PermissionRow, Permissions};
pub use token::{OfficerClaims, TokenError, TokenIssuer, TokenVerifier};
