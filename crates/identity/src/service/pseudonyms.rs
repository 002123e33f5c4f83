//! What a person is called in each sector.

use super::{CIVIL, Identity};
use crate::error::Error;
use crate::events::{PERSON_RESOLVED, PSEUDONYM_CREATED};
use crate::model::client::check_sector;
use crate::model::person::Person;
use crate::store::{self, Index};
use basis::Id;
use contracts::identity::{ResolveIn, TranslateIn};
use contracts::reads::{self, ReadEntry};
use contracts::{CallContext, Pseudonym};
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::fields::SubjectKey;
use serde_json::json;

/// What a look-up gives away, as the read log names it.
const LOOKED_UP: &str = "pseudonym";

impl Identity {
    /// The pseudonym of a person in another sector, made on first use. The sector translated from
    /// must be that of the caller, which the exchange states and nobody else can.
    ///
    /// # Errors
    /// [`Error::CallerRefused`], [`Error::PseudonymUnknown`], [`Error::Field`].
    pub async fn translate(&self, ctx: &CallContext, ask: TranslateIn) -> Result<Pseudonym, Error> {
        if ctx.client_sector.as_deref() != Some(ask.from.as_str()) || ctx.subject.is_some() {
            return Err(Error::CallerRefused("the exchange".to_owned()));
        }
        check_sector(&ask.to)?;
        let index = self.pseudonym_index(&ask.from, ask.pseudonym)?;
        let (this, to) = (self.clone(), ask.to.clone());
        let read = self
            .0
            .db
            .read(move |tx| Box::pin(async move { this.known_pseudonym(tx, index, &to).await }));
        if let Some(known) = read.await? {
            return Ok(known);
        }
        let (this, actor) = (self.clone(), ctx.client.to_string());
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let person = this.person_with(tx, index).await?;
                let key = this.0.fields.subject(tx, person.id.as_bytes()).await?;
                this.pseudonym_in(tx, person, &ask.to, &key, &actor).await
            })
        });
        write.await
    }

    /// The person with an identifier, in the caller's sector. Written to the person's read log.
    ///
    /// # Errors
    /// [`Error::PersonUnknown`], [`Error::SystemRefused`], [`Error::SectorMissing`].
    pub async fn resolve(&self, ctx: &CallContext, ask: ResolveIn) -> Result<Pseudonym, Error> {
        let sector = sector_of(ctx)?;
        self.check_system(ctx, &ask.system)?;
        let (this, ctx) = (self.clone(), ctx.clone());
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let what = (ask.system.as_str(), ask.value.as_str());
                let found = this.resolve_in(tx, &ctx, what, &sector).await?;
                let (person, pseudonym) = found.ok_or(Error::PersonUnknown)?;
                let detail = json!({ "system": ask.system, "purpose": ctx.purpose });
                let audit = Audit::new(&PERSON_RESOLVED, ctx.client.to_string(), person.reference);
                tx.audit(audit.with(detail)).await?;
                Ok(pseudonym)
            })
        });
        write.await
    }

    /// A registration is the registrar's own name of a person; nobody else is to ask by it.
    pub(super) fn check_system(&self, ctx: &CallContext, system: &str) -> Result<(), Error> {
        if system == CIVIL && ctx.client != self.0.deps.births.subsystem() {
            return Err(Error::SystemRefused(system.to_owned()));
        }
        Ok(())
    }

    /// The person whom an identifier (system, value) means, in a sector; nothing if it means nobody.
    /// The look-up is in their read log.
    pub(super) async fn resolve_in(
        &self,
        tx: &mut Tx,
        ctx: &CallContext,
        (system, value): (&str, &str),
        sector: &str,
    ) -> Result<Option<(Person, Pseudonym)>, Error> {
        let person = match self.find_person(tx, system, value).await {
            Err(Error::PersonUnknown) => return Ok(None),
            found => found?,
        };
        let key = self.0.fields.subject(tx, person.id.as_bytes()).await?;
        let actor = ctx.client.to_string();
        let pseudonym = self.pseudonym_in(tx, person, sector, &key, &actor).await?;
        // Learning the pseudonym of one's own registration tells nothing about the person.
        if system != CIVIL {
            let entry = ReadEntry::of(ctx, vec![LOOKED_UP.to_owned()], tx.now());
            reads::store::insert(tx, &self.0.fields, logged_under(person), &entry).await?;
        }
        Ok(Some((person, pseudonym)))
    }

    /// The subject of a call, by the pseudonym of the caller's own sector: this block's services
    /// take those of any sector, so that it is the one place where they meet.
    pub(super) async fn subject_of(
        &self,
        tx: &mut Tx,
        ctx: &CallContext,
        subject: Pseudonym,
    ) -> Result<Person, Error> {
        let index = self.pseudonym_index(&sector_of(ctx)?, subject)?;
        self.person_with(tx, index).await
    }

    /// The person's pseudonym in a sector, made now if there is none.
    pub(super) async fn pseudonym_in(
        &self,
        tx: &mut Tx,
        person: Person,
        sector: &str,
        key: &SubjectKey,
        actor: &str,
    ) -> Result<Pseudonym, Error> {
        if let Some(sealed) = store::pseudonyms::find(tx, person.id, sector).await? {
            return open(key, sector, &sealed);
        }
        let drawn = Pseudonym::random(&self.0.rng);
        let sealed = key.seal(&label(sector), drawn.as_bytes());
        let index = self.pseudonym_index(sector, drawn)?;
        if !store::pseudonyms::insert(tx, person.id, sector, &sealed, index).await? {
            // Another transaction was faster; what it stored counts.
            let sealed = store::pseudonyms::find(tx, person.id, sector).await?;
            return open(key, sector, &sealed.ok_or(Error::PseudonymUnknown)?);
        }
        let detail = json!({ "sector": sector });
        tx.audit(Audit::new(&PSEUDONYM_CREATED, actor, person.reference).with(detail)).await?;
        Ok(drawn)
    }

    async fn known_pseudonym(
        &self,
        tx: &mut Tx,
        index: Index,
        to: &str,
    ) -> Result<Option<Pseudonym>, Error> {
        let person = self.person_with(tx, index).await?;
        let Some(sealed) = store::pseudonyms::find(tx, person.id, to).await? else {
            return Ok(None);
        };
        let key = self.0.fields.subject(tx, person.id.as_bytes()).await?;
        open(&key, to, &sealed).map(Some)
    }

    async fn person_with(&self, tx: &mut Tx, index: Index) -> Result<Person, Error> {
        store::pseudonyms::find_person(tx, index).await?.ok_or(Error::PseudonymUnknown)
    }

    fn pseudonym_index(&self, sector: &str, pseudonym: Pseudonym) -> Result<Index, Error> {
        Ok(self.0.fields.blind_index(&label(sector), &pseudonym.0.to_string())?)
    }
}

/// What the read log of this block knows a person by.
pub(super) fn logged_under(person: Person) -> Pseudonym {
    Pseudonym(person.reference)
}

pub(super) fn sector_of(ctx: &CallContext) -> Result<String, Error> {
    ctx.client_sector.clone().ok_or(Error::SectorMissing)
}

fn label(sector: &str) -> String {
    format!("pseudonym/{sector}")
}

fn open(key: &SubjectKey, sector: &str, sealed: &[u8]) -> Result<Pseudonym, Error> {
    let bytes = key.open(&label(sector), sealed)?;
    let bytes = <[u8; 16]>::try_from(bytes.as_slice());
    bytes.map(|bytes| Pseudonym(Id::from_bytes(bytes))).map_err(|_| Error::Damaged("pseudonym"))
}
