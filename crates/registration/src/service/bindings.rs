//! Data agreements of reads by consent, and refused attempts.

use super::{Clerk, Registration};
use crate::error::Error;
use crate::events;
use crate::store;
use basis::Id;
use contracts::Pseudonym;
use contracts::reads;
use contracts::reads::attempt::Attempt;
use kernel::audit::Audit;
use serde_json::json;

impl Registration {
    /// Says which data agreement a read by consent rests on.
    ///
    /// # Errors
    /// [`Error::ServiceUnknown`], [`Error::ReadUnknown`].
    pub async fn bind_consent(
        &self,
        clerk: Clerk,
        service: String,
        read: String,
        agreement: Id,
    ) -> Result<(), Error> {
        let package = self.package(&service)?;
        if !package.reads.iter().any(|known| known.consent && known.code == read) {
            return Err(Error::ReadUnknown);
        }
        let bound = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                store::bindings::bind(tx, &service, &read, agreement).await?;
                let entry = Audit::new(&events::CONSENT_BOUND, &clerk.actor, agreement);
                tx.audit(entry.with(json!({ "service": service, "read": read }))).await?;
                Ok::<_, Error>(())
            })
        });
        bound.await
    }

    /// Writes down that somebody was refused who asked about the subject.
    ///
    /// # Errors
    /// [`Error::Fields`], [`Error::Db`].
    pub async fn note_attempt(&self, subject: Pseudonym, attempt: &Attempt) -> Result<(), Error> {
        let (fields, attempt) = (self.ctx.fields.clone(), attempt.clone());
        let noted = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                let entry = attempt.entry(tx.now());
                reads::store::insert(tx, &fields, subject, &entry).await?;
                Ok::<_, Error>(())
            })
        });
        noted.await
    }
}
