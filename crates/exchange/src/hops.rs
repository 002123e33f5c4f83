//! The hop log: who called what on which basis, at this end. Metadata and digests, no bodies, no
//! pseudonyms.
//!
//! One writer gathers what waits and commits it together. A request's row is durable before the
//! callee runs; the answer's row goes with the next request's commit, a tenth of a second later at
//! the latest, and nobody waits for it.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use basis::{Id, Timestamp};
use contracts::{
    CallContext, MemberId, Pseudonym, RefusalReason, ServiceId, SubsystemId, WireError,
};
use kernel::db::{Db, DbError};
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};
use utoipa::ToSchema;

use crate::error::ExchangeError;
use crate::exchange::Exchange;
use crate::flows::Flows;
use crate::message::{Digest, first_id_at};
use crate::store;

/// Entries that may wait for the writer before callers are held back.
const QUEUE: usize = 4096;
/// Entries written in one commit at most.
const BATCH: usize = 1024;
/// How long an answer waits for a request to be committed with.
const COMPANY: Duration = Duration::from_millis(100);
/// Answers kept for the next try while the database refuses writes; beyond it the oldest go.
const UNWRITTEN_MAX: usize = 10_000;

/// Which end of a call a row tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Caller and provider are in this installation.
    Local,
    /// Sent to another installation.
    Out,
    /// Received from another installation.
    In,
}

impl Direction {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Out => "out",
            Self::In => "in",
        }
    }

    /// The direction of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Local, Self::Out, Self::In].into_iter().find(|d| d.as_str() == name)
    }
}

/// A request as logged.
#[derive(Debug, Clone)]
pub struct Hop {
    /// Id of the message; the same at both ends.
    pub id: Id,
    /// This end.
    pub direction: Direction,
    /// When, by this installation's clock.
    pub recorded: Timestamp,
    /// The other installation.
    pub peer: Option<String>,
    /// The context. Of the subject only [`Hop::subject`] is stored.
    pub ctx: CallContext,
    /// HTTP method.
    pub method: String,
    /// Agreement the call passed under.
    pub agreement: Option<Id>,
    /// Keyed digest of the represented party.
    pub represented: Option<Digest>,
    /// Keyed digest of the subject as known at this end.
    pub subject: Option<Digest>,
    /// Digest of the request's signed text.
    pub digest: Digest,
    /// The sender's signature over it, where the request came from another installation.
    pub signature: Option<String>,
    /// Why the call was refused; none if it passed.
    pub refusal: Option<RefusalReason>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct HopAnswer {
    /// The request.
    pub hop: Id,
    /// This end.
    pub direction: Direction,
    /// When.
    pub recorded: Timestamp,
    /// HTTP status.
    pub status: u16,
    /// Digest of the answer's signed text.
    pub digest: Digest,
    /// The provider's signature over it, where the answer came from another installation.
    pub signature: Option<String>,
}

/// A row of the hop log as shown to an operator or auditor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HopRow {
    /// Id of the message.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// This end.
    pub direction: Direction,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub recorded: Timestamp,
    /// The other installation.
    pub peer: Option<String>,
    /// Who asked.
    pub client: String,
    /// What was asked.
    pub service: String,
    /// HTTP method.
    pub method: String,
    /// Purpose code.
    pub purpose: String,
    /// Kind of legal basis.
    pub basis: String,
    /// Its reference.
    pub basis_reference: String,
    /// Agreement the call passed under.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub agreement: Option<Id>,
    /// Officer who acted.
    pub officer: Option<String>,
    /// Case worked on.
    pub case: Option<String>,
    /// Same for all calls of one act.
    #[schema(value_type = String, format = "uuid")]
    pub correlation: Id,
    /// Why it was refused.
    pub refusal: Option<String>,
    /// HTTP status of the answer; none if none came.
    pub status: Option<i64>,
    /// When the answer came.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered: Option<Timestamp>,
}

enum Entry {
    Request(Box<Hop>, oneshot::Sender<Result<(), String>>),
    Answer(Box<HopAnswer>),
    Flush(oneshot::Sender<()>),
}

/// The log's writing end. Cheap to clone.
#[derive(Clone)]
pub struct HopLog {
    send: mpsc::Sender<Entry>,
    key: Arc<hmac::Key>,
    flows: Flows,
}

impl HopLog {
    /// Starts the writer. `secret` keys the digests of persons; it never leaves the installation.
    pub fn start(db: Db, secret: &[u8; 32]) -> Self {
        let (send, receive) = mpsc::channel(QUEUE);
        tokio::spawn(write_all(db, receive));
        let key = Arc::new(hmac::Key::new(hmac::HMAC_SHA256, secret));
        Self { send, key, flows: Flows::default() }
    }

    /// What passed, counted.
    pub(crate) fn flows(&self) -> &Flows {
        &self.flows
    }

    /// The digest under which a person stands in this installation's log.
    pub fn digest_of(&self, subject: Pseudonym) -> Digest {
        self.keyed(b"subject\0", subject.as_bytes())
    }

    /// The digest under which a represented party stands in this installation's log.
    pub fn digest_of_party(&self, party: &str) -> Digest {
        self.keyed(b"party\0", party.as_bytes())
    }

    /// Logs a request and waits until it is durable.
    pub async fn request(&self, hop: Hop) -> Result<(), WireError> {
        let (reply, written) = oneshot::channel();
        let stopped = || WireError::Internal("the hop log has stopped".to_owned());
        let refused = hop.refusal.is_some();
        self.flows.asked(hop.recorded, hop.direction, hop.ctx.service.as_ref(), refused);
        self.send.send(Entry::Request(Box::new(hop), reply)).await.map_err(|_| stopped())?;
        let outcome = written.await.map_err(|_| stopped())?;
        outcome.map_err(|cause| {
            WireError::Internal(format!(
                "the hop log cannot be written, so no call is made: {cause}"
            ))
        })
    }

    /// Logs an answer with the next commit.
    pub async fn answer(&self, answer: HopAnswer) {
        if self.send.send(Entry::Answer(Box::new(answer))).await.is_err() {
            tracing::error!("an answer was not logged: the hop log has stopped");
        }
    }

    /// Waits until everything logged so far is durable.
    pub async fn flush(&self) {
        let (reply, done) = oneshot::channel();
        if self.send.send(Entry::Flush(reply)).await.is_ok() {
            let _ = done.await;
        }
    }

    fn keyed(&self, label: &[u8], bytes: &[u8]) -> Digest {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(label);
        context.update(bytes);
        let mut out = [0; 32];
        out.copy_from_slice(context.sign().as_ref());
        out
    }
}

#[derive(Default)]
struct Batch {
    hops: Vec<Hop>,
    replies: Vec<oneshot::Sender<Result<(), String>>>,
    answers: Vec<HopAnswer>,
    flushes: Vec<oneshot::Sender<()>>,
}

async fn write_all(db: Db, mut receive: mpsc::Receiver<Entry>) {
    let mut entries = Vec::with_capacity(BATCH);
    let mut unwritten: Vec<HopAnswer> = Vec::new();
    while gather(&mut receive, &mut entries).await {
        let batch = sort(entries.drain(..), std::mem::take(&mut unwritten));
        let (hops, answers) = (Arc::new(batch.hops), Arc::new(batch.answers));
        match commit(&db, hops.clone(), answers.clone()).await {
            Ok(()) => {
                for reply in batch.replies {
                    // Whoever waited may have gone; the row stands all the same.
                    let _ = reply.send(Ok(()));
                }
            }
            Err(error) => {
                tracing::error!(%error, "the hop log was not written");
                one_by_one(&db, &hops, batch.replies).await;
                unwritten = Arc::unwrap_or_clone(answers);
                let surplus = unwritten.len().saturating_sub(UNWRITTEN_MAX);
                unwritten.drain(..surplus);
            }
        }
        for reply in batch.flushes {
            let _ = reply.send(());
        }
    }
}

/// Waits for entries; `false` when no more will come. Answers by themselves wait a while for company:
/// whoever calls again has the answer before committed with the next request, not in a commit of its
/// own.
async fn gather(receive: &mut mpsc::Receiver<Entry>, entries: &mut Vec<Entry>) -> bool {
    if receive.recv_many(entries, BATCH).await == 0 {
        return false;
    }
    while entries.len() < BATCH && entries.iter().all(|entry| matches!(entry, Entry::Answer(_))) {
        let room = BATCH - entries.len();
        match tokio::time::timeout(COMPANY, receive.recv_many(entries, room)).await {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    true
}

/// Sorts what waited. Answers that could not be written before come first.
fn sort(entries: impl Iterator<Item = Entry>, answers: Vec<HopAnswer>) -> Batch {
    let mut batch = Batch { answers, ..Batch::default() };
    for entry in entries {
        match entry {
            Entry::Request(hop, reply) => {
                batch.hops.push(*hop);
                batch.replies.push(reply);
            }
            Entry::Answer(answer) => batch.answers.push(*answer),
            Entry::Flush(reply) => batch.flushes.push(reply),
        }
    }
    batch
}

/// One bad row must not refuse its neighbours: each is tried by itself and learns its own fate.
async fn one_by_one(db: &Db, hops: &[Hop], replies: Vec<oneshot::Sender<Result<(), String>>>) {
    for (hop, reply) in hops.iter().zip(replies) {
        let outcome = commit(db, Arc::new(vec![hop.clone()]), Arc::default()).await;
        let _ = reply.send(outcome.map_err(|error| error.to_string()));
    }
}

async fn commit(db: &Db, hops: Arc<Vec<Hop>>, answers: Arc<Vec<HopAnswer>>) -> Result<(), DbError> {
    if hops.is_empty() && answers.is_empty() {
        return Ok(());
    }
    db.write(move |tx| Box::pin(async move { store::hops::append(tx, &hops, &answers).await }))
        .await
}

impl Exchange {
    /// Rows of the hop log before `before`, newest first.
    ///
    /// # Errors
    /// Database errors.
    pub async fn hops(
        &self,
        before: Option<Id>,
        limit: u16,
        service: Option<&ServiceId>,
        client: Option<&SubsystemId>,
    ) -> Result<Vec<HopRow>, ExchangeError> {
        self.hops_of(None, before, limit, service, client).await
    }

    /// As [`Exchange::hops`], of calls that `member` made or answered.
    ///
    /// # Errors
    /// Database errors.
    pub async fn hops_of(
        &self,
        member: Option<&MemberId>,
        before: Option<Id>,
        limit: u16,
        service: Option<&ServiceId>,
        client: Option<&SubsystemId>,
    ) -> Result<Vec<HopRow>, ExchangeError> {
        // Ids are minted by other installations too, whose clocks may be a little ahead.
        let last = first_id_at(self.0.ctx.clock.now().plus_seconds(3600));
        let before = before.unwrap_or(last);
        let service = service.map(ToString::to_string).unwrap_or_default();
        let client = client.map(ToString::to_string).unwrap_or_default();
        let of = member.map(|member| format!("{member}/")).unwrap_or_default();
        let read = self.0.ctx.db.read(move |tx| {
            Box::pin(async move {
                store::hops::list(tx, before, i64::from(limit), &service, &client, &of).await
            })
        });
        read.await.map_err(ExchangeError::Db)
    }
}
