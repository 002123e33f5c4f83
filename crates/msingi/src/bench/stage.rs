//! What blocks under measurement are built from.

use basis::{Clock, Rng};
use kernel::auth::OwnerMember;
use kernel::block::Ctx;
use kernel::db::{Db, DbError, Migration, Storage};
use kernel::fields::Fields;
use kernel::keys::KeyStore;
use std::sync::Arc;

/// Base URL of what is measured; nothing listens there.
const ISSUER: &str = "http://127.0.0.1";

/// A block's context on a database of its own, with keys in memory, at the real time.
///
/// # Errors
/// As [`Db::open`].
pub async fn context(
    storage: &Storage,
    block: &str,
    migrations: &[Migration],
) -> Result<Ctx, DbError> {
    context_at(storage, block, migrations, Clock::system()).await
}

/// As [`context`], at the time of another clock.
///
/// # Errors
/// As [`Db::open`].
pub async fn context_at(
    storage: &Storage,
    block: &str,
    migrations: &[Migration],
    clock: Clock,
) -> Result<Ctx, DbError> {
    let rng = Rng::system();
    let keys = Arc::new(KeyStore::in_memory(clock.clone(), rng.clone()));
    Ok(Ctx {
        db: Db::open(storage, block, migrations, clock.clone(), rng.clone()).await?,
        fields: Fields::new(block, keys.clone(), rng.clone()),
        clock,
        rng,
        keys,
        instance: Arc::from("BM"),
        owner: OwnerMember::new("GOV/KEEPER"),
        issuer: Arc::from(ISSUER),
        sandbox: true,
    })
}
