//! Finding what was done to an audit trail behind the code's back.

use super::checkpoint::{Checkpoint, hex};
use super::link;
use super::seal::{Sealed, sealed_after};
use crate::db::{Db, DbError};
use std::fmt;

/// Something that is not as it was sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The row at this position does not hold what was sealed.
    Changed {
        /// Where.
        position: i64,
        /// The row's id.
        id: String,
        /// The row's event as it stands now.
        event: String,
    },
    /// A position is missing: a row was deleted.
    Missing {
        /// Where.
        position: i64,
    },
    /// The row is intact but stands where another was sealed, or the chain was computed anew.
    Moved {
        /// Where.
        position: i64,
        /// The row's id.
        id: String,
    },
    /// Rows at the end are gone: a checkpoint states more than there is.
    Truncated {
        /// The last row found.
        last: i64,
        /// The last row a checkpoint knows of.
        stated: i64,
    },
    /// The chain's value differs from the one a checkpoint states.
    Rewritten {
        /// The checkpoint's position.
        position: i64,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { position, id, event } => {
                write!(f, "row {position} ({event}, {id}) was changed after it was sealed")
            }
            Self::Missing { position } => write!(f, "row {position} was deleted"),
            Self::Moved { position, id } => {
                write!(f, "row {position} ({id}) is not the row that was sealed there")
            }
            Self::Truncated { last, stated } => {
                write!(
                    f,
                    "the tail was cut off: {last} rows are left of the {stated} that a checkpoint states"
                )
            }
            Self::Rewritten { position } => {
                write!(
                    f,
                    "the chain up to row {position} differs from the one its checkpoint states"
                )
            }
        }
    }
}

/// What a verification saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Sealed rows read.
    pub sealed: i64,
    /// Rows not sealed yet, which nothing protects.
    pub unsealed: i64,
    /// Sealed rows after the last checkpoint, whose loss at the tail would not be noticed.
    pub after_checkpoint: i64,
    /// Everything found; empty when the trail is intact.
    pub findings: Vec<Finding>,
}

/// Reads a block's whole trail and compares it with itself and with its checkpoints, whose
/// signatures the caller has checked.
///
/// # Errors
/// Any [`DbError`] while reading.
pub async fn verify(db: &Db, checkpoints: Vec<Checkpoint>) -> Result<Report, DbError> {
    let mut verifier = Verifier::new(checkpoints);
    loop {
        let rows = sealed_after(db, verifier.position(), 1_000).await?;
        if rows.is_empty() {
            break;
        }
        rows.iter().for_each(|row| verifier.step(row));
    }
    Ok(Report { unsealed: unsealed(db).await?, ..verifier.finish() })
}

async fn unsealed(db: &Db) -> Result<i64, DbError> {
    let sql = "SELECT COUNT(*) AS n FROM audit WHERE position IS NULL";
    db.read(move |tx| Box::pin(async move { tx.one(sql, &[]).await?.get("n") })).await
}

/// Goes through a trail row by row, wherever the rows come from.
pub struct Verifier {
    chain: [u8; 32],
    /// By ascending position.
    checkpoints: Vec<Checkpoint>,
    report: Report,
}

impl Verifier {
    /// Compares with these checkpoints of one block, in any order.
    #[must_use]
    pub fn new(mut checkpoints: Vec<Checkpoint>) -> Self {
        checkpoints.sort_by_key(|checkpoint| checkpoint.position);
        Self { chain: [0; 32], checkpoints, report: Report::default() }
    }

    /// The last position seen.
    #[must_use]
    pub fn position(&self) -> i64 {
        self.report.sealed
    }

    /// Takes the next row; positions must ascend.
    pub fn step(&mut self, row: &Sealed) {
        for position in self.report.sealed + 1..row.position {
            self.report.findings.push(Finding::Missing { position });
        }
        self.report.sealed = row.position;
        let covering = self.checkpoints.partition_point(|known| known.position < row.position);
        let covering = self.checkpoints.get(covering);
        let stated = covering.and_then(|checkpoint| checkpoint.row(row.position));
        let digest = row.entry.digest();
        let id = row.entry.id.to_string();
        let intact = digest == row.digest;
        let as_stated = stated.is_none_or(|stated| stated == hex(&digest));
        let chained = link(&self.chain, row.position, &row.digest) == row.chain;
        let rewritten = covering
            .is_some_and(|known| known.position == row.position && known.chain != hex(&row.chain));
        // The stored value goes on, so that one broken link is one finding.
        self.chain = row.chain;
        let findings = &mut self.report.findings;
        if !intact || (!as_stated && chained) {
            let event = row.entry.event.clone();
            findings.push(Finding::Changed { position: row.position, id, event });
        } else if !chained || !as_stated {
            findings.push(Finding::Moved { position: row.position, id });
        }
        if rewritten {
            findings.push(Finding::Rewritten { position: row.position });
        }
    }

    /// What was found, once the last row was taken.
    #[must_use]
    pub fn finish(mut self) -> Report {
        let stated = self.checkpoints.last().map_or(0, |checkpoint| checkpoint.position);
        let last = self.report.sealed;
        if stated > last {
            self.report.findings.push(Finding::Truncated { last, stated });
        }
        self.report.after_checkpoint = (last - stated).max(0);
        self.report
    }
}
