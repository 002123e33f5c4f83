//! Requests that may be sent twice: the same key and body get the stored answer, the same key with
//! another body is refused.
//!
//! A stored answer lies in the database in clear: it must hold references, not personal data.

use crate::db::{DbError, Tx, Value};
use aws_lc_rs::digest;

/// What identifies a repeated request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who sends it: a member or an officer. Keys of different callers never meet.
    pub caller: String,
    /// The operation's name, such as `register_birth`.
    pub operation: &'static str,
    /// The `Idempotency-Key` header, 1 to 200 visible ASCII characters.
    pub key: String,
    /// SHA-256 of the body.
    pub digest: [u8; 32],
}

impl Request {
    /// Describes a request by its body.
    #[must_use]
    pub fn new(
        caller: impl Into<String>,
        operation: &'static str,
        key: impl Into<String>,
        body: &[u8],
    ) -> Self {
        let mut digest = [0; 32];
        digest.copy_from_slice(digest::digest(&digest::SHA256, body).as_ref());
        Self { caller: caller.into(), operation, key: key.into(), digest }
    }
}

/// What is known of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recall {
    /// Not seen before.
    New,
    /// Seen before with the same body: give this answer again.
    Answered {
        /// HTTP status.
        status: u16,
        /// The body that was sent.
        answer: String,
    },
    /// The key was used for another body: refuse with 409.
    Mismatch,
}

impl Tx {
    /// Looks a request up.
    ///
    /// # Errors
    /// Any [`DbError`].
    pub async fn recall(&mut self, request: &Request) -> Result<Recall, DbError> {
        let sql = "SELECT request, status, answer FROM idempotency
            WHERE caller = $1 AND operation = $2 AND key = $3";
        let args =
            [request.caller.as_str().into(), request.operation.into(), request.key.as_str().into()];
        let Some(row) = self.opt(sql, &args).await? else { return Ok(Recall::New) };
        if row.get::<[u8; 32]>("request")? != request.digest {
            return Ok(Recall::Mismatch);
        }
        let status = u16::try_from(row.get::<i64>("status")?).map_err(|_| DbError::Corrupt {
            column: "status".to_owned(),
            expected: "an HTTP status",
        })?;
        Ok(Recall::Answered { status, answer: row.get("answer")? })
    }

    /// Remembers the answer, in the transaction that did the work. When the same request was
    /// answered meanwhile, the transaction is run again and then recalls that answer.
    ///
    /// # Errors
    /// Any [`DbError`].
    pub async fn remember(
        &mut self,
        request: &Request,
        status: u16,
        answer: &str,
    ) -> Result<(), DbError> {
        let args: [Value; 7] = [
            request.caller.as_str().into(),
            request.operation.into(),
            request.key.as_str().into(),
            request.digest.into(),
            status.into(),
            answer.into(),
            self.now().into(),
        ];
        let sql =
            "INSERT INTO idempotency (caller, operation, key, request, status, answer, created)
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        match self.exec(sql, &args).await {
            Err(DbError::Unique(_)) => Err(self.collided()),
            other => other.map(drop),
        }
    }
}
