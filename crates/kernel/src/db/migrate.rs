//! Migrations: append-only, checksummed, each in its own transaction.

use super::error::DbError;
use super::sql;
use super::{Db, Value};
use aws_lc_rs::digest;

/// One schema change, written once in PostgreSQL's spelling.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Unique within the block, such as `0001_init`.
    pub name: &'static str,
    /// Statements separated by `;`. Types: BIGINT, BYTEA, TEXT, BOOLEAN. Every table has a primary key.
    pub sql: &'static str,
}

/// The kernel's own tables, in every block's database.
const KERNEL: &[Migration] = &[
    Migration { name: "kernel/0001_init", sql: include_str!("../../migrations/0001_init.sql") },
    Migration {
        name: "kernel/0002_subject_key",
        sql: include_str!("../../migrations/0002_subject_key.sql"),
    },
];

const LEDGER_OF_MIGRATIONS: &str = "CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, checksum BYTEA NOT NULL, applied BIGINT NOT NULL)";

/// Applies what has not been applied yet; answers the names of what was.
pub(super) async fn run(db: &Db, block: &[Migration]) -> Result<Vec<&'static str>, DbError> {
    db.write(|tx| Box::pin(async move { tx.ddl(LEDGER_OF_MIGRATIONS).await })).await?;
    let mut applied = Vec::new();
    for migration in KERNEL.iter().chain(block) {
        let migration = *migration;
        let fresh: Result<bool, DbError> =
            db.write(move |tx| Box::pin(async move { apply(tx, &migration).await })).await;
        if fresh? {
            applied.push(migration.name);
        }
    }
    Ok(applied)
}

async fn apply(tx: &mut super::Tx, migration: &Migration) -> Result<bool, DbError> {
    let checksum = digest::digest(&digest::SHA256, migration.sql.as_bytes()).as_ref().to_vec();
    // Two processes may start at once; the second waits here and then finds the row.
    if migration.name != KERNEL[0].name {
        tx.lock("migrate").await?;
    }
    let known =
        tx.opt("SELECT checksum FROM migration WHERE name = $1", &[migration.name.into()]).await?;
    if let Some(row) = known {
        return match row.get::<Vec<u8>>("checksum")? == checksum {
            true => Ok(false),
            false => Err(DbError::Migration {
                name: migration.name.to_owned(),
                reason: "its text differs from what was applied; migrations are append-only, add a new one".to_owned(),
            }),
        };
    }
    for statement in sql::statements(migration.sql) {
        tx.ddl(&statement).await?;
    }
    let args: [Value; 3] = [migration.name.into(), checksum.into(), tx.now().into()];
    tx.exec("INSERT INTO migration (name, checksum, applied) VALUES ($1, $2, $3)", &args).await?;
    Ok(true)
}
