//! Leader-only work: a lease with a fencing number, checked in the transaction it guards.

use crate::db::{DbError, Tx, Value};

/// A lease as it was granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// What it is for.
    pub name: String,
    /// Grows each time the lease changes hands.
    pub fence: i64,
}

impl Tx {
    /// Takes or renews a lease for `seconds`; `None` while another holder's lease runs.
    ///
    /// # Errors
    /// Any [`DbError`].
    pub async fn take_lease(
        &mut self,
        name: &str,
        holder: &str,
        seconds: i64,
    ) -> Result<Option<Lease>, DbError> {
        let now = self.now();
        let args: [Value; 4] =
            [name.into(), holder.into(), now.plus_seconds(seconds).into(), now.into()];
        let sql = "INSERT INTO lease (name, holder, fence, until) VALUES ($1, $2, 1, $3)
            ON CONFLICT (name) DO UPDATE SET
                fence = CASE WHEN lease.holder = excluded.holder THEN lease.fence ELSE lease.fence + 1 END,
                holder = excluded.holder, until = excluded.until
            WHERE lease.holder = excluded.holder OR lease.until < $4
            RETURNING fence";
        let granted = self.opt(sql, &args).await?;
        granted.map(|row| Ok(Lease { name: name.to_owned(), fence: row.get("fence")? })).transpose()
    }

    /// Makes the transaction fail unless the lease is still held with the same fencing number.
    ///
    /// # Errors
    /// [`DbError::Fenced`] when another holder has taken over.
    pub async fn check_lease(&mut self, lease: &Lease) -> Result<(), DbError> {
        // An update, not a select: it makes a competing take-over wait for this commit.
        let sql = "UPDATE lease SET fence = fence WHERE name = $1 AND fence = $2";
        match self.exec(sql, &[lease.name.as_str().into(), lease.fence.into()]).await? {
            1 => Ok(()),
            _ => Err(DbError::Fenced(lease.name.clone())),
        }
    }
}
