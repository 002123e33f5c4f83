//! A person lodges a complaint and sees their own.

use super::{Governance, open_with, words_label};
use crate::Error;
use crate::events::GRIEVANCE_LODGED;
use crate::model::grievance::{self, Held, Words};
use crate::store::grievances::{self, Sealed};
use contracts::governance::{Grievance, GrievanceIn, GrievanceStatus};
use contracts::{CallContext, Pseudonym};
use kernel::audit::Audit;
use kernel::db::Tx;

/// The most of a person's grievances that are shown.
const LISTED_MAX: i64 = 100;

impl Governance {
    /// Lodges a complaint once: the same id and words answer as the first time.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::OtherContent`].
    pub async fn lodge(
        &self,
        ctx: &CallContext,
        subject: Pseudonym,
        ask: GrievanceIn,
    ) -> Result<Grievance, Error> {
        let words = Words { line: ask.line, text: ask.text, language: ask.language };
        grievance::check_words(&words)?;
        let (this, actor, id) = (self.clone(), format!("system:{}", ctx.client), ask.id);
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                if let Some(found) = grievances::find(tx, id).await? {
                    return this.lodged_before(tx, found, subject, &words).await;
                }
                let now = tx.now();
                let series = grievance::series(now);
                let count = grievances::next_number(tx, &series).await?;
                let held = Held {
                    id,
                    number: grievance::number(&series, count),
                    subject,
                    status: GrievanceStatus::Lodged,
                    officer: None,
                    lodged: now,
                    due: grievance::due(now, this.0.deps.answer_days),
                    answered: None,
                };
                let plain = serde_json::to_vec(&words).expect("texts and times are JSON");
                let key = this.0.fields.subject_or_new(tx, subject.as_bytes()).await?;
                let sealed = key.seal(&words_label(&held), &plain);
                let stored = Sealed { held: held.clone(), words: sealed, answer: None };
                grievances::insert(tx, &stored).await?;
                tx.audit(Audit::new(&GRIEVANCE_LODGED, actor, &held.number)).await?;
                Ok(held.shown(words, None))
            })
        });
        write.await
    }

    /// The answer to a form that was sent twice.
    async fn lodged_before(
        &self,
        tx: &mut Tx,
        found: Sealed,
        subject: Pseudonym,
        words: &Words,
    ) -> Result<Grievance, Error> {
        if found.held.subject != subject {
            return Err(Error::OtherContent);
        }
        let (held, before, answer) = self.open(tx, found).await?;
        if before != *words {
            return Err(Error::OtherContent);
        }
        Ok(held.shown(before, answer))
    }

    /// The person's complaints, newest first.
    ///
    /// # Errors
    /// What database and key store say.
    pub async fn grievances_of(&self, subject: Pseudonym) -> Result<Vec<Grievance>, Error> {
        let this = self.clone();
        let read = self.0.db.read(move |tx| {
            Box::pin(async move {
                let found = grievances::of_subject(tx, subject, LISTED_MAX).await?;
                if found.is_empty() {
                    return Ok(Vec::new());
                }
                let key = this.0.fields.subject(tx, subject.as_bytes()).await?;
                let shown = found.into_iter().map(|sealed| {
                    let (held, words, answer) = open_with(&key, sealed)?;
                    Ok(held.shown(words, answer))
                });
                shown.collect::<Result<Vec<_>, Error>>()
            })
        });
        read.await
    }
}
