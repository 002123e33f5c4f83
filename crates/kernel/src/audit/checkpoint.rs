//! Signed checkpoints, kept in a file outside the database and sent to witnesses.

use super::seal::{head, sealed_after};
use crate::db::{Db, DbError};
use basis::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

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

/// One line of a checkpoint file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointLine {
    /// The checkpoint as a compact JWS (RFC 7515) of the installation's audit key.
    pub jws: String,
}

impl Checkpoint {
    /// The next checkpoint after `position`, or `None` when nothing was sealed since.
    ///
    /// # Errors
    /// Any [`DbError`].
    pub async fn next(db: &Db, installation: &str, after: i64) -> Result<Option<Self>, DbError> {
        /// A checkpoint of this many digests is about 70 kB.
        const ROWS: i64 = 1_000;
        let (last, _) = head(db).await?;
        if last <= after {
            return Ok(None);
        }
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

/// The file of one block's checkpoints: one JSON line each, only ever appended to.
#[derive(Clone, Debug)]
pub struct CheckpointFile {
    path: PathBuf,
}

impl CheckpointFile {
    /// The file for `block` in `directory`, which is created when the first line is written.
    #[must_use]
    pub fn new(directory: &std::path::Path, block: &str) -> Self {
        Self { path: directory.join(format!("{block}.jsonl")) }
    }

    /// All lines; a torn last line (a crash while it was written) is left out.
    ///
    /// # Errors
    /// What the file system says.
    pub fn lines(&self) -> io::Result<Vec<CheckpointLine>> {
        match fs::read_to_string(&self.path) {
            Ok(text) => {
                Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Adds a line and waits until it is on disk.
    ///
    /// # Errors
    /// What the file system says.
    pub fn append(&self, line: &CheckpointLine) -> io::Result<()> {
        if let Some(directory) = self.path.parent() {
            fs::create_dir_all(directory)?;
        }
        let mut file: File = OpenOptions::new().create(true).append(true).open(&self.path)?;
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        file.write_all(text.as_bytes())?;
        file.sync_all()
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
