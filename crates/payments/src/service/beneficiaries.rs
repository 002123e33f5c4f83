//! The beneficiary mapper: where a programme's beneficiaries are paid.

use super::Payments;
use crate::error::Error;
use crate::events::BENEFICIARY_REGISTERED;
use crate::model::batch::BatchError;
use crate::model::instruction::Payee;
use crate::store::beneficiaries::{self, Beneficiary};
use basis::Id;
use contracts::batches::BeneficiaryIn;
use contracts::{Pseudonym, SubsystemId};
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::fields::Fields;
use serde_json::json;

/// Label under which account numbers are sealed.
pub(super) const ACCOUNT: &str = "beneficiary.account";
/// Longest account or wallet number, in characters.
const ACCOUNT_CHARACTERS_MAX: usize = 64;

/// What is to be noted.
#[derive(Clone)]
struct Word {
    payee: Payee,
    subject: Pseudonym,
    provider: String,
    account: String,
    actor: String,
}

impl Payments {
    /// Notes where a person is paid by a programme. Said again, the last word counts.
    ///
    /// # Errors
    /// [`BatchError::Field`]; [`Error::TokenUsed`] when the token means somebody else.
    pub async fn register_beneficiary(
        &self,
        client: &SubsystemId,
        actor: String,
        subject: Pseudonym,
        ask: BeneficiaryIn,
    ) -> Result<(), Error> {
        if self.rails.find(&ask.provider).is_none() {
            let remedy = "no payment service provider that takes our payments: name another one";
            return Err(BatchError::Field("provider", remedy.to_owned()).into());
        }
        let account = ask.account.trim();
        let length = account.chars().count();
        if !(1..=ACCOUNT_CHARACTERS_MAX).contains(&length) || account.chars().any(char::is_control)
        {
            let remedy = format!("send 1 to {ACCOUNT_CHARACTERS_MAX} characters");
            return Err(BatchError::Field("account", remedy).into());
        }
        let word = Word {
            payee: self.payee(client, ask.token)?,
            subject,
            provider: ask.provider.to_string(),
            account: account.to_owned(),
            actor,
        };
        let mut noted = self.note_word(word.clone()).await;
        // Somebody said the first word about the same token in the same moment: it stands now.
        if matches!(&noted, Err(Error::Db(error)) if error.is_unique_violation()) {
            noted = self.note_word(word).await;
        }
        noted
    }

    /// What is kept of a token: a digest under this block's key, so that no value of the programme's database stands here.
    pub(super) fn payee(&self, client: &SubsystemId, token: Id) -> Result<Payee, Error> {
        self.digest("payee", &format!("{client} {token}"))
    }

    async fn note_word(&self, word: Word) -> Result<(), Error> {
        let fields = self.fields.clone();
        self.db.write(move |tx| Box::pin(async move { note_word(tx, &fields, &word).await })).await
    }
}

async fn note_word(tx: &mut Tx, fields: &Fields, word: &Word) -> Result<(), Error> {
    let known = beneficiaries::find(tx, word.payee).await?;
    let key = fields.subject_or_new(tx, word.subject.as_bytes()).await?;
    if let Some(known) = &known {
        if known.subject != word.subject {
            return Err(Error::TokenUsed);
        }
        let account = key.open(ACCOUNT, &known.account)?;
        if known.provider == word.provider && account.as_slice() == word.account.as_bytes() {
            return Ok(());
        }
    }
    let new = Beneficiary {
        payee: word.payee,
        revision: known.map_or(1, |known| known.revision + 1),
        subject: word.subject,
        provider: word.provider.clone(),
        account: key.seal(ACCOUNT, word.account.as_bytes()),
    };
    let now = tx.now();
    beneficiaries::insert(tx, &new, now).await?;
    let object = Id::from_bytes(word.payee);
    let detail = json!({ "provider": new.provider, "revision": new.revision });
    let audit = Audit::new(&BENEFICIARY_REGISTERED, word.actor.clone(), object).with(detail);
    tx.audit(audit).await?;
    Ok(())
}
