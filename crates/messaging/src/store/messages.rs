//! Messages in inboxes.

use crate::model::message::Message;
use basis::{Id, Timestamp};
use contracts::Pseudonym;
use kernel::db::{DbError, Row, Tx, Value};

pub async fn insert_message(tx: &mut Tx, message: &Message) -> Result<(), DbError> {
    let sql = "INSERT INTO message (id, known_as, content, subject, client, template, language,
            sealed, sent, opened)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let args: [Value; 10] = [
        message.id.into(),
        message.known_as.into(),
        message.content.into(),
        message.subject.0.into(),
        message.client.as_str().into(),
        message.template.as_str().into(),
        message.language.as_str().into(),
        message.sealed.as_slice().into(),
        message.sent.into(),
        message.opened.into(),
    ];
    tx.exec(sql, &args).await.map(drop)
}

pub async fn find_known(tx: &mut Tx, known_as: &[u8; 32]) -> Result<Option<Message>, DbError> {
    let sql =
        "SELECT id, known_as, content, subject, client, template, language, sealed, sent, opened
        FROM message WHERE known_as = $1";
    tx.opt(sql, &[(*known_as).into()]).await?.as_ref().map(message).transpose()
}

pub async fn find_message(
    tx: &mut Tx,
    subject: Pseudonym,
    id: Id,
) -> Result<Option<Message>, DbError> {
    let sql =
        "SELECT id, known_as, content, subject, client, template, language, sealed, sent, opened
        FROM message WHERE id = $1 AND subject = $2";
    tx.opt(sql, &[id.into(), subject.0.into()]).await?.as_ref().map(message).transpose()
}

/// A person's newest messages.
pub async fn newest_messages(
    tx: &mut Tx,
    subject: Pseudonym,
    limit: i64,
) -> Result<Vec<Message>, DbError> {
    let sql =
        "SELECT id, known_as, content, subject, client, template, language, sealed, sent, opened
        FROM message WHERE subject = $1 ORDER BY sent DESC, id DESC LIMIT $2";
    tx.all(sql, &[subject.0.into(), limit.into()]).await?.iter().map(message).collect()
}

pub async fn count_unread(tx: &mut Tx, subject: Pseudonym) -> Result<i64, DbError> {
    let sql = "SELECT COUNT(*) AS n FROM message WHERE subject = $1 AND opened IS NULL";
    tx.one(sql, &[subject.0.into()]).await?.get("n")
}

pub async fn mark_opened(tx: &mut Tx, id: Id, at: Timestamp) -> Result<(), DbError> {
    let sql = "UPDATE message SET opened = $2 WHERE id = $1 AND opened IS NULL";
    tx.exec(sql, &[id.into(), at.into()]).await.map(drop)
}

fn message(row: &Row) -> Result<Message, DbError> {
    Ok(Message {
        id: row.get("id")?,
        known_as: row.get("known_as")?,
        content: row.get("content")?,
        subject: Pseudonym(row.get("subject")?),
        client: row.get("client")?,
        template: row.get("template")?,
        language: row.get("language")?,
        sealed: row.get("sealed")?,
        sent: row.get("sent")?,
        opened: row.get("opened")?,
    })
}
