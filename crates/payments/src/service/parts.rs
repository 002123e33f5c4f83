//! Parts of a batch: taken as a whole where all is well, line by line where something is not.

use super::Payments;
use super::batches::find;
use crate::error::Error;
use crate::model::batch::{Batch, BatchError};
use crate::model::instruction::{Line, Payee};
use crate::store::{batches, instructions};
use basis::Id;
use contracts::SubsystemId;
use contracts::batches::{Instruction, PartOut, RefusedLine};
use kernel::db::Tx;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Refused lines in one answer at the most.
const REFUSED_MAX: usize = 100;

/// What was read of a part.
#[derive(Debug, Default)]
pub struct Part {
    /// Lines that can be taken as far as they go.
    pub lines: Vec<Line>,
    /// Lines that cannot.
    pub refused: Vec<RefusedLine>,
}

impl Part {
    /// Notes a line that cannot be taken.
    pub fn refuse(&mut self, refused: RefusedLine) {
        if self.refused.len() < REFUSED_MAX {
            self.refused.push(refused);
        }
    }
}

impl Payments {
    /// A line with the digest of its payee's token in place of the token.
    ///
    /// # Errors
    /// When the key store cannot answer.
    pub fn line(&self, client: &SubsystemId, line: u32, read: Instruction) -> Result<Line, Error> {
        let payee = self.payee(client, read.payee)?;
        let Instruction { id, minor: amount, reference, .. } = read;
        Ok(Line { line, id, payee, amount, reference })
    }

    /// The batch of this member, if it takes parts.
    ///
    /// # Errors
    /// [`BatchError::Unknown`], [`BatchError::NotOpen`].
    pub async fn open_for_parts(&self, member: String, id: Id) -> Result<Batch, Error> {
        let read = self.db.read(move |tx| {
            Box::pin(async move {
                let batch = find(tx, Some(&member), id).await?;
                batch.may_take()?;
                Ok(batch)
            })
        });
        read.await
    }

    /// Adds a part to a batch. Sent again, it is taken once.
    ///
    /// # Errors
    /// [`BatchError::NotOpen`].
    pub async fn take_part(&self, batch: Id, part: Part) -> Result<PartOut, Error> {
        let Part { lines, mut refused } = part;
        let lines = Arc::new(lines);
        // Ids and payees are kept unique by the table itself, so that new lines need no look-up each.
        let taken = match self.take_all(batch, lines.clone()).await {
            Err(error) if is_repeated(&error) => {
                let mut looked = self.look_up_and_take(batch, lines.clone()).await;
                // Somebody took one of these lines in the same moment: it stands now.
                if looked.as_ref().is_err_and(is_repeated) {
                    looked = self.look_up_and_take(batch, lines).await;
                }
                let (taken, repeated) = looked?;
                refused.extend(repeated);
                refused.sort_by_key(|line| line.line);
                refused.truncate(REFUSED_MAX);
                taken
            }
            other => other?,
        };
        self.crash.point("part");
        Ok(PartOut { accepted: taken, refused })
    }

    async fn look_up_and_take(
        &self,
        batch: Id,
        lines: Arc<Vec<Line>>,
    ) -> Result<(u32, Vec<RefusedLine>), Error> {
        let write =
            self.db.write(move |tx| Box::pin(async move { take_each(tx, batch, &lines).await }));
        write.await
    }

    async fn take_all(&self, batch: Id, lines: Arc<Vec<Line>>) -> Result<u32, Error> {
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                take(tx, batch, &lines).await?;
                Ok(u32::try_from(lines.len()).unwrap_or(u32::MAX))
            })
        });
        write.await
    }
}

fn is_repeated(error: &Error) -> bool {
    matches!(error, Error::Db(error) if error.is_unique_violation())
}

async fn take(tx: &mut Tx, batch: Id, lines: &[Line]) -> Result<(), Error> {
    let count = i64::try_from(lines.len()).unwrap_or(i64::MAX);
    let total = lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.amount));
    let total = total.ok_or_else(too_much)?;
    if !batches::take(tx, batch, count, total).await? {
        return Err(BatchError::NotOpen.into());
    }
    Ok(instructions::append(tx, batch, lines).await?)
}

fn too_much() -> BatchError {
    BatchError::Field("minor", "the lines of this part add up to too much: send less".to_owned())
}

/// Looks each line up before it is taken. Answers how many were, now or before.
async fn take_each(
    tx: &mut Tx,
    batch: Id,
    lines: &[Line],
) -> Result<(u32, Vec<RefusedLine>), Error> {
    let (mut accepted, mut refused) = (0, Vec::new());
    // What this part brings, which the table does not hold yet.
    let (mut ids, mut payees): (HashMap<Id, &Line>, HashSet<Payee>) = Default::default();
    let mut new = Vec::new();
    for line in lines {
        let same_id = match instructions::find(tx, line.id).await? {
            Some(kept) => Some(kept.is_same(batch, line)),
            None => ids.get(&line.id).map(|one| one.says(line)),
        };
        let paid_already = same_id.is_none()
            && (payees.contains(&line.payee)
                || instructions::find_payee(tx, batch, line.payee).await?.is_some());
        match (same_id, paid_already) {
            (Some(true), _) => accepted += 1,
            (Some(false), _) => refused.push(refusal(
                line,
                "id",
                "used for an instruction with another content: mint a new id",
            )),
            (None, true) => refused.push(refusal(
                line,
                "payee",
                "paid in this batch already by another instruction: send one for each payee",
            )),
            (None, false) => {
                accepted += 1;
                ids.insert(line.id, line);
                payees.insert(line.payee);
                new.push(line.clone());
            }
        }
    }
    take(tx, batch, &new).await?;
    Ok((accepted, refused))
}

fn refusal(line: &Line, field: &str, reason: &str) -> RefusedLine {
    RefusedLine { line: line.line, field: field.to_owned(), reason: reason.to_owned() }
}
