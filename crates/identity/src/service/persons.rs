//! Persons: created once for each registered birth.

use super::Identity;
use crate::error::Error;
use crate::events::{self, PERSON_CREATED};
use crate::model::number::{Identifier, Uin, Vid};
use crate::model::person::{Facts, Person, PersonId};
use crate::store::persons::{Crossing, Sealed};
use crate::store::{self, Index};
use basis::Id;
use contracts::civil::{
    BirthRecord, BirthRegistered, PERSON_CREATION, TOPIC_BIRTH_REGISTERED, TOPIC_BIRTHS_IMPORTED,
};
use contracts::{CallContext, LegalBasis};
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::fields::SubjectKey;
use kernel::outbox::Delivery;

/// The crosswalk's name of the civil register.
pub const CIVIL: &str = "civil";
/// Draws before a number space counts as exhausted. With a thousandth of the numbers taken, eight
/// draws in a row fail once in 10^24.
const DRAWS: u32 = 8;
/// One bucket of the crosswalk is the ids minted in one day.
const BUCKET_MILLIS: u64 = 24 * 60 * 60 * 1_000;

pub(super) const NAME: &str = "name";
pub(super) const BORN: &str = "born";
pub(super) const SEX: &str = "sex";
pub(super) const UIN: &str = "uin";
pub(super) const VID: &str = "vid";

impl Identity {
    /// Takes an event of the civil register: fetches the birth, or the births of an import, and
    /// creates the persons. Safe to repeat.
    ///
    /// # Errors
    /// [`Error::CallerRefused`], [`Error::TopicUnknown`], [`Error::Payload`], or why the birth could
    /// not be fetched.
    pub async fn take_event(&self, caller: &CallContext, delivery: Delivery) -> Result<(), Error> {
        let civil = self.0.deps.births.subsystem();
        if caller.client != civil {
            return Err(Error::CallerRefused(civil.to_string()));
        }
        let unreadable = |error: serde_json::Error| Error::Payload(error.to_string());
        if delivery.topic == TOPIC_BIRTHS_IMPORTED {
            let import = serde_json::from_value(delivery.payload).map_err(unreadable)?;
            return self.take_import(caller, import).await;
        }
        if delivery.topic != TOPIC_BIRTH_REGISTERED {
            return Err(Error::TopicUnknown(delivery.topic));
        }
        let payload = serde_json::from_value::<BirthRegistered>(delivery.payload.clone());
        let registration = payload.map_err(unreadable)?.registration;
        if self.has_person(registration).await? {
            return Ok(());
        }
        let birth = self.0.births.get(self.ask_civil(caller.correlation), registration).await?;
        let created = self.write_person(registration, facts_of(birth), CIVIL, Some(delivery)).await;
        match created {
            Err(Error::AlreadyCreated) => Ok(()),
            other => other.map(drop),
        }
    }

    /// Creates the person that follows from a registration, with UIN and VID.
    ///
    /// # Errors
    /// [`Error::AlreadyCreated`].
    pub async fn create_person(
        &self,
        registration: Id,
        facts: Facts,
        actor: &str,
    ) -> Result<Vid, Error> {
        let created = self.write_person(registration, facts, actor, None).await?;
        created.ok_or(Error::AlreadyCreated)
    }

    /// The context in which this block asks the civil register.
    pub(super) fn ask_civil(&self, correlation: Id) -> CallContext {
        let deps = &self.0.deps;
        let basis = LegalBasis::law(deps.law.clone());
        let (client, service) = (deps.subsystem.clone(), deps.births.clone());
        CallContext::new(client, service, PERSON_CREATION, basis, correlation, self.0.clock.now())
    }

    pub(super) fn mint(&self) -> Id {
        Id::mint(&self.0.clock, &self.0.rng)
    }

    async fn has_person(&self, registration: Id) -> Result<bool, Error> {
        let index = self.registration_index(registration)?;
        let found = self.0.db.read(move |tx| {
            Box::pin(async move { store::persons::find_by_crossing(tx, CIVIL, index).await })
        });
        Ok(found.await?.is_some())
    }

    async fn write_person(
        &self,
        registration: Id,
        facts: Facts,
        actor: &str,
        delivery: Option<Delivery>,
    ) -> Result<Option<Vid>, Error> {
        // The registrar's outbox has the delivery under its id; here it stands under another.
        let delivery = delivery.map(|delivery| self.blinded(delivery)).transpose()?;
        let (this, actor) = (self.clone(), actor.to_owned());
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                if let Some(delivery) = &delivery
                    && !tx.first_time(delivery).await?
                {
                    return Ok(None);
                }
                this.insert_person(tx, registration, &facts, actor).await.map(Some)
            })
        });
        write.await
    }

    async fn insert_person(
        &self,
        tx: &mut Tx,
        registration: Id,
        facts: &Facts,
        actor: String,
    ) -> Result<Vid, Error> {
        let rng = &self.0.rng;
        let id = PersonId(Id::random(rng));
        let key = self.0.fields.subject_or_new(tx, id.as_bytes()).await?;
        let crossing = Crossing {
            person: id,
            index: self.registration_index(registration)?,
            value: key.seal(&crossing_label(CIVIL), registration.to_string().as_bytes()),
        };
        if !store::persons::insert_crossing(tx, CIVIL, &crossing, bucket_of(registration)).await? {
            return Err(Error::AlreadyCreated);
        }
        let person = Person { id, reference: Id::random(rng) };
        let uin = self.free_uin(tx).await?;
        let name = serde_json::to_vec(&facts.name).map_err(|_| Error::Damaged(NAME))?;
        let sealed = Sealed {
            uin: key.seal(UIN, uin.digits().as_bytes()),
            name: key.seal(NAME, &name),
            born: key.seal(BORN, facts.born.to_string().as_bytes()),
            sex: facts.sex.as_ref().map(|sex| key.seal(SEX, sex.as_bytes())),
        };
        store::persons::insert(tx, person, &sealed, self.uin_index(&uin)?).await?;
        let vid = self.insert_vid(tx, person, &key).await?;
        tx.audit(Audit::new(&PERSON_CREATED, actor, person.reference)).await?;
        tx.emit(&events::person_created(registration)).await?;
        Ok(vid)
    }

    async fn free_uin(&self, tx: &mut Tx) -> Result<Uin, Error> {
        for _ in 0..DRAWS {
            let uin = Uin::draw(&self.0.rng);
            if !store::persons::has_uin(tx, self.uin_index(&uin)?).await? {
                return Ok(uin);
            }
        }
        Err(Error::NumbersExhausted(DRAWS))
    }

    /// Gives the person a new VID.
    pub(super) async fn insert_vid(
        &self,
        tx: &mut Tx,
        person: Person,
        key: &SubjectKey,
    ) -> Result<Vid, Error> {
        for _ in 0..DRAWS {
            let vid = Vid::draw(&self.0.rng);
            let index = self.vid_index(&vid)?;
            if store::persons::has_vid(tx, index).await? {
                continue;
            }
            let sealed = key.seal(VID, vid.digits().as_bytes());
            store::persons::insert_vid(tx, person.id, index, &sealed).await?;
            return Ok(vid);
        }
        Err(Error::NumbersExhausted(DRAWS))
    }

    /// The person's VID in use; none while it is revoked.
    pub(super) async fn current_vid(
        &self,
        tx: &mut Tx,
        person: Person,
        key: &SubjectKey,
    ) -> Result<Option<Vid>, Error> {
        let Some(sealed) = store::persons::current_vid(tx, person.id).await? else {
            return Ok(None);
        };
        let digits = key.open_text(VID, &sealed)?;
        Vid::parse(&digits).map(Some).ok_or(Error::Damaged(VID))
    }

    /// The facts of a person.
    pub(super) async fn open_facts(
        &self,
        tx: &mut Tx,
        person: Person,
        key: &SubjectKey,
    ) -> Result<Facts, Error> {
        let sealed = store::persons::sealed(tx, person.id).await?.ok_or(Error::PersonUnknown)?;
        let sex = sealed.sex.map(|sex| key.open_text(SEX, &sex)).transpose()?;
        Ok(Facts {
            name: serde_json::from_slice(&key.open(NAME, &sealed.name)?)
                .map_err(|_| Error::Damaged(NAME))?,
            born: key.open_text(BORN, &sealed.born)?.parse().map_err(|_| Error::Damaged(BORN))?,
            sex,
        })
    }

    /// The person by what somebody typed or showed.
    pub(super) async fn find_person(
        &self,
        tx: &mut Tx,
        system: &str,
        value: &str,
    ) -> Result<Person, Error> {
        let found = match system {
            "VID" => match Vid::parse(value) {
                Some(vid) => store::persons::find_by_vid(tx, self.vid_index(&vid)?).await?,
                None => None,
            },
            CIVIL => match value.parse::<Id>() {
                Ok(registration) => {
                    let index = self.registration_index(registration)?;
                    store::persons::find_by_crossing(tx, CIVIL, index).await?
                }
                Err(_) => None,
            },
            other => return Err(Error::SystemRefused(other.to_owned())),
        };
        found.ok_or(Error::PersonUnknown)
    }

    pub(super) fn vid_index(&self, vid: &Vid) -> Result<Index, Error> {
        Ok(self.0.fields.blind_index(VID, vid.digits())?)
    }

    pub(super) fn uin_index(&self, uin: &Uin) -> Result<Index, Error> {
        Ok(self.0.fields.blind_index(UIN, uin.digits())?)
    }

    /// The blind index of whichever number was typed.
    pub(super) fn identifier_index(&self, identifier: &Identifier) -> Result<Index, Error> {
        match identifier {
            Identifier::Uin(uin) => self.uin_index(uin),
            Identifier::Vid(vid) => self.vid_index(vid),
        }
    }

    pub(super) fn registration_index(&self, registration: Id) -> Result<Index, Error> {
        Ok(self.0.fields.blind_index(&crossing_label(CIVIL), &registration.to_string())?)
    }

    fn blinded(&self, delivery: Delivery) -> Result<Delivery, Error> {
        let index = self.0.fields.blind_index("delivery", &delivery.id.to_string())?;
        let (id, _) = index.split_first_chunk::<16>().expect("an index has 32 bytes");
        Ok(Delivery { id: Id::from_bytes(*id), ..delivery })
    }
}

/// Label of a foreign identifier's seal and index.
pub(super) fn crossing_label(system: &str) -> String {
    format!("crosswalk/{system}")
}

/// The day in an id's leading 48 bits (RFC 9562 section 5.7). Ids of other kinds spread over buckets
/// too, and in the same order as the ids, which is all that reconciliation needs.
pub(super) fn bucket_of(id: Id) -> i64 {
    let mut eight = [0; 8];
    eight[2..].copy_from_slice(&id.as_bytes()[..6]);
    i64::try_from(u64::from_be_bytes(eight) / BUCKET_MILLIS).expect("48 bits fit")
}

pub(super) fn facts_of(birth: BirthRecord) -> Facts {
    let sex = (birth.sex != "unknown").then_some(birth.sex);
    Facts { name: birth.child, born: birth.born, sex }
}
