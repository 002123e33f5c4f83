//! Facts about a person for other bodies, and the log of who read them.

use super::Identity;
use super::pseudonyms::logged_under;
use crate::error::Error;
use contracts::identity::PersonFacts;
use contracts::reads::attempt::Attempt;
use contracts::reads::{self, ReadEntry, ReadLog, ReadLogQuery};
use contracts::{CallContext, Pseudonym};

impl Identity {
    /// The facts of the subject that the agreement covers; the read is logged first.
    ///
    /// # Errors
    /// [`Error::PseudonymUnknown`].
    pub async fn facts(&self, ctx: CallContext, subject: Pseudonym) -> Result<PersonFacts, Error> {
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let person = this.subject_of(tx, &ctx, subject).await?;
                let key = this.0.fields.subject(tx, person.id.as_bytes()).await?;
                let known = this.open_facts(tx, person, &key).await?;
                let facts = PersonFacts {
                    name: ctx.allows_field("name").then_some(known.name),
                    born: ctx.allows_field("born").then_some(known.born),
                    sex: known.sex.filter(|_| ctx.allows_field("sex")),
                };
                let entry = ReadEntry::of(&ctx, fields_of(&facts), tx.now());
                reads::store::insert(tx, &this.0.fields, logged_under(person), &entry).await?;
                Ok(facts)
            })
        });
        write.await
    }

    /// Who read what about the subject, newest first.
    ///
    /// # Errors
    /// [`Error::PseudonymUnknown`].
    pub async fn read_log(
        &self,
        ctx: CallContext,
        subject: Pseudonym,
        query: ReadLogQuery,
    ) -> Result<ReadLog, Error> {
        let this = self.clone();
        let read = self.0.db.read(move |tx| {
            Box::pin(async move {
                let person = this.subject_of(tx, &ctx, subject).await?;
                Ok(reads::store::list(tx, &this.0.fields, logged_under(person), &query).await?)
            })
        });
        read.await
    }

    /// Writes down that somebody was refused who asked about the person.
    ///
    /// # Errors
    /// As [`Identity::facts`].
    pub async fn note_attempt(&self, subject: Pseudonym, attempt: Attempt) -> Result<(), Error> {
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let person = this.subject_of(tx, &attempt.context, subject).await?;
                let entry = attempt.entry(tx.now());
                Ok(reads::store::insert(tx, &this.0.fields, logged_under(person), &entry).await?)
            })
        });
        write.await
    }
}

fn fields_of(facts: &PersonFacts) -> Vec<String> {
    let told = [
        ("name", facts.name.is_some()),
        ("born", facts.born.is_some()),
        ("sex", facts.sex.is_some()),
    ];
    told.into_iter().filter(|(_, is_told)| *is_told).map(|(name, _)| name.to_owned()).collect()
}
