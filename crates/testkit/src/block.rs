//! What a block is built from, for tests.

use crate::store::Store;
use kernel::auth::{
    AuthState, OwnerMember, PermissionRow, Permissions, TokenIssuer, TokenVerifier,
};
use kernel::block::Ctx;
use kernel::db::{DbError, Migration};
use kernel::fields::Fields;
use kernel::keys::KeyStore;
use std::sync::Arc;

const ISSUER: &str = "http://127.0.0.1";

/// A [`Ctx`] over a fresh database of the store, with keys in memory, run by `owner` (`GOV/CRO`).
///
/// # Errors
/// As [`kernel::db::Db::open`].
pub async fn block_ctx(
    store: &Store,
    block: &'static str,
    migrations: &[Migration],
    owner: &str,
) -> Result<Ctx, DbError> {
    let keys = Arc::new(KeyStore::in_memory(store.clock.clone(), store.rng.clone()));
    Ok(Ctx {
        db: store.open(block, migrations).await?,
        clock: store.clock.clone(),
        rng: store.rng.clone(),
        fields: Fields::new(block, keys.clone(), store.rng.clone()),
        keys,
        instance: Arc::from("TB"),
        owner: OwnerMember::new(owner),
        issuer: Arc::from(ISSUER),
        sandbox: true,
    })
}

/// The layer that lets officers in, and the issuer that mints their tokens.
///
/// # Panics
/// When two rows define one permission.
#[must_use]
pub fn officer_layer(ctx: &Ctx, permissions: &[PermissionRow]) -> (AuthState, TokenIssuer) {
    let key = ctx.keys.signing_key("token").expect("a key store in memory makes keys");
    let public = key.public_jwk();
    let issuer = TokenIssuer::new(ISSUER, key, ctx.clock.clone(), ctx.rng.clone());
    let verifier = TokenVerifier::new(ISSUER, &[public], ctx.clock.clone()).expect("our own key");
    let permissions = Permissions::new(permissions.iter().copied()).expect("each permission once");
    (AuthState::new(verifier, permissions), issuer)
}
