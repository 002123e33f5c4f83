//! What a resident sees: the agreements they are asked about or have answered to.

use super::{Consent, agreements};
use crate::error::Error;
use crate::model::agreement::AgreementState;
use crate::model::record::{Record, State};
use crate::service::AgreementView;
use crate::store::{self, Page};
use basis::Timestamp;
use contracts::Pseudonym;
use contracts::consent::MyAgreement;

impl Consent {
    /// Every agreement that is offered, or that the person has answered to, with their answer.
    ///
    /// # Errors
    /// What the database says.
    pub async fn agreements_for(
        &self,
        subject: Pseudonym,
        language: String,
        page: Page,
    ) -> Result<Vec<MyAgreement>, Error> {
        let now = self.clock.now();
        self.db
            .read(move |tx| {
                Box::pin(async move {
                    let mut mine = Vec::new();
                    for agreement in store::agreements::list_for(tx, subject, page).await? {
                        let record =
                            store::records::find_current(tx, subject, agreement.id).await?;
                        let shown =
                            agreement.published.or(record.as_ref().map(|r| r.agreement_revision));
                        let revision = shown.unwrap_or(agreement.latest);
                        let view = agreements::view(tx, agreement, revision).await?;
                        mine.push(as_seen(view, record.as_ref(), &language, now));
                    }
                    Ok(mine)
                })
            })
            .await
    }
}

fn as_seen(
    view: AgreementView,
    record: Option<&Record>,
    language: &str,
    now: Timestamp,
) -> MyAgreement {
    let AgreementView { agreement, terms, revision } = view;
    let ended = agreement.state == AgreementState::Terminated;
    let stands = record.is_some_and(|record| record.state_at(now) == State::Given);
    let title = terms.purpose_for(language).to_owned();
    let fields = terms.fields();
    let scope = terms.scope;
    MyAgreement {
        agreement: agreement.id,
        revision: revision.id,
        title,
        purpose: scope.as_ref().map(|scope| scope.purpose.clone()),
        controller: terms.controller.map(|controller| controller.name),
        clients: scope.as_ref().map(|scope| scope.clients.clone()).unwrap_or_default(),
        service: scope.map(|scope| scope.service),
        fields,
        valid_days: terms.valid_days,
        policy_url: terms.policy.map(|policy| policy.terms.url),
        offered: agreement.published.is_some(),
        given: stands && !ended,
        answer: record.map(|record| record.mine(now)),
    }
}
