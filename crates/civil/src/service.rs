//! Use cases: registering a birth, showing it, linking it to the person that follows.

mod children;
mod conflicts;
mod delegations;
mod hand_in;
mod import;
mod link;
mod listing;
mod post;

pub use conflicts::{ConflictOut, Conflicts, OpenConflict, Shown};
pub use delegations::{DelegationIn, DelegationOut, Numbers};
pub use import::{ImportOut, ImportedBirth};
pub use post::{PostStatus, TakeIn};

use crate::model::{self, Birth, Facts, Sex};
use crate::store::{self, Marks, SealedBirth};
use crate::{BIRTH_LINKED, BIRTH_REGISTERED, Civil, Error, events};
use basis::{Id, PartialDate, PersonName};
use contracts::civil::{BirthPage, BirthRecord};
use contracts::identity::{
    PERSONS, PersonCreated, PersonsCreated, ResolveIn, ResolveManyIn, TOPIC_PERSON_CREATED,
    TOPIC_PERSONS_CREATED,
};
use contracts::reads::attempt::Attempt;
use contracts::reads::{self, ReadEntry, ReadLog, ReadLogQuery};
use contracts::{CallContext, LegalBasis, Pseudonym, ServiceId};
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::idempotency::{Recall, Request};
use kernel::outbox::Delivery;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Label of the sealed facts.
const FACTS: &str = "facts";
/// What other blocks read of a birth, as the read log names it.
const FIELDS: [&str; 5] = ["child", "sex", "born", "place", "mother"];

/// What an officer declares.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BirthIn {
    /// The child's name; `full` is enough, in any script.
    #[schema(value_type = Object)]
    pub child: PersonName,
    /// The child's sex.
    pub sex: Sex,
    /// `2026-03-14`, `2026-03`, `2026` or `unknown`.
    #[schema(value_type = String)]
    pub born: PartialDate,
    /// Code of the place of birth.
    pub place: String,
    /// The mother's name as declared.
    #[schema(value_type = Option<Object>)]
    #[serde(default)]
    pub mother: Option<PersonName>,
    /// The mother's VID, where she shows one at the desk. The registrar does not store it; a post
    /// keeps it sealed, to be resolved when the registration is handed in.
    #[serde(default)]
    pub mother_vid: Option<String>,
}

/// What the officer gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BirthOut {
    /// The registration.
    #[schema(value_type = String, format = Uuid)]
    pub registration: Id,
    /// Number on the certificate.
    pub number: String,
}

/// The officer who registers.
#[derive(Clone, Debug)]
pub struct Registrar {
    /// Id at the registrar's office.
    pub id: String,
    /// As audit rows name them.
    pub actor: String,
}

impl Civil {
    /// Registers a birth once: the same key and body answer as the first time. A post registers it
    /// under its delegation and asks nobody.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::MotherNotFound`], [`Error::KeyReused`]; at a post
    /// [`Error::NoNumber`].
    pub async fn register_birth(
        &self,
        officer: Registrar,
        key: String,
        ask: BirthIn,
    ) -> Result<BirthOut, Error> {
        let body = serde_json::to_vec(&ask).expect("what was read as JSON is JSON");
        let request = Request::new(&officer.actor, "register_birth", key, &body);
        if self.deps.registrar.is_some() {
            return self.register_at_post(officer, request, facts_of(ask)).await;
        }
        let mother_pseudonym = match ask.mother_vid.clone() {
            Some(vid) => Some(
                self.resolve("VID", vid, Some(officer.id.clone()))
                    .await?
                    .ok_or(Error::MotherNotFound)?,
            ),
            None => None,
        };
        let facts = Facts { mother_pseudonym, mother_vid: None, ..facts_of(ask) };
        let now = self.ctx.clock.now();
        model::check(&facts, now)?;
        let birth = Birth {
            id: Id::mint(&self.ctx.clock, &self.ctx.rng),
            number: model::certificate_number(now, &self.ctx.rng),
            facts,
            subject: None,
            effective: now,
            recorded: now,
        };
        self.store_birth(birth, officer.actor, request).await
    }

    /// Stores the birth, under another number where the one drawn is taken.
    async fn store_birth(
        &self,
        mut birth: Birth,
        officer: String,
        request: Request,
    ) -> Result<BirthOut, Error> {
        const TRIES: usize = 5;
        for _ in 1..TRIES {
            match self.try_to_store(birth.clone(), officer.clone(), request.clone()).await {
                Err(Error::Db(error)) if error.is_unique_violation() => {
                    birth.number = model::certificate_number(birth.recorded, &self.ctx.rng);
                }
                outcome => return outcome,
            }
        }
        self.try_to_store(birth, officer, request).await
    }

    async fn try_to_store(
        &self,
        birth: Birth,
        officer: String,
        request: Request,
    ) -> Result<BirthOut, Error> {
        let civil = self.clone();
        self.ctx
            .db
            .write(move |tx| {
                Box::pin(async move { civil.insert_birth(tx, birth, &officer, &request).await })
            })
            .await
    }

    async fn insert_birth(
        &self,
        tx: &mut Tx,
        birth: Birth,
        officer: &str,
        request: &Request,
    ) -> Result<BirthOut, Error> {
        match tx.recall(request).await? {
            Recall::Mismatch => return Err(Error::KeyReused),
            Recall::Answered { answer, .. } => {
                return serde_json::from_str(&answer).map_err(|_| Error::Damaged(birth.id));
            }
            Recall::New => {}
        }
        let out = BirthOut { registration: birth.id, number: birth.number.clone() };
        self.write_birth(tx, birth.clone(), officer).await?;
        tx.audit(Audit::new(&BIRTH_REGISTERED, officer, birth.id)).await?;
        tx.emit(&events::birth_registered(birth.id)).await?;
        tx.remember(request, 201, &serde_json::to_string(&out).expect("two texts are JSON"))
            .await?;
        Ok(out)
    }

    /// Seals and stores a birth that has no other trace yet.
    async fn write_birth(&self, tx: &mut Tx, birth: Birth, officer: &str) -> Result<(), Error> {
        let marks = self.marks(&birth.facts)?;
        let sealed = SealedBirth {
            id: birth.id,
            number: birth.number,
            sealed: self.seal(tx, birth.id, &birth.facts).await?,
            subject: None,
            effective: birth.effective,
            recorded: birth.recorded,
        };
        Ok(store::insert_birth(tx, &sealed, marks, officer).await?)
    }

    /// The facts, sealed under the registration's own key.
    async fn seal(&self, tx: &mut Tx, id: Id, facts: &Facts) -> Result<Vec<u8>, Error> {
        let plain = serde_json::to_vec(facts).expect("facts are JSON");
        Ok(self.ctx.fields.seal(tx, id.as_bytes(), FACTS, &plain).await?)
    }

    /// What the birth is found by.
    fn marks(&self, facts: &Facts) -> Result<Marks, Error> {
        let index = |label: &str, text: &str| self.ctx.fields.blind_index(label, text);
        Ok(Marks {
            mother: facts.mother_pseudonym.map(|mother| self.mother_mark(mother)).transpose()?,
            likeness: Some(index("likeness", &facts.likeness())?),
            entry: facts.entry.as_deref().map(|entry| index("entry", entry)).transpose()?,
        })
    }

    /// What births of this mother are found by.
    fn mother_mark(&self, mother: Pseudonym) -> Result<[u8; 32], Error> {
        Ok(self.ctx.fields.blind_index("mother", &mother.0.to_string())?)
    }

    /// One registration, for whoever the exchange let through; the read is logged first.
    ///
    /// # Errors
    /// [`Error::BirthNotFound`], [`Error::Purpose`].
    pub async fn show_birth(&self, ctx: CallContext, id: Id) -> Result<BirthRecord, Error> {
        listing::covers_all(&ctx)?;
        let civil = self.clone();
        self.ctx
            .db
            .write(move |tx| {
                Box::pin(async move {
                    let birth = civil.load(tx, id).await?;
                    let fields = FIELDS.iter().map(|field| (*field).to_owned()).collect();
                    let entry = ReadEntry::of(&ctx, fields, tx.now());
                    reads::store::insert(tx, &civil.ctx.fields, birth.logged_under(), &entry)
                        .await?;
                    Ok(birth.record())
                })
            })
            .await
    }

    async fn load(&self, tx: &mut Tx, id: Id) -> Result<Birth, Error> {
        let found = store::find_birth(tx, id).await?.ok_or(Error::BirthNotFound)?;
        self.open_birth(tx, found).await
    }

    async fn open_birth(&self, tx: &mut Tx, found: SealedBirth) -> Result<Birth, Error> {
        let id = found.id;
        let facts = self.open(tx, id, &found.sealed).await?;
        Ok(Birth {
            id,
            number: found.number,
            facts,
            subject: found.subject,
            effective: found.effective,
            recorded: found.recorded,
        })
    }

    async fn open(&self, tx: &mut Tx, id: Id, sealed: &[u8]) -> Result<Facts, Error> {
        let plain = self.ctx.fields.open(tx, id.as_bytes(), FACTS, sealed).await?;
        serde_json::from_slice(&plain).map_err(|_| Error::Damaged(id))
    }

    /// A page of registrations, for reconciliation: references only.
    ///
    /// # Errors
    /// [`Error::Purpose`].
    pub async fn list_births(
        &self,
        ctx: &CallContext,
        after: Option<Id>,
        limit: u16,
    ) -> Result<BirthPage, Error> {
        listing::covers_all(ctx)?;
        let limit = i64::from(limit.clamp(1, 1_000));
        let mut births = self
            .ctx
            .db
            .read(move |tx| {
                Box::pin(async move { store::births_after(tx, after, limit + 1).await })
            })
            .await?;
        let more = births.len() as i64 > limit;
        births.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(BirthPage { births, more })
    }

    /// Takes an event of another block, at least once delivered.
    ///
    /// # Errors
    /// [`Error::UnknownTopic`], [`Error::Payload`], or what the link needs.
    pub async fn take_event(&self, delivery: Delivery) -> Result<(), Error> {
        let followed = self.persons_told(&delivery).await?;
        self.ctx
            .db
            .write(move |tx| {
                Box::pin(async move {
                    if !tx.first_time(&delivery).await? {
                        return Ok(());
                    }
                    for (registration, subject) in followed {
                        if store::link_birth(tx, registration, subject).await? {
                            reads::store::relink(tx, Pseudonym(registration), subject).await?;
                            tx.audit(Audit::new(&BIRTH_LINKED, "identity", registration)).await?;
                        }
                    }
                    Ok(())
                })
            })
            .await
    }

    /// The registrations that an event tells persons of, and what those are called here. Where the
    /// identity authority does not answer for one yet, the event is to be delivered again.
    async fn persons_told(&self, delivery: &Delivery) -> Result<Vec<(Id, Pseudonym)>, Error> {
        let unreadable = |error: serde_json::Error| Error::Payload(error.to_string());
        let payload = delivery.payload.clone();
        match delivery.topic.as_str() {
            TOPIC_PERSON_CREATED => {
                let told: PersonCreated = serde_json::from_value(payload).map_err(unreadable)?;
                let found = self.resolve("civil", told.registration.to_string(), None).await?;
                Ok(vec![(told.registration, found.ok_or(Error::BirthNotFound)?)])
            }
            TOPIC_PERSONS_CREATED => {
                let told: PersonsCreated = serde_json::from_value(payload).map_err(unreadable)?;
                let asked = told.registrations.iter().map(ToString::to_string).collect();
                let found = self.resolve_many("civil", asked, None).await?;
                let known: Option<Vec<Pseudonym>> = found.into_iter().collect();
                let known = known.ok_or(Error::BirthNotFound)?;
                Ok(told.registrations.into_iter().zip(known).collect())
            }
            other => Err(Error::UnknownTopic(other.to_owned())),
        }
    }

    /// Who read what about the subject.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn read_log(
        &self,
        subject: Pseudonym,
        query: ReadLogQuery,
    ) -> Result<ReadLog, Error> {
        let fields = self.ctx.fields.clone();
        let log = self.ctx.db.read(move |tx| {
            Box::pin(async move { reads::store::list(tx, &fields, subject, &query).await })
        });
        Ok(log.await?)
    }

    /// Writes down that somebody was refused who asked about the subject.
    ///
    /// # Errors
    /// What the database and the key store say.
    pub async fn note_attempt(&self, subject: Pseudonym, attempt: Attempt) -> Result<(), Error> {
        let fields = self.ctx.fields.clone();
        let write = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                let entry = attempt.entry(tx.now());
                reads::store::insert(tx, &fields, subject, &entry).await
            })
        });
        Ok(write.await?)
    }

    /// The person with this identifier, in the registrar's sector.
    async fn resolve(
        &self,
        system: &str,
        value: String,
        officer: Option<String>,
    ) -> Result<Option<Pseudonym>, Error> {
        let ctx = self.ask_identity(officer);
        let ask = ResolveIn { system: system.to_owned(), value };
        match self.identity.resolve(ctx, &ask).await {
            Ok(found) => Ok(Some(found.pseudonym)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The persons with these VIDs, in their order; none where nobody has it.
    async fn resolve_vids(
        &self,
        values: Vec<String>,
        officer: Option<String>,
    ) -> Result<Vec<Option<Pseudonym>>, Error> {
        self.resolve_many("VID", values, officer).await
    }

    /// As [`Civil::resolve`] for many identifiers, in their order.
    async fn resolve_many(
        &self,
        system: &str,
        values: Vec<String>,
        officer: Option<String>,
    ) -> Result<Vec<Option<Pseudonym>>, Error> {
        if values.is_empty() {
            return Ok(Vec::new());
        }
        let asked = values.len();
        let ask = ResolveManyIn { system: system.to_owned(), values };
        let found = self.identity.resolve_many(self.ask_identity(officer), &ask).await?.pseudonyms;
        if found.len() != asked {
            let text = "it does not answer for each number asked".to_owned();
            return Err(contracts::CallError::Unreadable(text).into());
        }
        Ok(found)
    }

    fn ask_identity(&self, officer: Option<String>) -> CallContext {
        let service = self.deps.identity.service(PERSONS).expect("the code is a constant of ours");
        CallContext { officer, ..self.context(service, PURPOSE) }
    }

    /// The context of a call on the registrar's legal basis.
    fn context(&self, service: ServiceId, purpose: &str) -> CallContext {
        let correlation = Id::mint(&self.ctx.clock, &self.ctx.rng);
        let basis = LegalBasis::law(self.deps.law.as_str());
        let client = self.deps.subsystem.clone();
        CallContext::new(client, service, purpose, basis, correlation, self.ctx.clock.now())
    }
}

/// Purpose of the registrar's own questions and looks.
const PURPOSE: &str = "birth-registration";

fn facts_of(ask: BirthIn) -> Facts {
    let BirthIn { child, sex, born, place, mother, mother_vid } = ask;
    let (mother_pseudonym, entry) = (None, None);
    Facts { child, sex, born, place, mother, mother_pseudonym, mother_vid, entry }
}
