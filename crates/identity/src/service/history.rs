//! A person's sign-ins: written down as they happen, shown to the person and to nobody else.

use super::Identity;
use super::admission::{Arrival, Proof};
use crate::error::Error;
use crate::model::method;
use crate::model::person::Person;
use crate::store;
use basis::{Id, Timestamp};
use contracts::identity::{SignInEntry, SignInOutcome, SignIns, SignInsQuery};
use contracts::{CallContext, Pseudonym};
use kernel::db::Tx;

/// Entries of a page, at most and if nothing is said.
const LIMIT_MAX: u16 = 100;
const LIMIT: u16 = 50;

impl Identity {
    /// When and how the subject of a call signed in, newest first.
    ///
    /// # Errors
    /// [`Error::PseudonymUnknown`].
    pub async fn my_sign_ins(
        &self,
        ctx: CallContext,
        subject: Pseudonym,
        query: SignInsQuery,
    ) -> Result<SignIns, Error> {
        let this = self.clone();
        let read = self.0.db.read(move |tx| {
            Box::pin(async move {
                let person = this.subject_of(tx, &ctx, subject).await?;
                this.list_sign_ins(tx, person, &query).await
            })
        });
        read.await
    }

    /// The newest sign-ins of whoever is signed in here; nothing if nobody is.
    ///
    /// # Errors
    /// What the database says.
    pub async fn own_sign_ins(&self, session: Option<&str>) -> Result<Option<SignIns>, Error> {
        let Some(session) = self.session(session).await? else { return Ok(None) };
        let this = self.clone();
        let read = self.0.db.read(move |tx| {
            Box::pin(async move {
                this.list_sign_ins(tx, session.person, &SignInsQuery::default()).await
            })
        });
        read.await.map(Some)
    }

    pub(super) async fn note_sign_in(
        &self,
        tx: &mut Tx,
        proof: &Proof,
        outcome: SignInOutcome,
        arrival: &Arrival,
    ) -> Result<(), Error> {
        let id = tx.mint();
        let entry = SignInEntry {
            at: tx.now(),
            method: proof.method,
            outcome,
            acr: method::acr(proof.method).to_owned(),
            party: arrival.party().map(str::to_owned),
            by: proof.by.clone(),
            device: arrival.device.clone(),
        };
        let entry = serde_json::to_vec(&entry).map_err(|_| Error::Damaged("sign-in"))?;
        let sealed = proof.key.seal(&label(id), &entry);
        Ok(store::history::insert(tx, proof.person.id, id, &sealed).await?)
    }

    async fn list_sign_ins(
        &self,
        tx: &mut Tx,
        person: Person,
        query: &SignInsQuery,
    ) -> Result<SignIns, Error> {
        let limit = usize::from(query.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX));
        let before = query.before.unwrap_or(Timestamp::from_micros(i64::MAX));
        let wanted = i64::try_from(limit + 1).unwrap_or(i64::MAX);
        let mut stored = store::history::list(tx, person.id, before, wanted).await?;
        let more = stored.len() > limit;
        stored.truncate(limit);
        let key = self.0.fields.subject(tx, person.id.as_bytes()).await?;
        let open = |one: &store::history::Stored| {
            let entry = key.open(&label(one.id), &one.entry)?;
            serde_json::from_slice(&entry).map_err(|_| Error::Damaged("sign-in"))
        };
        let entries: Result<Vec<SignInEntry>, Error> = stored.iter().map(open).collect();
        Ok(SignIns { entries: entries?, more })
    }
}

fn label(id: Id) -> String {
    format!("sign-in/{id}")
}
