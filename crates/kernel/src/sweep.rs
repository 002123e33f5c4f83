//! Forgetting what the kernel's own tables no longer need.

use crate::db::{Db, DbError};

const DAY_SECONDS: i64 = 24 * 3_600;
/// How long a repeated request gets its first answer again, and a delivered event can be looked at.
const KEEP_DAYS: i64 = 30;
/// Longer than any delivery is tried, so that a late one is still recognised.
const KEEP_INBOX_DAYS: i64 = 90;

/// Deletes delivered events, stored answers and seen deliveries past their time; answers how many
/// rows that were. Events that could not be delivered stay until somebody replays them.
///
/// # Errors
/// Any [`DbError`].
pub async fn sweep(db: &Db) -> Result<u64, DbError> {
    let now = db.clock().now();
    let old = now.plus_seconds(-KEEP_DAYS * DAY_SECONDS);
    let older = now.plus_seconds(-KEEP_INBOX_DAYS * DAY_SECONDS);
    db.write(move |tx| {
        Box::pin(async move {
            let delivered = "DELETE FROM outbox WHERE state = 'delivered' AND created < $1";
            let answers = "DELETE FROM idempotency WHERE created < $1";
            let seen = "DELETE FROM inbox WHERE handled < $1";
            let mut rows = tx.exec(delivered, &[old.into()]).await?;
            rows += tx.exec(answers, &[old.into()]).await?;
            rows += tx.exec(seen, &[older.into()]).await?;
            Ok(rows)
        })
    })
    .await
}
