//! How much room a block's database takes.

use super::{Db, DbError};

/// Ordinary tables with what belongs to them: indexes, long values.
const POSTGRES: &str =
    "SELECT CAST(COALESCE(SUM(pg_total_relation_size(oid)), 0) AS BIGINT) AS bytes
    FROM pg_class WHERE relkind = 'r' AND relnamespace = CAST(current_schema() AS regnamespace)";

impl Db {
    /// Bytes on disk; of SQLite with what waits in the write-ahead log.
    ///
    /// # Errors
    /// Any [`DbError`].
    pub async fn size_bytes(&self) -> Result<i64, DbError> {
        let Some(path) = self.path() else {
            let read =
                self.read(|tx| Box::pin(async move { tx.one(POSTGRES, &[]).await?.get("bytes") }));
            return read.await;
        };
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let of = |path: &std::path::Path| std::fs::metadata(path).map_or(0, |file| file.len());
        Ok(i64::try_from(of(path) + of(log.as_ref())).unwrap_or(i64::MAX))
    }
}
