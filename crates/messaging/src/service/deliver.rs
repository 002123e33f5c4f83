//! Handing over what waits: the block's job.

use super::{Messaging, db};
use crate::error::Error;
use crate::events::DELIVERY_FAILED;
use crate::model::delivery::{Attempt, Channel, Delivery, Letter, reason};
use crate::store::deliveries;
use basis::Id;
use contracts::messaging::{DeliveryStatus, SmsIn};
use contracts::{CallContext, CallError, WireError};
use futures_util::future::join_all;
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::fields::{Fields, FieldsError};
use serde_json::json;

/// Deliveries handed over side by side.
const AT_ONCE: i64 = 16;

impl Messaging {
    /// Hands over what is due, the most urgent first; answers how many were taken. Between any two
    /// rounds something more urgent may come, so the queue is read anew.
    ///
    /// # Errors
    /// When the database cannot answer. What is not taken is tried again later.
    pub async fn deliver_due(&self) -> Result<usize, Error> {
        let mut taken = 0;
        loop {
            let due = self.due().await?;
            if due.is_empty() {
                return Ok(taken);
            }
            let attempts = join_all(due.iter().map(|(delivery, letter)| async move {
                match letter {
                    Ok(letter) => self.hand_over(delivery, letter).await,
                    Err(reason) => Attempt::Refused(reason),
                }
            }));
            let attempts = attempts.await;
            taken += attempts.iter().filter(|it| matches!(it, Attempt::Taken(_))).count();
            let now = self.ctx.clock.now();
            let tried = due.iter().zip(&attempts);
            self.note(tried.map(|((one, _), it)| one.clone().after(it, now)).collect()).await?;
        }
    }

    /// What is due, each with its letter, or why there is none.
    async fn due(&self) -> Result<Vec<(Delivery, Result<Letter, &'static str>)>, Error> {
        let fields = self.ctx.fields.clone();
        let due = self.ctx.db.read(move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let mut due = Vec::new();
                for delivery in deliveries::due_deliveries(tx, now, AT_ONCE).await? {
                    let letter = open(tx, &fields, &delivery).await?;
                    due.push((delivery, letter));
                }
                Ok(due)
            })
        });
        due.await
    }

    async fn hand_over(&self, delivery: &Delivery, letter: &Letter) -> Attempt {
        match delivery.channel {
            Channel::Sms => self.hand_to_gateway(delivery.id, letter).await,
            Channel::Email => match &self.deps.mail {
                Some(mail) => mail.send(delivery.id, letter).await,
                None => Attempt::Refused(reason::NOT_CONFIGURED),
            },
        }
    }

    async fn hand_to_gateway(&self, id: Id, letter: &Letter) -> Attempt {
        let Some(route) = &self.deps.sms else {
            return Attempt::Refused(reason::NOT_CONFIGURED);
        };
        let (clock, rng) = (&self.ctx.clock, &self.ctx.rng);
        // Without the person: the gateway needs a number, and not to know whose it is.
        let call = CallContext::new(
            self.deps.subsystem.clone(),
            route.service.clone(),
            route.purpose.clone(),
            route.basis.clone(),
            Id::mint(clock, rng),
            clock.now(),
        );
        let sms = SmsIn { id, to: letter.to.clone(), text: letter.text.clone() };
        match self.gateway.send_sms(call, &sms).await {
            Ok(receipt) => Attempt::Taken(receipt.status),
            Err(error) => {
                tracing::info!(delivery = %id, "The SMS gateway did not take a message: {error}");
                of_gateway(&error)
            }
        }
    }

    /// Notes what a round of attempts came to.
    async fn note(&self, after: Vec<Delivery>) -> Result<(), Error> {
        let write = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                for delivery in &after {
                    let noted =
                        deliveries::set_progress(tx, DeliveryStatus::Queued, delivery).await?;
                    if noted && delivery.status == DeliveryStatus::Failed {
                        tx.audit(failed(delivery)).await?;
                    }
                }
                Ok(())
            })
        });
        write.await.map_err(db)
    }
}

/// The audit entry of a channel that was given up on.
pub(super) fn failed(delivery: &Delivery) -> Audit {
    let detail = json!({ "channel": delivery.channel.word(), "reason": delivery.reason });
    Audit::new(&DELIVERY_FAILED, "job:deliver", delivery.message).with(detail)
}

/// What the gateway's answer means for a message: a request that it understood and refused will not
/// be better in an hour; everything else may be.
fn of_gateway(error: &CallError) -> Attempt {
    match error {
        CallError::Answered { status, .. }
            if matches!(status.as_u16(), 400 | 409 | 410 | 413 | 422) =>
        {
            Attempt::Refused(reason::REFUSED)
        }
        CallError::Request(_) | CallError::Wire(WireError::Malformed(_)) => {
            Attempt::Refused(reason::REFUSED)
        }
        _ => Attempt::Later,
    }
}

/// The letter of a delivery. One that cannot be opened must not hold up those behind it.
async fn open(
    tx: &mut Tx,
    fields: &Fields,
    delivery: &Delivery,
) -> Result<Result<Letter, &'static str>, Error> {
    let key = match fields.subject(tx, delivery.subject.as_bytes()).await {
        Ok(key) => key,
        Err(FieldsError::Erased) => return Ok(Err(reason::ERASED)),
        Err(error) => return Err(error.into()),
    };
    let sealed = delivery.sealed.as_deref().unwrap_or_default();
    let opened = key.open(&Delivery::label(delivery.id), sealed);
    let letter = opened.ok().and_then(|opened| serde_json::from_slice(&opened).ok());
    Ok(letter.ok_or(reason::DAMAGED))
}
