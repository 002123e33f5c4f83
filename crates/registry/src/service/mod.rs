//! Use cases: load, decide (in `model`), store, audit, emit, in one transaction. What must be asked
//! elsewhere is asked before it opens.

mod compiled;
mod import;
mod reads;
mod records;
mod registers;

pub use import::{ImportLine, ImportOut, ImportedRecord, refuse};
pub use reads::HistoryEntry;
pub use records::{Change, NewRecord, Subject, Written};
pub use registers::{Draft, NewRegister, VersionView};

use crate::Deps;
use crate::error::Error;
use crate::model::actor::Actor;
use basis::Id;
use compiled::Compiled;
use contracts::identity::{IdentityClient, PERSONS, ResolveIn, ResolveManyIn};
use contracts::{CallContext, CallError, LegalBasis, Pseudonym};
use kernel::block::Ctx;
use kernel::db::Tx;
use kernel::idempotency::{Recall, Request};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Purpose of what officers of the registry do at their desk, in calls and in the read log.
const DESK_PURPOSE: &str = "registry-desk";

/// The registry's use cases. Cheap to clone; the state of every handler.
#[derive(Clone)]
pub struct Registry {
    ctx: Ctx,
    deps: Deps,
    identity: IdentityClient,
    compiled: Compiled,
}

impl Registry {
    /// The use cases over a block's context.
    #[must_use]
    pub fn new(ctx: &Ctx, deps: Deps) -> Self {
        let identity = IdentityClient::new(deps.wire.clone());
        Self { ctx: ctx.clone(), deps, identity, compiled: Compiled::default() }
    }

    /// The person with this VID, in our sector.
    async fn resolve(&self, actor: &Actor, vid: String) -> Result<Pseudonym, Error> {
        let ctx = self.ask_identity(actor);
        let ask = ResolveIn { system: "VID".to_owned(), value: vid };
        match self.identity.resolve(ctx, &ask).await {
            Ok(found) => Ok(found.pseudonym),
            Err(error) if error.is_not_found() => Err(Error::SubjectUnknown),
            Err(error) => Err(error.into()),
        }
    }

    /// The persons with these VIDs in our sector, in their order; none where nobody has it.
    async fn resolve_many(
        &self,
        actor: &Actor,
        vids: Vec<String>,
    ) -> Result<Vec<Option<Pseudonym>>, Error> {
        if vids.is_empty() {
            return Ok(Vec::new());
        }
        let asked = vids.len();
        let ask = ResolveManyIn { system: "VID".to_owned(), values: vids };
        let found = self.identity.resolve_many(self.ask_identity(actor), &ask).await?.pseudonyms;
        if found.len() != asked {
            let text = "it does not answer for each number asked".to_owned();
            return Err(CallError::Unreadable(text).into());
        }
        Ok(found)
    }

    fn ask_identity(&self, actor: &Actor) -> CallContext {
        let service = self.deps.identity.service(PERSONS).expect("the code is a constant of ours");
        let correlation = Id::mint(&self.ctx.clock, &self.ctx.rng);
        let now = self.ctx.clock.now();
        let basis = LegalBasis::law(&self.deps.law);
        let client = self.deps.subsystem.clone();
        let mut ctx = CallContext::new(client, service, DESK_PURPOSE, basis, correlation, now);
        ctx.officer = actor.officer.clone();
        ctx.case = actor.case.clone();
        ctx
    }
}

/// The answer to a request that was answered before.
async fn recall<T: DeserializeOwned>(
    tx: &mut Tx,
    request: Option<&Request>,
) -> Result<Option<T>, Error> {
    let Some(request) = request else { return Ok(None) };
    match tx.recall(request).await? {
        Recall::New => Ok(None),
        Recall::Mismatch => Err(Error::IdempotencyMismatch),
        Recall::Answered { answer, .. } => match serde_json::from_str(&answer) {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => Err(Error::Stored(error.to_string())),
        },
    }
}

/// Keeps an answer, which must hold references only.
async fn remember<T: Serialize>(
    tx: &mut Tx,
    request: Option<&Request>,
    status: u16,
    answer: &T,
) -> Result<(), Error> {
    let Some(request) = request else { return Ok(()) };
    let answer = serde_json::to_string(answer).expect("answers are ids, numbers and times");
    Ok(tx.remember(request, status, &answer).await?)
}
