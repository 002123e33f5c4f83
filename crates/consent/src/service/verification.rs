//! Whether a consent stands: what the exchange asks before each call that rests on one.

use super::{AgreementView, Consent, RecordView, agreements};
use crate::error::Error;
use crate::model::agreement::AgreementState;
use crate::model::record::State;
use crate::model::verification::{self, Granted, Standing, Use};
use crate::store::{self, Page};
use basis::Id;
use contracts::consent::NotGiven;
use contracts::{Pseudonym, SubsystemId};
use kernel::db::Tx;

impl Consent {
    /// Whether the person consents to this use, as of now. Read from the database each time and
    /// never cached, so that a withdrawal holds for the very next question. Writes nothing: the
    /// exchange logs question and answer as it logs every call.
    ///
    /// # Errors
    /// What the database says. That a consent does not stand is an answer, not an error.
    pub async fn verify(
        &self,
        agreement: Id,
        subject: Pseudonym,
        wanted: Use,
    ) -> Result<Result<Granted, NotGiven>, Error> {
        let standing = self
            .db
            .read(move |tx| Box::pin(async move { standing(tx, agreement, subject).await }))
            .await?;
        Ok(verification::verify(standing.as_ref(), &wanted, self.clock.now()))
    }

    /// Published agreements that name this subsystem as a user of data.
    ///
    /// # Errors
    /// What the database says.
    pub async fn agreements_naming(
        &self,
        client: SubsystemId,
        page: Page,
    ) -> Result<Vec<AgreementView>, Error> {
        let offered = self.offered_agreements(Page::ALL).await?;
        let naming = offered.into_iter().filter(|view| names(view, &client));
        Ok(part(naming, page))
    }

    /// A person's consents that stand and name this subsystem as a user of data, newest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn records_naming(
        &self,
        client: SubsystemId,
        subject: Pseudonym,
        page: Page,
    ) -> Result<Vec<RecordView>, Error> {
        let now = self.clock.now();
        let records = self.records_of(subject, false, Page::ALL).await?;
        let standing = records.into_iter().filter(|view| {
            let ended = view.agreement.agreement.state == AgreementState::Terminated;
            let stands = view.record.state_at(now) == State::Given && !ended;
            stands && names(&view.agreement, &client)
        });
        Ok(part(standing, page))
    }

    /// One record of a person, if its agreement names this subsystem as a user of data.
    ///
    /// # Errors
    /// [`Error::RecordUnknown`], also when the agreement does not.
    pub async fn record_naming(
        &self,
        client: SubsystemId,
        subject: Pseudonym,
        record: Id,
    ) -> Result<RecordView, Error> {
        let view = self.record(Some(subject), record).await?;
        if !names(&view.agreement, &client) {
            return Err(Error::RecordUnknown);
        }
        Ok(view)
    }
}

fn names(view: &AgreementView, client: &SubsystemId) -> bool {
    view.terms.scope.as_ref().is_some_and(|scope| scope.clients.contains(client))
}

fn part<T>(items: impl Iterator<Item = T>, page: Page) -> Vec<T> {
    items.skip(page.offset as usize).take(page.limit as usize).collect()
}

async fn standing(
    tx: &mut Tx,
    agreement: Id,
    subject: Pseudonym,
) -> Result<Option<Standing>, Error> {
    let Some(agreement) = store::agreements::find(tx, &agreement.into()).await? else {
        return Ok(None);
    };
    let record = store::records::find_current(tx, subject, agreement.id).await?;
    let revision = match &record {
        Some(record) => record.agreement_revision,
        None => agreement.published.unwrap_or(agreement.latest),
    };
    let view = agreements::view(tx, agreement, revision).await?;
    Ok(Some(Standing { agreement: view.agreement, terms: view.terms, record }))
}
