//! Officers of the authority read, take up and answer complaints. What they read of a person stands in
//! that person's read log first.

use super::{Governance, answer_label};
use crate::Error;
use crate::events::{GRIEVANCE_ANSWERED, GRIEVANCE_TAKEN_UP};
use crate::model::grievance::{self, Held, Step};
use crate::store::{grievances, notices};
use basis::Timestamp;
use contracts::context::BasisKind;
use contracts::governance::{Grievance, GrievanceStatus};
use contracts::reads::{self, ReadEntry};
use kernel::audit::Audit;
use kernel::db::Tx;
use serde::Serialize;
use utoipa::ToSchema;

/// The most complaints of one kind in a queue.
const QUEUE_MAX: i64 = 200;
/// The most answered ones shown below them.
const ANSWERED_MAX: i64 = 20;
/// Purpose of officers' reads.
const PURPOSE: &str = "grievance-handling";

/// The officer who acts.
#[derive(Clone, Debug)]
pub struct Acting {
    /// Id at the authority.
    pub id: String,
    /// As audit rows name them.
    pub actor: String,
}

/// A complaint in a queue, without a word of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct QueueLine {
    /// The number to quote.
    #[schema(example = "G-2026-000012")]
    pub number: String,
    /// Where it stands.
    pub status: GrievanceStatus,
    /// The officer who took it up.
    pub officer: Option<String>,
    /// When it was lodged.
    #[schema(value_type = String, format = DateTime)]
    pub lodged: Timestamp,
    /// When an answer is due.
    #[schema(value_type = String, format = DateTime)]
    pub due: Timestamp,
    /// True if it should have been answered by now.
    pub overdue: bool,
}

impl QueueLine {
    fn of(held: Held, now: Timestamp) -> Self {
        Self {
            overdue: held.is_overdue(now),
            number: held.number,
            status: held.status,
            officer: held.officer,
            lodged: held.lodged,
            due: held.due,
        }
    }
}

/// What officers have before them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Queue {
    /// Not taken up yet, those due first in front.
    pub lodged: Vec<QueueLine>,
    /// Taken up, those due first in front.
    pub taken_up: Vec<QueueLine>,
    /// Answered of late, the latest first.
    pub answered: Vec<QueueLine>,
}

impl Governance {
    /// What is to be done.
    ///
    /// # Errors
    /// What the database says.
    pub async fn queue(&self) -> Result<Queue, Error> {
        let read = self.0.db.read(|tx| {
            Box::pin(async move {
                let now = tx.now();
                let lines = |found: Vec<Held>| {
                    found.into_iter().map(|held| QueueLine::of(held, now)).collect()
                };
                let of = GrievanceStatus::Lodged;
                let lodged = lines(grievances::of_status(tx, of, QUEUE_MAX).await?);
                let of = GrievanceStatus::TakenUp;
                let taken_up = lines(grievances::of_status(tx, of, QUEUE_MAX).await?);
                let answered = lines(grievances::answered(tx, ANSWERED_MAX).await?);
                Ok(Queue { lodged, taken_up, answered })
            })
        });
        read.await
    }

    /// A complaint with its words, for an officer; logged before it is shown.
    ///
    /// # Errors
    /// [`Error::GrievanceUnknown`].
    pub async fn read_grievance(
        &self,
        officer: Acting,
        number: String,
    ) -> Result<(QueueLine, Grievance), Error> {
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let found = grievances::find_by_number(tx, &number).await?;
                let (held, words, answer) =
                    this.open(tx, found.ok_or(Error::GrievanceUnknown)?).await?;
                this.log_read(tx, &officer, &held).await?;
                let line = QueueLine::of(held.clone(), tx.now());
                Ok((line, held.shown(words, answer)))
            })
        });
        write.await
    }

    /// Takes a complaint up. Twice is once.
    ///
    /// # Errors
    /// [`Error::GrievanceUnknown`], [`Error::Step`].
    pub async fn take_up(&self, officer: Acting, number: String) -> Result<QueueLine, Error> {
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let found = grievances::find_by_number(tx, &number).await?;
                let mut held = found.ok_or(Error::GrievanceUnknown)?.held;
                if held.take_up(&officer.id)? {
                    grievances::set_taken_up(tx, &held).await?;
                    let audit = Audit::new(&GRIEVANCE_TAKEN_UP, officer.actor, &held.number);
                    tx.audit(audit).await?;
                }
                Ok(QueueLine::of(held, tx.now()))
            })
        });
        write.await
    }

    /// Answers a complaint; that the person is told is written down with it. The same answer again
    /// changes nothing.
    ///
    /// # Errors
    /// [`Error::GrievanceUnknown`], [`Error::Invalid`], [`Error::Step`].
    pub async fn answer(
        &self,
        officer: Acting,
        number: String,
        answer: String,
    ) -> Result<QueueLine, Error> {
        let answer = answer.trim().to_owned();
        grievance::check_text("answer", &answer)?;
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let found = grievances::find_by_number(tx, &number).await?;
                let found = found.ok_or(Error::GrievanceUnknown)?;
                let mut held = found.held.clone();
                match held.answer(&officer.id, tx.now()) {
                    Ok(()) => {}
                    Err(Step::Answered) => {
                        let (held, _, before) = this.open(tx, found).await?;
                        let same = before.as_deref() == Some(answer.as_str());
                        let by = held.officer.as_deref() == Some(officer.id.as_str());
                        return match same && by {
                            true => Ok(QueueLine::of(held, tx.now())),
                            false => Err(Step::Answered.into()),
                        };
                    }
                    Err(step) => return Err(step.into()),
                }
                let key = this.0.fields.subject(tx, held.subject.as_bytes()).await?;
                let sealed = key.seal(&answer_label(&held), answer.as_bytes());
                grievances::set_answered(tx, &held, &sealed).await?;
                notices::insert(tx, held.id).await?;
                tx.audit(Audit::new(&GRIEVANCE_ANSWERED, officer.actor, &held.number)).await?;
                Ok(QueueLine::of(held, tx.now()))
            })
        });
        write.await
    }

    async fn log_read(&self, tx: &mut Tx, officer: &Acting, held: &Held) -> Result<(), Error> {
        let entry = ReadEntry {
            at: tx.now(),
            reader: self.0.deps.subsystem.clone(),
            officer: Some(officer.id.clone()),
            case: Some(held.number.clone()),
            purpose: PURPOSE.to_owned(),
            basis: BasisKind::Law,
            basis_reference: self.0.deps.law.clone(),
            fields: vec!["line".to_owned(), "text".to_owned()],
            self_read: false,
            refused: None,
        };
        Ok(reads::store::insert(tx, &self.0.fields, held.subject, &entry).await?)
    }
}
