//! Decisions on a case: approve, refuse, send back.

use super::{CaseView, Clerk, Loaded, Registration, happen};
use crate::error::Error;
use crate::events;
use crate::model::application::{Approved, Refusal};
use crate::model::eligibility;
use crate::store;
use basis::Id;
use contracts::registration::ApplicationStatus;
use kernel::audit::{Audit, AuditEvent};
use kernel::db::Tx;

/// The longest remark, in bytes.
const REMARK_BYTES_MAX: usize = 2_000;

/// A decision that needs a word to the applicant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Refused.
    Reject,
    /// Sent back with a question.
    SendBack,
}

impl Registration {
    /// Approves a case: the next role of the chain decides, or it is granted and the award written.
    ///
    /// # Errors
    /// [`Error::ApplicationUnknown`], [`Error::Refused`].
    pub async fn approve_case(
        &self,
        clerk: Clerk,
        id: Id,
        language: &str,
    ) -> Result<CaseView, Error> {
        let registration = self.clone();
        let language = language.to_owned();
        let done = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                store::applications::lock(tx, id).await?;
                let mut loaded = registration.load_case(tx, id).await?;
                loaded.application.check_holder(&clerk.id)?;
                // Approved twice by a nervous click, it is approved once.
                if loaded.application.status != ApplicationStatus::Approved {
                    registration.approve_in(tx, &clerk, &mut loaded).await?;
                }
                registration.show_to(tx, &clerk, &loaded, &language).await
            })
        });
        done.await
    }

    async fn approve_in(
        &self,
        tx: &mut Tx,
        clerk: &Clerk,
        loaded: &mut Loaded,
    ) -> Result<(), Error> {
        let package = self.package(&loaded.application.service)?;
        loaded.application.check_decider(&clerk.id, &package.chain, &clerk.roles)?;
        let before = |kind: &str| matches!(kind, "recommended" | "approved");
        if loaded.history.iter().any(|one| before(&one.kind) && one.actor == clerk.actor) {
            return Err(Refusal::FourEyes.into());
        }
        let now = tx.now();
        let speech = self.speech(&loaded.application.language);
        let rules = eligibility::rules(package, &loaded.content, self.day_of(now), &speech);
        if !rules.iter().all(|rule| rule.met) {
            return Err(Refusal::NotEligible.into());
        }
        let outcome = loaded.application.approve(&package.chain, now);
        store::applications::update(tx, &loaded.application).await?;
        let id = loaded.application.id;
        if outcome == Approved::Passed {
            happen(tx, loaded, "recommended", &clerk.actor).await?;
            tx.audit(Audit::new(&events::RECOMMENDED, &clerk.actor, id)).await?;
            return Ok(());
        }
        happen(tx, loaded, "approved", &clerk.actor).await?;
        if let Some(payment) = &package.outcome.payment {
            self.award(tx, loaded, payment.amount.minor).await?;
        }
        self.tell(tx, id, package.messages.approved.as_deref()).await?;
        tx.audit(Audit::new(&events::APPROVED, &clerk.actor, id)).await?;
        Ok(())
    }

    /// Refuses a case, or sends it back; either needs a remark for the applicant.
    ///
    /// # Errors
    /// [`Error::ApplicationUnknown`], [`Error::Refused`], [`Error::Invalid`].
    pub async fn answer_case(
        &self,
        clerk: Clerk,
        id: Id,
        answer: Answer,
        remark: String,
        language: &str,
    ) -> Result<CaseView, Error> {
        // Browsers send line breaks of a form as two characters.
        let remark = remark.trim().replace("\r\n", "\n");
        let control = |c: char| c.is_control() && c != '\n';
        if remark.is_empty() || remark.len() > REMARK_BYTES_MAX || remark.chars().any(control) {
            let remedy = "say in 1 to 2,000 bytes what the applicant should know";
            return Err(Error::Invalid { field: "remark", remedy });
        }
        let registration = self.clone();
        let language = language.to_owned();
        let done = self.ctx.db.write(move |tx| {
            let remark = remark.clone();
            Box::pin(async move {
                store::applications::lock(tx, id).await?;
                let mut loaded = registration.load_case(tx, id).await?;
                registration.answer_in(tx, &clerk, &mut loaded, answer, remark).await?;
                registration.show_to(tx, &clerk, &loaded, &language).await
            })
        });
        done.await
    }

    async fn answer_in(
        &self,
        tx: &mut Tx,
        clerk: &Clerk,
        loaded: &mut Loaded,
        answer: Answer,
        remark: String,
    ) -> Result<(), Error> {
        let package = self.package(&loaded.application.service)?;
        loaded.application.check_decider(&clerk.id, &package.chain, &clerk.roles)?;
        let now = tx.now();
        let (kind, template, event): (&str, _, &'static AuditEvent) = match answer {
            Answer::Reject => {
                loaded.application.reject(now);
                ("rejected", &package.messages.rejected, &events::REJECTED)
            }
            Answer::SendBack => {
                loaded.application.send_back(now);
                ("sent-back", &package.messages.sent_back, &events::SENT_BACK)
            }
        };
        loaded.content.remark = Some(remark);
        let id = loaded.application.id;
        store::applications::update(tx, &loaded.application).await?;
        self.keep_content(tx, &loaded.application, &loaded.content).await?;
        happen(tx, loaded, kind, &clerk.actor).await?;
        self.tell(tx, id, template.as_deref()).await?;
        tx.audit(Audit::new(event, &clerk.actor, id)).await?;
        Ok(())
    }

    /// Puts a message on the list of what is to be done.
    async fn tell(&self, tx: &mut Tx, id: Id, template: Option<&str>) -> Result<(), Error> {
        if let Some(template) = template {
            let step = tx.mint();
            store::steps::insert(tx, step, id, Some(template)).await?;
        }
        Ok(())
    }
}
