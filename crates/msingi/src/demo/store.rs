//! The one statement that nobody should ever run.

use kernel::db::{DbError, Tx};

/// Puts another officer's number into the second row of an audit trail; answers how many rows changed.
///
/// # Errors
/// What the database says.
pub async fn change_a_row(tx: &mut Tx) -> Result<u64, DbError> {
    tx.exec("UPDATE audit SET actor = 'officer:GOV/CRO/r-99' WHERE position = 2", &[]).await
}
