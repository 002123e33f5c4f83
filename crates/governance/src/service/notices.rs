//! Telling a person that their complaint is answered: a step that was written down with the answer, and
//! is tried until the messaging block has taken it.

use super::Governance;
use crate::Error;
use crate::events::GRIEVANCE_NOTICED;
use crate::store::{grievances, notices};
use basis::Id;
use contracts::messaging::MessageIn;
use contracts::{CallContext, LegalBasis};
use kernel::audit::Audit;
use std::collections::BTreeMap;

/// Name of the template in the country pack.
const TEMPLATE: &str = "grievance-answered";
/// Purpose of the call.
const PURPOSE: &str = "grievance-notice";
/// How many are tried in one run.
const AT_ONCE: i64 = 32;
/// The longest pause between two attempts, in seconds.
const PAUSE_SECONDS_MAX: i64 = 3_600;

impl Governance {
    /// Sends what is due; answers how many were sent.
    ///
    /// # Errors
    /// What database and key store say. A messaging block that does not answer is tried later.
    pub async fn send_notices(&self) -> Result<usize, Error> {
        let due = self.0.db.read(|tx| Box::pin(async move { notices::due(tx, AT_ONCE).await }));
        let due: Vec<notices::Notice> = due.await?;
        let mut sent = 0;
        for notice in due {
            let (ctx, message) = self.message_about(notice.grievance).await?;
            match self.0.messaging.send(ctx, &message).await {
                Ok(_) => {
                    self.note_sent(notice.grievance).await?;
                    sent += 1;
                }
                Err(error) => {
                    let attempts = notice.attempts;
                    tracing::warn!(attempts, "A person is told later of an answer: {error}");
                    self.put_off(notice).await?;
                }
            }
        }
        Ok(sent)
    }

    async fn message_about(&self, grievance: Id) -> Result<(CallContext, MessageIn), Error> {
        let this = self.clone();
        let read = self.0.db.read(move |tx| {
            Box::pin(async move {
                let found = grievances::find(tx, grievance).await?;
                this.open(tx, found.ok_or(Error::Damaged("notice"))?).await
            })
        });
        let (held, words, _) = read.await?;
        let deps = &self.0.deps;
        let ctx = CallContext::new(
            deps.subsystem.clone(),
            deps.messages.clone(),
            PURPOSE,
            LegalBasis::law(deps.law.as_str()),
            Id::mint(&self.0.clock, &self.0.rng),
            self.0.clock.now(),
        );
        let message = MessageIn {
            id: self.message_id(grievance)?,
            template: TEMPLATE.to_owned(),
            language: words.language,
            values: BTreeMap::from([("number".to_owned(), held.number)]),
            sms: None,
            email: None,
        };
        Ok((ctx.about(held.subject), message))
    }

    /// The message's id, the same at every attempt. Made from the grievance's and not stored: the
    /// messaging block keeps it, and no value about one person may stand in two databases.
    fn message_id(&self, grievance: Id) -> Result<Id, Error> {
        let index = self.0.fields.blind_index("message", &grievance.to_string())?;
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&index[..16]);
        Ok(Id::from_bytes(bytes))
    }

    async fn note_sent(&self, grievance: Id) -> Result<(), Error> {
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                if notices::set_sent(tx, grievance).await? {
                    let found = grievances::find(tx, grievance).await?;
                    let number = found.ok_or(Error::Damaged("notice"))?.held.number;
                    tx.audit(Audit::new(&GRIEVANCE_NOTICED, "job:send_notices", number)).await?;
                }
                Ok::<_, Error>(())
            })
        });
        write.await
    }

    async fn put_off(&self, notice: notices::Notice) -> Result<(), Error> {
        let pause = 1_i64 << notice.attempts.clamp(0, 12);
        let until = self.0.clock.now().plus_seconds(pause.min(PAUSE_SECONDS_MAX));
        let write = self.0.db.write(move |tx| {
            Box::pin(async move { notices::put_off(tx, notice.grievance, until).await })
        });
        Ok(write.await?)
    }
}
