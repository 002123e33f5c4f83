//! Cases as officers see them: the queue, and one case to whoever works on it.

use super::{Clerk, Loaded, Registration, happen};
use crate::error::Error;
use crate::events;
use crate::model::application::Application;
use crate::model::package::Package;
use crate::store;
use basis::{Id, Timestamp};
use contracts::Pseudonym;
use contracts::cases::{CaseIn, CaseOut};
use contracts::context::BasisKind;
use contracts::reads::{self, ReadEntry};
use contracts::registration::{ApplicationStatus, ApplicationView};
use kernel::audit::Audit;
use kernel::db::Tx;
use serde::Serialize;
use utoipa::ToSchema;

/// A case in the queue: nothing of what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseEntry {
    /// The application.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// The number people quote.
    pub number: String,
    /// Code of the service.
    pub service: String,
    /// Name of the service.
    pub name: String,
    /// Where it stands.
    pub status: ApplicationStatus,
    /// When it was sent.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub submitted: Option<Timestamp>,
    /// When an answer is due.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due: Option<Timestamp>,
    /// The officer who works on it.
    pub taken_by: Option<String>,
    /// The role that decides next.
    pub waits_for: Option<String>,
}

/// A case to whoever works on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseView {
    /// As in the queue.
    pub entry: CaseEntry,
    /// Answers with their sources, rules as they come out, history.
    pub application: ApplicationView,
    /// True if this officer can decide now.
    pub may_decide: bool,
    /// True if every rule of the decision table is met.
    pub eligible: bool,
    /// What is told to other blocks after the decision.
    pub follow_ups: Vec<FollowUp>,
}

/// Something that another block is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FollowUp {
    /// `payee`, or the template of a message.
    pub what: String,
    /// True once it was done.
    pub done: bool,
    /// How often it failed.
    pub attempts: i64,
    /// Why it failed last.
    pub problem: Option<String>,
}

impl Registration {
    /// Cases that wait for an officer: sent ones, and those sent back to the applicant.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn queue(&self, language: &str) -> Result<Vec<CaseEntry>, Error> {
        let found = self.ctx.db.read(|tx| {
            Box::pin(async move {
                let mut all = store::applications::queue(tx, "submitted").await?;
                all.extend(store::applications::queue(tx, "sent-back").await?);
                Ok::<_, Error>(all)
            })
        });
        let found = found.await?;
        found.iter().map(|one| self.case_entry(one, language)).collect()
    }

    /// A case as in the queue, whoever works on it: nothing of what it says.
    ///
    /// # Errors
    /// [`Error::ApplicationUnknown`].
    pub async fn find_case(&self, id: Id, language: &str) -> Result<CaseEntry, Error> {
        let found = self.ctx.db.read(move |tx| {
            Box::pin(async move { Ok::<_, Error>(store::applications::find(tx, id).await?) })
        });
        let found = found.await?.map(|(application, _)| application);
        let sent = found.filter(|application| application.number.is_some());
        self.case_entry(&sent.ok_or(Error::ApplicationUnknown)?, language)
    }

    /// Gives a case to an officer.
    ///
    /// # Errors
    /// [`Error::ApplicationUnknown`], [`Error::Refused`] when another officer has it.
    pub async fn take_case(&self, clerk: Clerk, id: Id, language: &str) -> Result<CaseView, Error> {
        let registration = self.clone();
        let language = language.to_owned();
        let taken = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                store::applications::lock(tx, id).await?;
                let mut loaded = registration.load_case(tx, id).await?;
                if loaded.application.take(&clerk.id)? {
                    store::applications::update(tx, &loaded.application).await?;
                    happen(tx, &mut loaded, "taken", &clerk.actor).await?;
                    tx.audit(Audit::new(&events::TAKEN, &clerk.actor, id)).await?;
                }
                registration.show_to(tx, &clerk, &loaded, &language).await
            })
        });
        taken.await
    }

    /// A case to the officer who has taken it; the read stands in the applicant's read log.
    ///
    /// # Errors
    /// [`Error::ApplicationUnknown`], [`Error::Refused`] for anybody else.
    pub async fn show_case(&self, clerk: Clerk, id: Id, language: &str) -> Result<CaseView, Error> {
        let registration = self.clone();
        let language = language.to_owned();
        let shown = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                let loaded = registration.load_case(tx, id).await?;
                loaded.application.check_holder(&clerk.id)?;
                registration.show_to(tx, &clerk, &loaded, &language).await
            })
        });
        shown.await
    }

    /// Whether an officer's look at the subject's data elsewhere stands on a case of ours.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn verify_case(&self, subject: Pseudonym, ask: CaseIn) -> Result<CaseOut, Error> {
        let CaseIn { case, officer } = ask;
        let found = self.ctx.db.read(move |tx| {
            Box::pin(
                async move { Ok::<_, Error>(store::applications::find_numbered(tx, &case).await?) },
            )
        });
        let Some(application) = found.await? else { return Ok(CaseOut { stands: false }) };
        let days = self.package(&application.service)?.follow_up_days;
        let now = self.ctx.clock.now();
        Ok(CaseOut { stands: application.stands(subject, &officer, days, now) })
    }

    /// An application that was sent; a draft is its writer's alone.
    pub(super) async fn load_case(&self, tx: &mut Tx, id: Id) -> Result<Loaded, Error> {
        let loaded = self.load(tx, id).await?;
        if loaded.application.number.is_none() {
            return Err(Error::ApplicationUnknown);
        }
        Ok(loaded)
    }

    /// The case, after the read was logged.
    pub(super) async fn show_to(
        &self,
        tx: &mut Tx,
        clerk: &Clerk,
        loaded: &Loaded,
        language: &str,
    ) -> Result<CaseView, Error> {
        let application = &loaded.application;
        let package = self.package(&application.service)?;
        let entry = self.log_entry(package, clerk, loaded, tx.now())?;
        reads::store::insert(tx, &self.ctx.fields, application.subject, &entry).await?;
        let steps = store::steps::of_application(tx, application.id).await?;
        let follow_ups = steps.into_iter().map(|step| FollowUp {
            what: step.template.unwrap_or_else(|| "payee".to_owned()),
            done: step.done,
            attempts: step.attempts,
            problem: step.problem,
        });
        let view = self.view(loaded, language)?;
        let decider = application.check_decider(&clerk.id, &package.chain, &clerk.roles);
        Ok(CaseView {
            entry: self.case_entry(application, language)?,
            may_decide: decider.is_ok(),
            eligible: view.rules.iter().all(|rule| rule.met),
            application: view,
            follow_ups: follow_ups.collect(),
        })
    }

    fn log_entry(
        &self,
        package: &Package,
        clerk: &Clerk,
        loaded: &Loaded,
        at: Timestamp,
    ) -> Result<ReadEntry, Error> {
        let ctx = self
            .call(self.service_of(&self.deps.subsystem, "cases"), &package.purpose, &package.law)
            .by_officer(&clerk.id, loaded.application.number.clone());
        debug_assert_eq!(ctx.basis.kind(), BasisKind::Law);
        Ok(ReadEntry::of(&ctx, self.fields_of(loaded)?, at))
    }

    fn case_entry(&self, one: &Application, language: &str) -> Result<CaseEntry, Error> {
        let package = self.package(&one.service)?;
        let waiting = one.status == ApplicationStatus::Submitted;
        Ok(CaseEntry {
            id: one.id,
            number: one.number.clone().unwrap_or_default(),
            service: one.service.clone(),
            name: package.name.say(language).to_owned(),
            status: one.status,
            submitted: one.submitted,
            due: one.due(package.answer_days),
            taken_by: one.taken_by.clone(),
            waits_for: one.waits_for(&package.chain).filter(|_| waiting).map(str::to_owned),
        })
    }
}
