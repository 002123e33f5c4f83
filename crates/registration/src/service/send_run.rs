//! Moving a run on: gather its instructions, open the batch, send the parts, close. Every piece of work
//! can be done again after a crash: instruction ids stand in the database before they are sent, and
//! the payments block takes an id once.

use super::Registration;
use super::payees::open_id;
use super::steps::told;
use crate::error::Error;
use crate::events;
use crate::model::award::{Award, PAYMENTS_KEY};
use crate::model::run::{Run, RunState};
use crate::store;
use contracts::CallError;
use contracts::batches::{BatchIn, Instruction, PART_LINES_MAX};
use kernel::audit::Audit;
use kernel::db::Tx;

/// Instructions of one part, and of one page in memory: below a body of 1 MiB.
const PAGE: usize = 2_500;
const _: () = assert!(PAGE <= PART_LINES_MAX);

impl Registration {
    /// Moves every run on as far as it goes; answers how many were moved.
    ///
    /// # Errors
    /// [`Error::Db`]. A run that fails is put off and says why.
    pub async fn advance_runs(&self) -> Result<usize, Error> {
        let now = self.ctx.clock.now();
        let moving = self.ctx.db.read(move |tx| {
            Box::pin(async move { Ok::<_, Error>(store::runs::moving(tx, now).await?) })
        });
        let mut moved = 0;
        for mut run in moving.await? {
            while run.state.is_moving() {
                match self.advance(&run).await {
                    Ok(further) => run = further,
                    Err(error) => {
                        self.put_off_run(&run, &error).await?;
                        break;
                    }
                }
            }
            moved += 1;
        }
        Ok(moved)
    }

    async fn advance(&self, run: &Run) -> Result<Run, Error> {
        match run.state {
            RunState::Gathering => self.gather(run).await,
            RunState::Gathered => self.open_batch(run).await,
            RunState::Sending => self.send_part(run).await,
            RunState::Sent => self.close_batch(run).await,
            RunState::Closed | RunState::Approved | RunState::Empty => Ok(run.clone()),
        }
    }

    /// Draws instructions for the next page of active awards.
    async fn gather(&self, run: &Run) -> Result<Run, Error> {
        let (registration, seen) = (self.clone(), run.clone());
        let gathered = self
            .ctx
            .db
            .write(move |tx| Box::pin(async move { registration.gather_page(tx, &seen).await }));
        gathered.await
    }

    async fn gather_page(&self, tx: &mut Tx, seen: &Run) -> Result<Run, Error> {
        let awards = store::awards::page(tx, &seen.service, seen.after, PAGE as i64).await?;
        let mut run = moved(seen);
        if awards.is_empty() {
            run.state = if run.lines == 0 { RunState::Empty } else { RunState::Gathered };
            return keep(tx, seen, run).await;
        }
        let key = self.ctx.fields.subject_or_new(tx, PAYMENTS_KEY).await?;
        let mut lines = Vec::with_capacity(awards.len());
        for (award, minor) in awards {
            let instruction = tx.mint();
            let sealed = key.seal(&Run::label(run.id, award), instruction.as_bytes());
            run.lines += 1;
            run.total = run.total.checked_add(minor).ok_or(Error::Stored("the sum of a run"))?;
            run.after = Some(award);
            lines.push((run.lines, award, sealed, minor));
        }
        store::runs::append_lines(tx, run.id, &lines).await?;
        keep(tx, seen, run).await
    }

    async fn open_batch(&self, run: &Run) -> Result<Run, Error> {
        let package = self.package(&run.service)?;
        let ask = BatchIn {
            id: run.id,
            debit: self.payment_of(run)?.debit.clone(),
            title: format!("{}, {}", package.name.say("en"), run.month),
            count: run.lines,
            total: self.run_total(run)?,
        };
        let ctx = self.batch_context(run)?.by_officer(&run.opened_by, None);
        self.batches.open(ctx, &ask).await?;
        self.keep_run(run, Run { state: RunState::Sending, ..moved(run) }).await
    }

    /// Sends the next part, a page of instructions.
    async fn send_part(&self, run: &Run) -> Result<Run, Error> {
        let part = self.part(run).await?;
        if part.is_empty() {
            return self.keep_run(run, Run { state: RunState::Sent, ..moved(run) }).await;
        }
        let answer = self.batches.add(self.batch_context(run)?, run.id, &part).await?;
        if let Some(refused) = answer.refused.into_iter().next() {
            return Err(Error::InstructionRefused {
                position: run.sent + i64::from(refused.line),
                field: refused.field,
                reason: refused.reason,
            });
        }
        let sent = run.sent + part.len() as i64;
        self.keep_run(run, Run { sent, ..moved(run) }).await
    }

    async fn part(&self, run: &Run) -> Result<Vec<Instruction>, Error> {
        let reference = self.payment_of(run)?.reference.replace("{month}", &run.month);
        let (fields, id, sent) = (self.ctx.fields.clone(), run.id, run.sent);
        let part = self.ctx.db.read(move |tx| {
            Box::pin(async move {
                let lines = store::runs::lines(tx, id, sent, PAGE as i64).await?;
                let key = fields.subject(tx, PAYMENTS_KEY).await?;
                let one = |line: &store::runs::RunLine| {
                    Ok(Instruction {
                        id: open_id(&key, &Run::label(id, line.award), &line.instruction)?,
                        payee: open_id(&key, &Award::label(line.award), &line.payee)?,
                        minor: line.minor,
                        reference: reference.clone(),
                    })
                };
                lines.iter().map(one).collect::<Result<Vec<_>, Error>>()
            })
        });
        part.await
    }

    /// Closes the batch in the name of the officer who opened the run.
    async fn close_batch(&self, run: &Run) -> Result<Run, Error> {
        let ctx = self.batch_context(run)?.by_officer(&run.opened_by, None);
        self.batches.close(ctx, run.id).await?;
        let (seen, closed) = (run.clone(), Run { state: RunState::Closed, ..moved(run) });
        let kept = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                let run = keep(tx, &seen, closed).await?;
                tx.audit(Audit::new(&events::RUN_CLOSED, "job:advance_runs", run.id)).await?;
                Ok::<_, Error>(run)
            })
        });
        kept.await
    }

    async fn keep_run(&self, seen: &Run, run: Run) -> Result<Run, Error> {
        let seen = seen.clone();
        let kept = self.ctx.db.write(move |tx| Box::pin(async move { keep(tx, &seen, run).await }));
        kept.await
    }

    async fn put_off_run(&self, run: &Run, error: &Error) -> Result<(), Error> {
        let problem = match error {
            Error::Call(CallError::Answered { status, slug, detail }) => {
                // What the payments block says of a batch names no person.
                format!("{status} {slug}: {detail}")
            }
            other => told(other),
        };
        tracing::warn!(run = %run.id, state = run.state.as_str(), problem, "A run was put off");
        let failed = run.clone().failed(problem, self.ctx.clock.now());
        let seen = run.clone();
        let kept = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                // Another process may have moved it on; then there is nothing to put off.
                store::runs::update(tx, &seen, &failed).await?;
                Ok::<_, Error>(())
            })
        });
        kept.await
    }
}

/// A run that went on: earlier failures are forgotten.
fn moved(run: &Run) -> Run {
    Run { attempts: 0, problem: None, ..run.clone() }
}

/// Writes a run; what another process has moved on meanwhile is answered as it stands.
async fn keep(tx: &mut Tx, seen: &Run, run: Run) -> Result<Run, Error> {
    if store::runs::update(tx, seen, &run).await? {
        return Ok(run);
    }
    store::runs::find(tx, run.id).await?.ok_or(Error::RunUnknown)
}
