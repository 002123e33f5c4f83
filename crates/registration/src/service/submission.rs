//! Sending an application, and taking it back.

use super::drafts::RESIDENT;
use super::{Loaded, Registration, happen};
use crate::error::Error;
use crate::events;
use crate::model::{application, form};
use crate::store;
use basis::Id;
use contracts::registration::{ApplicationStatus, ApplicationView};
use contracts::{CallContext, Pseudonym};
use kernel::audit::Audit;
use kernel::db::Tx;

impl Registration {
    /// Sends an application. Sent twice, it is sent once.
    ///
    /// # Errors
    /// [`Error::ApplicationUnknown`], [`Error::Refused`] while something is missing.
    pub async fn submit(
        &self,
        ctx: CallContext,
        subject: Pseudonym,
        id: Id,
        language: &str,
    ) -> Result<ApplicationView, Error> {
        let registration = self.clone();
        let found = self
            .ctx
            .db
            .read(move |tx| Box::pin(async move { registration.load_own(tx, id, subject).await }));
        // A consent given a moment ago must not be missed.
        self.learn(found.await?, ctx.correlation).await?;
        let registration = self.clone();
        let sent = self.ctx.db.write(move |tx| {
            Box::pin(async move { registration.submit_in(tx, subject, id).await })
        });
        self.view(&sent.await?, language)
    }

    async fn submit_in(&self, tx: &mut Tx, subject: Pseudonym, id: Id) -> Result<Loaded, Error> {
        store::applications::lock(tx, id).await?;
        let mut loaded = self.load_own(tx, id, subject).await?;
        let package = self.package(&loaded.application.service)?;
        let complete = form::is_complete(package, &loaded.content);
        let now = tx.now();
        if !loaded.application.submit(complete, now)? {
            return Ok(loaded);
        }
        if loaded.application.number.is_none() {
            let year = self.day_of(now).year().unwrap_or_default();
            let series = format!("{}-{year}", package.prefix);
            let count = store::applications::next_number(tx, &series).await?;
            let number = application::number(&package.prefix, year, count);
            loaded.application.number = Some(number);
        }
        store::applications::update(tx, &loaded.application).await?;
        happen(tx, &mut loaded, "submitted", RESIDENT).await?;
        if let Some(template) = &package.messages.received {
            let step = tx.mint();
            store::steps::insert(tx, step, id, Some(template)).await?;
        }
        tx.audit(Audit::new(&events::SUBMITTED, RESIDENT, id)).await?;
        Ok(loaded)
    }

    /// Takes back what was not decided yet; a draft is deleted.
    ///
    /// # Errors
    /// [`Error::ApplicationUnknown`], [`Error::Refused`] once it was decided.
    pub async fn withdraw(
        &self,
        subject: Pseudonym,
        id: Id,
        language: &str,
    ) -> Result<ApplicationView, Error> {
        let registration = self.clone();
        let taken_back = self.ctx.db.write(move |tx| {
            Box::pin(async move { registration.withdraw_in(tx, subject, id).await })
        });
        self.view(&taken_back.await?, language)
    }

    async fn withdraw_in(&self, tx: &mut Tx, subject: Pseudonym, id: Id) -> Result<Loaded, Error> {
        store::applications::lock(tx, id).await?;
        let mut loaded = self.load_own(tx, id, subject).await?;
        let draft = loaded.application.status == ApplicationStatus::Draft;
        if !loaded.application.withdraw(tx.now())? {
            return Ok(loaded);
        }
        if draft {
            store::applications::delete(tx, id).await?;
            return Ok(loaded);
        }
        store::applications::update(tx, &loaded.application).await?;
        happen(tx, &mut loaded, "withdrawn", RESIDENT).await?;
        tx.audit(Audit::new(&events::WITHDRAWN, RESIDENT, id)).await?;
        Ok(loaded)
    }
}
