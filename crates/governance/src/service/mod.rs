//! Use cases: residents complain, officers answer, persons are told, mandates and agreements are shown.

mod mandates;
mod notices;
mod officers;
mod residents;

pub use mandates::{EndIn, MandateIn, MandateOut, MemberMandates};
pub use officers::{Acting, Queue, QueueLine};

use crate::model::agreement::Listed;
use crate::model::grievance::{Held, Words};
use crate::store::grievances::Sealed;
use crate::{Deps, Error};
use basis::{Clock, Rng};
use contracts::messaging::MessagingClient;
use contracts::reads::attempt::Attempt;
use contracts::reads::{self, ReadLog, ReadLogQuery};
use contracts::{Pseudonym, SubsystemId};
use kernel::block::Ctx;
use kernel::db::{Db, Tx};
use kernel::fields::{Fields, SubjectKey};
use std::sync::Arc;

/// The block's use cases. Cheap to clone; the state of every handler.
#[derive(Clone)]
pub struct Governance(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    rng: Rng,
    fields: Fields,
    messaging: MessagingClient,
    deps: Deps,
}

impl Governance {
    /// The use cases over a block's context.
    #[must_use]
    pub fn new(ctx: &Ctx, deps: Deps) -> Self {
        Self(Arc::new(Inner {
            db: ctx.db.clone(),
            clock: ctx.clock.clone(),
            rng: ctx.rng.clone(),
            fields: ctx.fields.clone(),
            messaging: MessagingClient::new(deps.wire.clone()),
            deps,
        }))
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> basis::Timestamp {
        self.0.clock.now()
    }

    /// The name for people of a member, subsystem or service.
    #[must_use]
    pub fn label(&self, id: &str, language: &str) -> String {
        self.0.deps.directory.label(id, language).unwrap_or_else(|| id.to_owned())
    }

    /// The subsystem that this block is.
    #[must_use]
    pub fn subsystem(&self) -> &SubsystemId {
        &self.0.deps.subsystem
    }

    /// Every agreement of the directory, by the provider's service and then the client.
    #[must_use]
    pub fn agreements(&self) -> Vec<Listed> {
        let mut all = self.0.deps.directory.agreements();
        all.sort_by(|a, b| {
            (&a.service, &a.client, &a.purpose, a.id)
                .cmp(&(&b.service, &b.client, &b.purpose, b.id))
        });
        all
    }

    /// Who read the person's complaints.
    ///
    /// # Errors
    /// What database and key store say.
    pub async fn read_log(
        &self,
        subject: Pseudonym,
        query: ReadLogQuery,
    ) -> Result<ReadLog, Error> {
        let fields = self.0.fields.clone();
        let read = self.0.db.read(move |tx| {
            Box::pin(async move { reads::store::list(tx, &fields, subject, &query).await })
        });
        Ok(read.await?)
    }

    /// Writes down that somebody was refused who asked about the person.
    ///
    /// # Errors
    /// What database and key store say.
    pub async fn note_attempt(&self, subject: Pseudonym, attempt: Attempt) -> Result<(), Error> {
        let fields = self.0.fields.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let entry = attempt.entry(tx.now());
                reads::store::insert(tx, &fields, subject, &entry).await
            })
        });
        Ok(write.await?)
    }

    /// Opens a grievance under its person's key.
    async fn open(
        &self,
        tx: &mut Tx,
        sealed: Sealed,
    ) -> Result<(Held, Words, Option<String>), Error> {
        let key = self.0.fields.subject(tx, sealed.held.subject.as_bytes()).await?;
        open_with(&key, sealed)
    }
}

fn open_with(key: &SubjectKey, sealed: Sealed) -> Result<(Held, Words, Option<String>), Error> {
    let Sealed { held, words, answer } = sealed;
    let plain = key.open(&words_label(&held), &words)?;
    let words = serde_json::from_slice(&plain).map_err(|_| Error::Damaged("complaint"))?;
    let open = |sealed: Vec<u8>| key.open_text(&answer_label(&held), &sealed);
    let answer = answer.map(open).transpose()?;
    Ok((held, words, answer))
}

fn words_label(held: &Held) -> String {
    format!("words:{}", held.id)
}

fn answer_label(held: &Held) -> String {
    format!("answer:{}", held.id)
}
