//! Payment runs as officers open, see and approve them.

use super::{Clerk, Registration};
use crate::error::Error;
use crate::events;
use crate::model::package::Payment;
use crate::model::run::{Run, RunState, is_month};
use crate::store;
use basis::{Id, Money, Timestamp};
use contracts::batches::{BATCHES, BatchOut, BatchStatus, Tally};
use contracts::{CallContext, CallError};
use kernel::audit::Audit;
use serde::Serialize;
use utoipa::ToSchema;

/// A run as officers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RunView {
    /// Its id, also the batch's at the payments block.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Code of the service.
    pub service: String,
    /// `2026-03`.
    pub month: String,
    /// `gathering`, `gathered`, `sending`, `sent`, `closed`, `approved` or `empty`.
    pub state: String,
    /// Instructions.
    pub lines: i64,
    /// Instructions that the payments block has taken.
    pub sent: i64,
    /// What they add up to.
    #[schema(value_type = Object)]
    pub total: Money,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub opened: Timestamp,
    /// The officer who opened it.
    pub opened_by: String,
    /// The officer who approved it.
    pub approved_by: Option<String>,
    /// Why it does not go on, if it does not.
    pub problem: Option<String>,
    /// Where the payments block says the batch stands; none if it was not asked or did not answer.
    pub batch: Option<BatchStatus>,
    /// Where its instructions stand.
    pub tally: Option<Tally>,
}

impl Registration {
    /// Opens the run of a month over all active awards; opened before, it is that one.
    ///
    /// # Errors
    /// [`Error::ServiceUnknown`], [`Error::Invalid`] for what is no month.
    pub async fn open_run(
        &self,
        clerk: Clerk,
        service: Option<&str>,
        month: String,
    ) -> Result<RunView, Error> {
        if !is_month(&month) {
            return Err(Error::Invalid { field: "month", remedy: "write a month as 2026-03" });
        }
        let service = self.paying(service)?.code.clone();
        let opened = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                tx.lock("run").await?;
                if let Some(run) = store::runs::find_of(tx, &service, &month).await? {
                    return Ok::<_, Error>(run);
                }
                let now = tx.now();
                let run = Run {
                    id: tx.mint(),
                    service,
                    month,
                    state: RunState::Gathering,
                    opened_by: clerk.id.clone(),
                    approved_by: None,
                    opened: now,
                    after: None,
                    lines: 0,
                    total: 0,
                    sent: 0,
                    attempts: 0,
                    due: now,
                    problem: None,
                };
                store::runs::insert(tx, &run).await?;
                tx.audit(Audit::new(&events::RUN_OPENED, &clerk.actor, run.id)).await?;
                Ok(run)
            })
        });
        self.run_view(opened.await?, None)
    }

    /// All runs, newest first, without asking the payments block.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn list_runs(&self) -> Result<Vec<RunView>, Error> {
        let found = self
            .ctx
            .db
            .read(|tx| Box::pin(async move { Ok::<_, Error>(store::runs::list(tx).await?) }));
        found.await?.into_iter().map(|run| self.run_view(run, None)).collect()
    }

    /// One run, with what the payments block says of it.
    ///
    /// # Errors
    /// [`Error::RunUnknown`].
    pub async fn show_run(&self, id: Id) -> Result<RunView, Error> {
        let run = self.find_run(id).await?;
        let batch = match run.state {
            RunState::Gathering | RunState::Gathered | RunState::Empty => None,
            _ => match self.batches.show(self.batch_context(&run)?, id).await {
                Ok(batch) => Some(batch),
                Err(error) => {
                    tracing::warn!(run = %id, %error, "The payments block did not show a batch");
                    None
                }
            },
        };
        self.run_view(run, batch)
    }

    /// Approves a run that another officer opened; money moves from then on.
    ///
    /// # Errors
    /// [`Error::RunUnknown`], [`Error::FourEyes`], [`Error::RunNotClosed`], [`Error::Call`].
    pub async fn approve_run(&self, clerk: Clerk, id: Id) -> Result<RunView, Error> {
        let run = self.find_run(id).await?;
        if run.opened_by == clerk.id {
            return Err(Error::FourEyes);
        }
        if run.state == RunState::Approved {
            return self.show_run(id).await;
        }
        if run.state != RunState::Closed {
            return Err(Error::RunNotClosed);
        }
        let ctx = self.batch_context(&run)?.by_officer(&clerk.id, None);
        let batch = self.batches.approve(ctx, id).await.map_err(short_of_funds)?;
        let approved =
            Run { state: RunState::Approved, approved_by: Some(clerk.id.clone()), ..run.clone() };
        let kept = approved.clone();
        let written = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                if store::runs::update(tx, &run, &kept).await? {
                    tx.audit(Audit::new(&events::RUN_APPROVED, &clerk.actor, id)).await?;
                }
                Ok::<_, Error>(())
            })
        });
        written.await?;
        self.run_view(approved, Some(batch))
    }

    /// Has the payments block try the failed instructions of a run again.
    ///
    /// # Errors
    /// [`Error::RunUnknown`], [`Error::RunNotClosed`], [`Error::Call`].
    pub async fn resend_run(&self, clerk: Clerk, id: Id) -> Result<RunView, Error> {
        let run = self.find_run(id).await?;
        if run.state != RunState::Approved {
            return Err(Error::RunNotClosed);
        }
        let ctx = self.batch_context(&run)?.by_officer(&clerk.id, None);
        let batch = self.batches.resend(ctx, id).await?;
        self.run_view(run, Some(batch))
    }

    async fn find_run(&self, id: Id) -> Result<Run, Error> {
        let found = self.ctx.db.read(move |tx| {
            Box::pin(async move { Ok::<_, Error>(store::runs::find(tx, id).await?) })
        });
        found.await?.ok_or(Error::RunUnknown)
    }

    pub(super) fn payment_of(&self, run: &Run) -> Result<&Payment, Error> {
        self.package(&run.service)?.outcome.payment.as_ref().ok_or(Error::ServiceUnknown)
    }

    pub(super) fn batch_context(&self, run: &Run) -> Result<CallContext, Error> {
        let (package, payment) = (self.package(&run.service)?, self.payment_of(run)?);
        let service = self.service_of(&self.deps.payments, BATCHES);
        Ok(self.call(service, &payment.purpose, &package.law))
    }

    pub(super) fn run_total(&self, run: &Run) -> Result<Money, Error> {
        let amount = self.payment_of(run)?.amount.money();
        let currency = amount.ok_or(Error::Stored("the currency of a package"))?.currency();
        Ok(Money::from_minor(run.total, currency))
    }

    fn run_view(&self, run: Run, batch: Option<BatchOut>) -> Result<RunView, Error> {
        Ok(RunView {
            total: self.run_total(&run)?,
            id: run.id,
            service: run.service,
            month: run.month,
            state: run.state.as_str().to_owned(),
            lines: run.lines,
            sent: run.sent,
            opened: run.opened,
            opened_by: run.opened_by,
            approved_by: run.approved_by,
            problem: run.problem,
            batch: batch.as_ref().map(|batch| batch.status),
            tally: batch.map(|batch| batch.tally),
        })
    }
}

/// The one refusal of the payments block that an officer can do something about.
fn short_of_funds(error: CallError) -> Error {
    match error {
        CallError::Answered { slug, .. } if slug == "insufficient-funds" => Error::Funds,
        other => other.into(),
    }
}
