//! Use cases: registering a birth, showing it, linking it to the person that follows.

use crate::model::{self, Birth, Facts, Sex};
use crate::store::{self, SealedBirth};
use crate::{BIRTH_LINKED, BIRTH_REGISTERED, Civil, Error, events};
use basis::{Id, PartialDate, PersonName};
use contracts::civil::{BirthPage, BirthRecord};
use contracts::identity::{PERSONS, PersonCreated, ResolveIn, TOPIC_PERSON_CREATED};
use contracts::reads::attempt::Attempt;
use contracts::reads::{self, ReadEntry, ReadLog, ReadLogQuery};
use contracts::{CallContext, LegalBasis, Pseudonym};
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
    /// The mother's VID, where she shows one at the desk. It is not stored.
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
    /// Registers a birth once: the same key and body answer as the first time.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::MotherNotFound`], [`Error::KeyReused`].
    pub async fn register_birth(
        &self,
        officer: Registrar,
        key: String,
        ask: BirthIn,
    ) -> Result<BirthOut, Error> {
        let body = serde_json::to_vec(&ask).expect("what was read as JSON is JSON");
        let request = Request::new(&officer.actor, "register_birth", key, &body);
        let mother_pseudonym = match ask.mother_vid {
            Some(vid) => Some(
                self.resolve("VID", vid, Some(officer.id.clone()))
                    .await?
                    .ok_or(Error::MotherNotFound)?,
            ),
            None => None,
        };
        let BirthIn { child, sex, born, place, mother, .. } = ask;
        let facts = Facts { child, sex, born, place, mother, mother_pseudonym };
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
        let plain = serde_json::to_vec(&birth.facts).expect("facts are JSON");
        let sealed = SealedBirth {
            id: birth.id,
            number: birth.number,
            sealed: self.ctx.fields.seal(tx, birth.id.as_bytes(), FACTS, &plain).await?,
            subject: None,
            effective: birth.effective,
            recorded: birth.recorded,
        };
        store::insert_birth(tx, &sealed, officer).await?;
        tx.audit(Audit::new(&BIRTH_REGISTERED, officer, birth.id)).await?;
        tx.emit(&events::birth_registered(birth.id)).await?;
        tx.remember(request, 201, &serde_json::to_string(&out).expect("two texts are JSON"))
            .await?;
        Ok(out)
    }

    /// One registration, for whoever the exchange let through; the read is logged first.
    ///
    /// # Errors
    /// [`Error::BirthNotFound`].
    pub async fn show_birth(&self, ctx: CallContext, id: Id) -> Result<BirthRecord, Error> {
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
        let plain = self.ctx.fields.open(tx, id.as_bytes(), FACTS, &found.sealed).await?;
        Ok(Birth {
            id,
            number: found.number,
            facts: serde_json::from_slice(&plain).map_err(|_| Error::Damaged(id))?,
            subject: found.subject,
            effective: found.effective,
            recorded: found.recorded,
        })
    }

    /// A page of registrations, for reconciliation: references only.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn list_births(&self, after: Option<Id>, limit: u16) -> Result<BirthPage, Error> {
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
        if delivery.topic != TOPIC_PERSON_CREATED {
            return Err(Error::UnknownTopic(delivery.topic));
        }
        let payload = serde_json::from_value::<PersonCreated>(delivery.payload.clone());
        let registration = payload.map_err(|error| Error::Payload(error.to_string()))?.registration;
        let Some(subject) = self.resolve("civil", registration.to_string(), None).await? else {
            // Delivered again later: the identity authority does not answer for the person yet.
            return Err(Error::BirthNotFound);
        };
        self.ctx
            .db
            .write(move |tx| {
                Box::pin(async move {
                    if tx.first_time(&delivery).await?
                        && store::link_birth(tx, registration, subject).await?
                    {
                        reads::store::relink(tx, Pseudonym(registration), subject).await?;
                        tx.audit(Audit::new(&BIRTH_LINKED, "identity", registration)).await?;
                    }
                    Ok(())
                })
            })
            .await
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
        let service = self.deps.identity.service(PERSONS).expect("the code is a constant of ours");
        let correlation = Id::mint(&self.ctx.clock, &self.ctx.rng);
        let basis = LegalBasis::law(self.deps.law.as_str());
        let client = self.deps.subsystem.clone();
        let ctx = CallContext::new(
            client,
            service,
            "birth-registration",
            basis,
            correlation,
            self.ctx.clock.now(),
        );
        let ctx = CallContext { officer, ..ctx };
        let ask = ResolveIn { system: system.to_owned(), value };
        match self.identity.resolve(ctx, &ask).await {
            Ok(found) => Ok(Some(found.pseudonym)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
