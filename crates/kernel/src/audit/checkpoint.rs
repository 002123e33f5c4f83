//! Checkpoints: what an installation states about a trail, so that others can hold it to that.

use super::seal::sealed_after;
use crate::db::{Db, DbError};
use basis::Timestamp;
use serde::{Deserialize, Serialize};

/// What an installation states about a block's audit trail at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Who states it.
    pub installation: String,
    /// Whose trail.
    pub block: String,
    /// The last sealed position.
    pub position: i64,
    /// The chain's value there, hexadecimal.
    pub chain: String,
    /// Digests of the rows from `position - rows.len() + 1` to `position`, hexadecimal.
    pub rows: Vec<String>,
    /// When it was made.
    pub at: Timestamp,
}

impl Checkpoint {
    /// The next checkpoint after `position`, or `None` when nothing was sealed since.
    ///
    /// # Errors
    /// Any [`DbError`].
    pub async fn next(db: &Db, installation: &str, after: i64) -> Result<Option<Self>, DbError> {
        /// A checkpoint of this many digests is about 70 kB.
        const ROWS: i64 = 1_000;
        let rows = sealed_after(db, after, ROWS).await?;
        let Some(end) = rows.last() else { return Ok(None) };
        Ok(Some(Self {
            installation: installation.to_owned(),
            block: db.block().to_owned(),
            position: end.position,
            chain: hex(&end.chain),
            rows: rows.iter().map(|row| hex(&row.digest)).collect(),
            at: db.clock().now(),
        }))
    }

    /// The digest this checkpoint states for `position`, if it covers it.
    #[must_use]
    pub fn row(&self, position: i64) -> Option<&str> {
        let first = self.position - i64::try_from(self.rows.len()).ok()? + 1;
        usize::try_from(position - first)
            .ok()
            .and_then(|place| self.rows.get(place))
            .map(String::as_str)
    }
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
