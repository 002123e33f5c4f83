//! Individuals: enter, change, read. GovStack's paths need them; a resident who answers through
//! the portal is entered without a word about who they are.

use super::Consent;
use crate::error::Error;
use crate::events;
use crate::model::actor::Actor;
use crate::model::individual::{Individual, Naming};
use crate::store::individuals::Stored;
use crate::store::{self, Page};
use contracts::Pseudonym;
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::fields::Fields;

/// What the encryption of [`Naming`] is bound to.
const NAMING: &str = "individual.naming";

impl Consent {
    /// Enters an individual under a new pseudonym of our own.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the field.
    pub async fn create_individual(
        &self,
        actor: Actor,
        naming: Naming,
    ) -> Result<Individual, Error> {
        naming.check()?;
        let subject = Pseudonym::random(&self.rng);
        let fields = self.fields.clone();
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    store::individuals::insert_if_new(tx, subject).await?;
                    write_naming(tx, &fields, subject, &naming).await?;
                    let event = &events::INDIVIDUAL_CREATED;
                    tx.audit(Audit::new(event, actor.audit_name(), "individual")).await?;
                    Ok(Individual { subject, naming })
                })
            })
            .await
    }

    /// Changes how an individual is named.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::IndividualUnknown`].
    pub async fn update_individual(
        &self,
        actor: Actor,
        subject: Pseudonym,
        naming: Naming,
    ) -> Result<Individual, Error> {
        naming.check()?;
        let fields = self.fields.clone();
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    load(tx, subject).await?;
                    write_naming(tx, &fields, subject, &naming).await?;
                    let event = &events::INDIVIDUAL_UPDATED;
                    tx.audit(Audit::new(event, actor.audit_name(), "individual")).await?;
                    Ok(Individual { subject, naming })
                })
            })
            .await
    }

    /// One individual.
    ///
    /// # Errors
    /// [`Error::IndividualUnknown`].
    pub async fn individual(&self, subject: Pseudonym) -> Result<Individual, Error> {
        let fields = self.fields.clone();
        self.db
            .read(move |tx| {
                Box::pin(async move {
                    let stored = load(tx, subject).await?;
                    open(tx, &fields, stored).await
                })
            })
            .await
    }

    /// Individuals, in an order that tells nothing.
    ///
    /// # Errors
    /// What the database says.
    pub async fn individuals(&self, page: Page) -> Result<Vec<Individual>, Error> {
        let fields = self.fields.clone();
        self.db
            .read(move |tx| {
                Box::pin(async move {
                    let mut individuals = Vec::new();
                    for stored in store::individuals::list(tx, page).await? {
                        individuals.push(open(tx, &fields, stored).await?);
                    }
                    Ok(individuals)
                })
            })
            .await
    }
}

async fn load(tx: &mut Tx, subject: Pseudonym) -> Result<Stored, Error> {
    store::individuals::find(tx, subject).await?.ok_or(Error::IndividualUnknown)
}

async fn open(tx: &mut Tx, fields: &Fields, stored: Stored) -> Result<Individual, Error> {
    let subject = stored.subject;
    let Some(sealed) = stored.naming else {
        return Ok(Individual { subject, naming: Naming::default() });
    };
    let naming = fields.open(tx, subject.as_bytes(), NAMING, &sealed).await?;
    Ok(Individual { subject, naming: serde_json::from_slice(&naming)? })
}

async fn write_naming(
    tx: &mut Tx,
    fields: &Fields,
    subject: Pseudonym,
    naming: &Naming,
) -> Result<(), Error> {
    if naming.is_empty() {
        return Ok(store::individuals::update(tx, subject, None).await?);
    }
    let plain = serde_json::to_vec(naming)?;
    let sealed = fields.seal(tx, subject.as_bytes(), NAMING, &plain).await?;
    Ok(store::individuals::update(tx, subject, Some(&sealed)).await?)
}
