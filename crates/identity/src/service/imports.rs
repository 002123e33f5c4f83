//! Many persons at once: births that were entered together lead to persons in as few steps.

use super::persons::{BORN, NAME, SEX, UIN, VID, bucket_of, crossing_label, facts_of};
use super::{CIVIL, Identity};
use crate::error::Error;
use crate::events::{self, PERSON_CREATED};
use crate::model::number::{Uin, Vid};
use crate::model::person::{Facts, Person, PersonId};
use crate::store;
use crate::store::persons::{Crossing, NewPerson, Sealed};
use basis::Id;
use contracts::CallContext;
use contracts::civil::BirthsImported;
use contracts::identity::MANY_MAX;
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::fields::SubjectKey;
use std::collections::HashSet;

/// Births fetched at once, and persons made in one transaction.
const PAGE: u16 = 1_000;
const _: () = assert!(PAGE as usize <= MANY_MAX, "an event names the registrations of a page");
/// How often a page is tried with other numbers, where one that was drawn is taken.
const TRIES: u32 = 4;

/// What a registration says of a person.
type Registered = (Id, Facts);

impl Identity {
    /// Creates the persons of an import, a page at a time. Those that exist already are passed over,
    /// so that it may be repeated from the start after it broke off.
    pub(super) async fn take_import(
        &self,
        caller: &CallContext,
        import: BirthsImported,
    ) -> Result<(), Error> {
        let mut after = None;
        loop {
            let ctx = self.ask_civil(caller.correlation);
            let page = self.0.births.facts(ctx, Some(import.batch), after, PAGE).await?;
            after = page.births.last().map(|birth| birth.registration);
            let births = page.births.into_iter();
            let births = births.map(|birth| (birth.registration, facts_of(birth))).collect();
            self.create_persons(births, CIVIL).await?;
            if !page.more || after.is_none() {
                return Ok(());
            }
        }
    }

    /// Fetches births that were missed, whose registrations follow each other in the register, and
    /// creates the persons; answers how many are new, and which of the births are there.
    pub(super) async fn make_up_for(&self, missed: &[Id]) -> Result<(usize, Vec<Id>), Error> {
        let ctx = self.ask_civil(self.mint());
        let births = match missed {
            [] => return Ok((0, Vec::new())),
            [one] => vec![self.0.births.get(ctx, *one).await?],
            [first, ..] => {
                let limit = u16::try_from(missed.len()).unwrap_or(PAGE).min(PAGE);
                self.0.births.facts(ctx, None, Some(just_before(*first)), limit).await?.births
            }
        };
        let wanted: HashSet<&Id> = missed.iter().collect();
        let births = births.into_iter().filter(|birth| wanted.contains(&birth.registration));
        let births: Vec<Registered> =
            births.map(|birth| (birth.registration, facts_of(birth))).collect();
        let found = births.iter().map(|(registration, _)| *registration).collect();
        Ok((self.create_persons(births, "reconciliation").await?, found))
    }

    /// Creates the persons that follow from these registrations, in one transaction; answers how many
    /// are new. The first try takes it that all are, which spares a question for each; where the
    /// indexes contradict, of a registration or of a number that was drawn, the next one looks.
    pub(super) async fn create_persons(
        &self,
        births: Vec<Registered>,
        actor: &'static str,
    ) -> Result<usize, Error> {
        for attempt in 1..TRIES {
            match self.try_to_create(births.clone(), attempt > 1, actor).await {
                Err(Error::Db(error)) if error.is_unique_violation() => {}
                outcome => return outcome,
            }
        }
        self.try_to_create(births, true, actor).await
    }

    async fn try_to_create(
        &self,
        births: Vec<Registered>,
        looking: bool,
        actor: &'static str,
    ) -> Result<usize, Error> {
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            let (this, births) = (this.clone(), births.clone());
            Box::pin(async move {
                let births = if looking { this.unknown(tx, births).await? } else { births };
                this.insert_persons(tx, births, actor).await
            })
        });
        write.await
    }

    async fn insert_persons(
        &self,
        tx: &mut Tx,
        births: Vec<Registered>,
        actor: &str,
    ) -> Result<usize, Error> {
        if births.is_empty() {
            return Ok(0);
        }
        let ids: Vec<Id> = births.iter().map(|_| Id::random(&self.0.rng)).collect();
        let keys = self.0.fields.new_subjects(tx, &ids).await?;
        let mut made = Vec::with_capacity(births.len());
        for ((registration, facts), (id, key)) in births.iter().zip(ids.into_iter().zip(&keys)) {
            made.push(self.new_person(PersonId(id), key, *registration, facts)?);
        }
        store::persons::append(tx, CIVIL, &made).await?;
        for new in &made {
            tx.audit(Audit::new(&PERSON_CREATED, actor, new.person.reference)).await?;
        }
        let registrations: Vec<Id> = births.iter().map(|(registration, _)| *registration).collect();
        tx.emit(&events::persons_created(tx.mint(), &registrations)).await?;
        Ok(made.len())
    }

    /// Those without a person.
    async fn unknown(
        &self,
        tx: &mut Tx,
        births: Vec<Registered>,
    ) -> Result<Vec<Registered>, Error> {
        let mut unknown = Vec::with_capacity(births.len());
        for (registration, facts) in births {
            let index = self.registration_index(registration)?;
            if store::persons::find_by_crossing(tx, CIVIL, index).await?.is_none() {
                unknown.push((registration, facts));
            }
        }
        Ok(unknown)
    }

    /// The rows of a new person. Whether registration and numbers are free is for the indexes to say.
    fn new_person(
        &self,
        id: PersonId,
        key: &SubjectKey,
        registration: Id,
        facts: &Facts,
    ) -> Result<NewPerson, Error> {
        let (uin, vid) = (Uin::draw(&self.0.rng), Vid::draw(&self.0.rng));
        let name = serde_json::to_vec(&facts.name).map_err(|_| Error::Damaged(NAME))?;
        Ok(NewPerson {
            person: Person { id, reference: Id::random(&self.0.rng) },
            sealed: Sealed {
                uin: key.seal(UIN, uin.digits().as_bytes()),
                name: key.seal(NAME, &name),
                born: key.seal(BORN, facts.born.to_string().as_bytes()),
                sex: facts.sex.as_ref().map(|sex| key.seal(SEX, sex.as_bytes())),
            },
            uin_index: self.uin_index(&uin)?,
            vid_index: self.vid_index(&vid)?,
            vid: key.seal(VID, vid.digits().as_bytes()),
            crossing: Crossing {
                person: id,
                index: self.registration_index(registration)?,
                value: key.seal(&crossing_label(CIVIL), registration.to_string().as_bytes()),
            },
            bucket: bucket_of(registration),
        })
    }
}

/// The greatest id that is less than this one.
fn just_before(id: Id) -> Id {
    Id::from_bytes(u128::from_be_bytes(*id.as_bytes()).saturating_sub(1).to_be_bytes())
}
