//! A person's own inbox.

use super::Messaging;
use crate::error::Error;
use crate::model::message::{Content, Message};
use crate::store::messages;
use basis::Id;
use contracts::Pseudonym;
use contracts::messaging::{Inbox, InboxMessage};
use kernel::fields::SubjectKey;

/// Messages that an inbox shows.
const SHOWN: i64 = 100;

impl Messaging {
    /// The person's newest messages.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn inbox(&self, subject: Pseudonym) -> Result<Inbox, Error> {
        let fields = self.ctx.fields.clone();
        let inbox = self.ctx.db.read(move |tx| {
            Box::pin(async move {
                let found = messages::newest_messages(tx, subject, SHOWN).await?;
                if found.is_empty() {
                    return Ok(Inbox { messages: Vec::new(), unread: 0 });
                }
                let key = fields.subject(tx, subject.as_bytes()).await?;
                let messages: Result<Vec<InboxMessage>, Error> =
                    found.iter().map(|message| shown(&key, message)).collect();
                let unread = messages::count_unread(tx, subject).await?;
                Ok(Inbox { messages: messages?, unread })
            })
        });
        inbox.await
    }

    /// The person opens a message.
    ///
    /// # Errors
    /// [`Error::MessageUnknown`].
    pub async fn open_message(&self, subject: Pseudonym, id: Id) -> Result<InboxMessage, Error> {
        let fields = self.ctx.fields.clone();
        let opened = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                let found = messages::find_message(tx, subject, id).await?;
                let mut message = found.ok_or(Error::MessageUnknown)?;
                let now = tx.now();
                messages::mark_opened(tx, id, now).await?;
                message.opened = message.opened.or(Some(now));
                let key = fields.subject(tx, subject.as_bytes()).await?;
                shown(&key, &message)
            })
        });
        opened.await
    }
}

fn shown(key: &SubjectKey, message: &Message) -> Result<InboxMessage, Error> {
    let opened = key.open(&Message::label(message.id), &message.sealed)?;
    let Content { title, text } =
        serde_json::from_slice(&opened).map_err(|_| Error::Damaged("message"))?;
    Ok(InboxMessage {
        id: message.id,
        from: message.client.parse().map_err(|_| Error::Damaged("message"))?,
        at: message.sent,
        title,
        text,
        language: message.language.clone(),
        read: message.opened.is_some(),
    })
}
