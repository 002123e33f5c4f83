//! Taking a message.

use super::Messaging;
use crate::error::Error;
use crate::events::MESSAGE_SENT;
use crate::mail;
use crate::model::delivery::{Channel, Delivery, Letter, rank};
use crate::model::message::{Content, Message, is_mobile};
use crate::model::templates::Rendered;
use crate::store::{deliveries, messages};
use contracts::messaging::{self as wire_format, DeliveryStatus, MessageIn, MessageOut};
use contracts::{CallContext, Pseudonym};
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::fields::{Fields, SubjectKey};
use serde_json::json;
use std::sync::Arc;

/// A message ready to be written down.
struct Asked {
    subject: Pseudonym,
    client: String,
    known_as: [u8; 32],
    content: [u8; 32],
    rendered: Rendered,
    ask: MessageIn,
}

impl Messaging {
    /// Takes a message to `subject`; sent again, it is answered as it stands.
    ///
    /// # Errors
    /// [`Error::Render`], [`Error::Address`]; [`Error::MessageDiffers`] when the id stands for another.
    pub async fn send_message(
        &self,
        call: CallContext,
        subject: Pseudonym,
        ask: MessageIn,
    ) -> Result<MessageOut, Error> {
        let (fields, id) = (self.ctx.fields.clone(), ask.id);
        let asked = Arc::new(self.checked(&call, subject, ask)?);
        let write = || {
            let (fields, asked) = (fields.clone(), asked.clone());
            self.ctx
                .db
                .write(move |tx| Box::pin(async move { write_message(tx, &fields, &asked).await }))
        };
        let mut written = write().await;
        // The same message came twice in the same moment: it stands now.
        if matches!(&written, Err(Error::Db(error)) if error.is_unique_violation()) {
            written = write().await;
        }
        let deliveries: Vec<Delivery> = written?;
        Ok(MessageOut { id, deliveries: told(&deliveries) })
    }

    fn checked(
        &self,
        call: &CallContext,
        subject: Pseudonym,
        ask: MessageIn,
    ) -> Result<Asked, Error> {
        if ask.sms.as_deref().is_some_and(|number| !is_mobile(number)) {
            return Err(Error::Address("sms"));
        }
        if ask.email.as_deref().is_some_and(|address| !mail::is_address(address)) {
            return Err(Error::Address("email"));
        }
        let language = ask.language.as_deref();
        let rendered = self.deps.templates.render(&ask.template, language, &ask.values)?;
        let fields = &self.ctx.fields;
        let content = serde_json::to_string(&(subject, &ask)).expect("strings are JSON");
        Ok(Asked {
            subject,
            client: call.client.to_string(),
            known_as: fields.blind_index("id", &format!("{} {}", call.client, ask.id))?,
            content: fields.blind_index("content", &content)?,
            rendered,
            ask,
        })
    }
}

async fn write_message(
    tx: &mut Tx,
    fields: &Fields,
    asked: &Asked,
) -> Result<Vec<Delivery>, Error> {
    if let Some(before) = messages::find_known(tx, &asked.known_as).await? {
        return match before.content == asked.content {
            true => Ok(deliveries::deliveries_of(tx, before.id).await?),
            false => Err(Error::MessageDiffers),
        };
    }
    let key = fields.subject_or_new(tx, asked.subject.as_bytes()).await?;
    let id = tx.mint();
    let content =
        Content { title: asked.rendered.title.clone(), text: asked.rendered.text.clone() };
    let message = Message {
        id,
        known_as: asked.known_as,
        content: asked.content,
        subject: asked.subject,
        client: asked.client.clone(),
        template: asked.ask.template.clone(),
        language: asked.rendered.language.clone(),
        sealed: seal(&key, &Message::label(id), &content),
        sent: tx.now(),
        opened: None,
    };
    messages::insert_message(tx, &message).await?;
    let mut queued = Vec::new();
    for (channel, letter) in letters(asked) {
        let delivery = delivery(tx, &key, &message, asked, channel, &letter);
        deliveries::insert_delivery(tx, &delivery).await?;
        queued.push(delivery);
    }
    let channels: Vec<&str> = queued.iter().map(|delivery| delivery.channel.word()).collect();
    let detail = json!({ "template": message.template, "channels": channels });
    tx.audit(Audit::new(&MESSAGE_SENT, message.client, id).with(detail)).await?;
    Ok(queued)
}

/// What leaves the house: one letter for each channel asked for.
fn letters(asked: &Asked) -> Vec<(Channel, Letter)> {
    let rendered = &asked.rendered;
    let sms = asked.ask.sms.clone().map(|to| {
        let (title, text) = (String::new(), rendered.sms.clone());
        (Channel::Sms, Letter { to, title, text })
    });
    let email = asked.ask.email.clone().map(|to| {
        let (title, text) = (rendered.title.clone(), rendered.text.clone());
        (Channel::Email, Letter { to, title, text })
    });
    sms.into_iter().chain(email).collect()
}

fn delivery(
    tx: &Tx,
    key: &SubjectKey,
    message: &Message,
    asked: &Asked,
    channel: Channel,
    letter: &Letter,
) -> Delivery {
    let (id, now) = (tx.mint(), tx.now());
    Delivery {
        id,
        message: message.id,
        subject: message.subject,
        channel,
        status: DeliveryStatus::Queued,
        reason: None,
        sealed: Some(seal(key, &Delivery::label(id), letter)),
        priority: rank(asked.rendered.priority),
        attempts: 0,
        queued: now,
        next_at: now,
    }
}

fn seal(key: &SubjectKey, label: &str, content: &impl serde::Serialize) -> Vec<u8> {
    key.seal(label, &serde_json::to_vec(content).expect("strings are JSON"))
}

/// What the sender is told. The inbox has the message from the first moment.
fn told(deliveries: &[Delivery]) -> Vec<wire_format::Delivery> {
    let inbox =
        wire_format::Delivery { channel: "inbox".to_owned(), status: DeliveryStatus::Delivered };
    let others = deliveries.iter().map(|delivery| wire_format::Delivery {
        channel: delivery.channel.word().to_owned(),
        status: delivery.status,
    });
    std::iter::once(inbox).chain(others).collect()
}
