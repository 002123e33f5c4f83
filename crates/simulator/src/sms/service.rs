//! The use cases of an SMS gateway.

use super::model::{
    Entry, KEPT_SECONDS, LATER_SECONDS, Outbox, Sealed, Shown, check, outcome, receipts,
};
use super::store;
use crate::Deps;
use crate::bank::pause_seconds;
use crate::error::Error;
use crate::events::SMS_READ;
use crate::ground::{basis, ground};
use basis::{Id, Timestamp};
use contracts::messaging::{DeliveryStatus, MessagingClient, SMS_RECEIPTS, SmsIn, SmsReceipt};
use contracts::{CallContext, CallError, SubsystemId, Wire};
use kernel::audit::Audit;
use kernel::block::Ctx;
use kernel::db::{DbError, Tx};
use kernel::fields::Fields;
use serde_json::json;
use std::sync::Arc;

const LABEL: &str = "sms";
/// Messages turned to at once.
const AT_ONCE: i64 = 100;

/// An SMS gateway. Cheap to clone.
#[derive(Clone)]
pub struct Gateway {
    ctx: Ctx,
    wire: Arc<dyn Wire>,
    subsystem: SubsystemId,
}

impl Gateway {
    pub fn new(ctx: &Ctx, deps: &Deps) -> Self {
        let (wire, subsystem) = (deps.wire.clone(), deps.subsystem.clone());
        Self { ctx: ctx.clone(), wire, subsystem }
    }

    /// Takes a message; sent again, it is answered as it stands.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::SmsDiffers`] when the id stands for another message.
    pub async fn take_sms(&self, call: CallContext, sms: SmsIn) -> Result<SmsReceipt, Error> {
        check(&sms)?;
        let (fields, id) = (self.ctx.fields.clone(), sms.id);
        let asked = Arc::new((call, sms));
        let taken = self
            .ctx
            .db
            .write(move |tx| Box::pin(async move { take(tx, &fields, &asked.0, &asked.1).await }));
        Ok(SmsReceipt { id, status: taken.await? })
    }

    /// The messages of the last day, for an officer of the gateway's member.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn outbox(&self, actor: String) -> Result<Outbox, Error> {
        let fields = self.ctx.fields.clone();
        let messages = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                let entries = store::newest_sms(tx, AT_ONCE).await?;
                let mut shown = Vec::with_capacity(entries.len());
                for entry in &entries {
                    let Sealed { to, text, .. } = open(tx, &fields, entry).await?;
                    shown.push(Shown { to, text, at: entry.received, status: entry.status });
                }
                let detail = json!({ "count": shown.len() });
                tx.audit(Audit::new(&SMS_READ, actor, "outbox").with(detail)).await?;
                Ok(shown)
            })
        });
        let messages: Result<Vec<Shown>, Error> = messages.await;
        Ok(Outbox { messages: messages? })
    }

    /// Gives receipts that are due and forgets what is old; answers how many receipts were taken.
    ///
    /// # Errors
    /// When the database cannot answer. A receipt that does not get through is given again later.
    pub async fn work(&self) -> Result<usize, Error> {
        self.forget_old().await?;
        let mut taken = 0;
        loop {
            let due = self.due().await?;
            if due.is_empty() {
                return Ok(taken);
            }
            for (entry, id) in due {
                taken += usize::from(self.give_receipt(entry, id).await?);
            }
        }
    }

    /// Messages whose receipt is due, each with what has become of it and the sender's id.
    async fn due(&self) -> Result<Vec<(Entry, Id)>, Error> {
        let fields = self.ctx.fields.clone();
        let due = self.ctx.db.read(move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let mut due = Vec::new();
                for entry in store::due_sms(tx, now, AT_ONCE).await? {
                    let sealed = open(tx, &fields, &entry).await?;
                    due.push((Entry { status: outcome(&sealed.to), ..entry }, sealed.id));
                }
                Ok(due)
            })
        });
        due.await
    }

    async fn give_receipt(&self, entry: Entry, id: Id) -> Result<bool, Error> {
        let told = self.tell(&entry, id).await;
        if let Err(error) = &told {
            tracing::info!("{} did not take a receipt: {error}", entry.client);
        }
        let after = noted(entry, told.is_ok(), self.ctx.clock.now());
        let write = self
            .ctx
            .db
            .write(move |tx| Box::pin(async move { store::set_progress(tx, &after).await }));
        write.await.map_err(db)?;
        Ok(told.is_ok())
    }

    async fn tell(&self, entry: &Entry, id: Id) -> Result<(), CallError> {
        let unusable = |what: &str| CallError::Request(what.to_owned());
        let client: SubsystemId = entry.client.parse().map_err(|_| unusable(&entry.client))?;
        let service = client.service(SMS_RECEIPTS).map_err(|error| unusable(&error.to_string()))?;
        let basis = basis(&entry.ground)?;
        let (clock, rng) = (&self.ctx.clock, &self.ctx.rng);
        let call = CallContext::new(
            self.subsystem.clone(),
            service,
            entry.purpose.clone(),
            basis,
            Id::mint(clock, rng),
            clock.now(),
        );
        let receipt = SmsReceipt { id, status: entry.status };
        MessagingClient::new(self.wire.clone()).report_sms(call, &receipt).await
    }

    async fn forget_old(&self) -> Result<(), Error> {
        let fields = self.ctx.fields.clone();
        let forget = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                let before = tx.now().plus_seconds(-KEPT_SECONDS);
                for known_as in store::old_sms(tx, before, AT_ONCE).await? {
                    fields.erase(tx, &known_as).await?;
                    store::forget_sms(tx, &known_as).await?;
                }
                Ok(())
            })
        });
        forget.await
    }
}

async fn take(
    tx: &mut Tx,
    fields: &Fields,
    call: &CallContext,
    sms: &SmsIn,
) -> Result<DeliveryStatus, Error> {
    let member = call.client.member();
    let known_as = fields.blind_index("id", &format!("{member} {}", sms.id))?;
    let content = fields.blind_index("content", &json!([sms.to, sms.text]).to_string())?;
    // Two messages with one id in the same moment: the second finds the first.
    tx.lock("sms").await?;
    if let Some(before) = store::find_sms(tx, &known_as).await? {
        return match before.content == content {
            true => Ok(before.status),
            false => Err(Error::SmsDiffers),
        };
    }
    let sealed = Sealed { id: sms.id, to: sms.to.clone(), text: sms.text.clone() };
    let sealed = serde_json::to_vec(&sealed).expect("strings are JSON");
    let now = tx.now();
    let entry = Entry {
        known_as,
        content,
        // A key of its own, so that it can be destroyed alone.
        sealed: Some(fields.seal(tx, &known_as, LABEL, &sealed).await?),
        client: call.client.to_string(),
        purpose: call.purpose.clone(),
        ground: ground(&call.basis),
        status: DeliveryStatus::Sent,
        received: now,
        due: Some(now.plus_seconds(LATER_SECONDS)),
        receipts_left: receipts(&sms.to),
        attempts: 0,
    };
    store::insert_sms(tx, &entry).await?;
    Ok(entry.status)
}

async fn open(tx: &mut Tx, fields: &Fields, entry: &Entry) -> Result<Sealed, Error> {
    let sealed = entry.sealed.as_deref().ok_or(Error::Damaged("sms"))?;
    let opened = fields.open(tx, &entry.known_as, LABEL, sealed).await?;
    serde_json::from_slice(&opened).map_err(|_| Error::Damaged("sms"))
}

/// How a message stands after a receipt that was taken or was not.
fn noted(entry: Entry, taken: bool, now: Timestamp) -> Entry {
    if !taken {
        let attempts = entry.attempts + 1;
        let due = Some(now.plus_seconds(pause_seconds(attempts)));
        return Entry { attempts, due, ..entry };
    }
    let receipts_left = (entry.receipts_left - 1).max(0);
    Entry { receipts_left, due: (receipts_left > 0).then_some(now), attempts: 0, ..entry }
}

fn db(error: DbError) -> Error {
    error.into()
}
