//! Registrations with what they say, a page at a time.

use super::FIELDS;
use crate::model::Birth;
use crate::store;
use crate::{Civil, Error};
use basis::Id;
use contracts::civil::{BirthFactsPage, PERSON_CREATION};
use contracts::reads::{self, ReadEntry};
use contracts::{CallContext, Pseudonym};

/// Most registrations of one page.
const PAGE: u16 = 1_000;

/// Whether a call may go through the register as a whole. Any other purpose is about one person.
pub(super) fn covers_all(ctx: &CallContext) -> Result<(), Error> {
    if ctx.purpose == PERSON_CREATION { Ok(()) } else { Err(Error::Purpose) }
}

impl Civil {
    /// Registrations of one import or of all, in the order of their ids. Each is in the read log of
    /// whom it is about before the page is answered.
    ///
    /// # Errors
    /// [`Error::Purpose`], [`Error::BatchNotFound`].
    pub async fn list_facts(
        &self,
        ctx: CallContext,
        batch: Option<Id>,
        after: Option<Id>,
        limit: u16,
    ) -> Result<BirthFactsPage, Error> {
        covers_all(&ctx)?;
        let civil = self.clone();
        let wanted = usize::from(limit.clamp(1, PAGE));
        let one_more = i64::from(limit.clamp(1, PAGE)) + 1;
        let write = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                let mut found = match batch {
                    Some(batch) => store::import::of_batch(tx, batch, after, one_more)
                        .await?
                        .ok_or(Error::BatchNotFound)?,
                    None => store::sealed_after(tx, after, one_more).await?,
                };
                let more = found.len() > wanted;
                found.truncate(wanted);
                let mut births: Vec<Birth> = Vec::with_capacity(found.len());
                for sealed in found {
                    births.push(civil.open_birth(tx, sealed).await?);
                }
                let fields = FIELDS.iter().map(|field| (*field).to_owned()).collect();
                let entry = ReadEntry::of(&ctx, fields, tx.now());
                let subjects: Vec<Pseudonym> = births.iter().map(Birth::logged_under).collect();
                reads::store::append(tx, &civil.ctx.fields, &subjects, &entry).await?;
                let births = births.iter().map(Birth::record).collect();
                Ok(BirthFactsPage { births, more })
            })
        });
        write.await
    }
}
