//! Consent records: give, refuse, withdraw, expire, forget, read.

use super::{Consent, Sealer, agreements};
use crate::error::Error;
use crate::events;
use crate::model::actor::Actor;
use crate::model::record::{Answer, Decision, Record, State};
use crate::model::reference::Reference;
use crate::model::revision::{Revision, Schema};
use crate::service::AgreementView;
use crate::store::{self, Page};
use basis::Id;
use contracts::Pseudonym;
use contracts::consent::MyRecord;
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::idempotency::{Recall, Request};
use serde_json::json;

/// Consents the expiry job ends in one run; the next run takes the rest.
const AT_ONCE: u32 = 500;

/// A person's answer to an agreement.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The agreement.
    pub agreement: Reference,
    /// The revision the person has read; none takes the one offered now.
    pub revision: Option<Id>,
    /// What they answer.
    pub answer: Answer,
}

/// A record with what it is about.
#[derive(Clone, Debug)]
pub struct RecordView {
    /// The record.
    pub record: Record,
    /// Its latest revision.
    pub revision: Revision,
    /// The agreement at the revision the person answered to.
    pub agreement: AgreementView,
}

impl Consent {
    /// Records what a person answers to an agreement. `request` makes a repetition answer as the
    /// first did.
    ///
    /// # Errors
    /// [`Error::AgreementUnknown`] when it is not offered; [`Error::AgreementChanged`] when the
    /// person has read another revision; [`Error::Invalid`]; [`Error::IdempotencyMismatch`].
    pub async fn answer_agreement(
        &self,
        actor: Actor,
        subject: Pseudonym,
        ask: Ask,
        request: Request,
    ) -> Result<MyRecord, Error> {
        let sealer = self.sealer()?;
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    match tx.recall(&request).await? {
                        Recall::New => {}
                        Recall::Answered { answer, .. } => {
                            return Ok(serde_json::from_str(&answer)?);
                        }
                        Recall::Mismatch => return Err(Error::IdempotencyMismatch),
                    }
                    let record = answer(tx, &sealer, &actor, subject, &ask).await?;
                    let mine = record.mine(tx.now());
                    tx.remember(&request, 200, &serde_json::to_string(&mine)?).await?;
                    Ok(mine)
                })
            })
            .await
    }

    /// As [`Consent::answer_agreement`], for callers whose protocol knows no idempotency key. Giving twice is
    /// giving once all the same.
    ///
    /// # Errors
    /// As [`Consent::answer_agreement`]; [`Error::IndividualUnknown`] for a person nobody has entered.
    pub async fn create_record(
        &self,
        actor: Actor,
        subject: Pseudonym,
        ask: Ask,
    ) -> Result<RecordView, Error> {
        let sealer = self.sealer()?;
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    must_be_known(tx, &actor, subject).await?;
                    let record = answer(tx, &sealer, &actor, subject, &ask).await?;
                    view(tx, record).await
                })
            })
            .await
    }

    /// Changes a person's answer to the revision their record names: GovStack's update, whose only
    /// free field is `optIn`.
    ///
    /// # Errors
    /// [`Error::RecordUnknown`] for another person's record; [`Error::AgreementChanged`] when
    /// giving again to a revision that is not offered any more; [`Error::Record`].
    pub async fn update_record(
        &self,
        actor: Actor,
        subject: Pseudonym,
        record: Id,
        opt_in: bool,
    ) -> Result<RecordView, Error> {
        if !opt_in {
            return self.withdraw_record(actor, subject, record).await;
        }
        let record = self.record(Some(subject), record).await?.record;
        let ask = Ask {
            agreement: record.agreement.into(),
            revision: Some(record.agreement_revision),
            answer: Answer { give: true, valid_until: None },
        };
        self.create_record(actor, subject, ask).await
    }

    /// Withdraws a consent: the next verification says no. Withdrawing twice is withdrawing once.
    ///
    /// # Errors
    /// [`Error::RecordUnknown`] for another person's record; [`Error::Record`] when no consent
    /// stands.
    pub async fn withdraw_record(
        &self,
        actor: Actor,
        subject: Pseudonym,
        record: Id,
    ) -> Result<RecordView, Error> {
        let sealer = self.sealer()?;
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    store::records::lock(tx, subject).await?;
                    let record = own(tx, subject, record).await?;
                    let record = match record.withdraw(tx.now())? {
                        Some(decision) => change(tx, &sealer, &actor, record, decision).await?,
                        None => record,
                    };
                    view(tx, record).await
                })
            })
            .await
    }

    /// Writes down that consents have run out. They stopped counting at their end already; this
    /// adds the revision and tells others. Answers how many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn expire_records(&self) -> Result<usize, Error> {
        let sealer = self.sealer()?;
        let due: Vec<Record> = self
            .db
            .read(move |tx| {
                Box::pin(async move {
                    let now = tx.now();
                    Ok::<_, Error>(store::records::list_due(tx, now, AT_ONCE).await?)
                })
            })
            .await?;
        let mut expired = 0;
        for Record { id, subject, .. } in due {
            let sealer = sealer.clone();
            let done = self
                .db
                .write(move |tx| Box::pin(async move { expire(tx, &sealer, subject, id).await }));
            expired += usize::from(done.await?);
        }
        Ok(expired)
    }

    /// Deletes what a person may have forgotten: records of agreements that say `forgettable`.
    /// Once no record is left, what others call the person and the key to it go as well. Answers
    /// how many records were deleted.
    ///
    /// GovStack: `DELETE /service/individual/record/`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn forget_individual(
        &self,
        actor: Actor,
        subject: Pseudonym,
    ) -> Result<usize, Error> {
        let fields = self.fields.clone();
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    store::records::lock(tx, subject).await?;
                    let records = store::records::list_of(tx, subject, true, Page::ALL).await?;
                    let mut forgotten = 0;
                    for record in &records {
                        forgotten += usize::from(forget(tx, &actor, record).await?);
                    }
                    let none_left = forgotten == records.len();
                    if none_left && store::individuals::delete(tx, subject).await? {
                        fields.erase(tx, subject.as_bytes()).await?;
                        let event = &events::INDIVIDUAL_FORGOTTEN;
                        tx.audit(Audit::new(event, actor.audit_name(), "individual")).await?;
                    }
                    Ok(forgotten)
                })
            })
            .await
    }

    /// One record. `subject` limits it to that person's own.
    ///
    /// # Errors
    /// [`Error::RecordUnknown`].
    pub async fn record(
        &self,
        subject: Option<Pseudonym>,
        record: Id,
    ) -> Result<RecordView, Error> {
        self.db
            .read(move |tx| {
                Box::pin(async move {
                    let found = store::records::find(tx, record).await?;
                    let ours =
                        |record: &Record| subject.is_none_or(|person| person == record.subject);
                    view(tx, found.filter(ours).ok_or(Error::RecordUnknown)?).await
                })
            })
            .await
    }

    /// The person's record for an agreement that counts.
    ///
    /// # Errors
    /// [`Error::AgreementUnknown`]; [`Error::RecordUnknown`] when they have not answered.
    pub async fn record_for(
        &self,
        subject: Pseudonym,
        agreement: Reference,
    ) -> Result<RecordView, Error> {
        self.db
            .read(move |tx| {
                Box::pin(async move {
                    let agreement = agreements::load(tx, &agreement).await?;
                    let found = store::records::find_current(tx, subject, agreement.id).await?;
                    view(tx, found.ok_or(Error::RecordUnknown)?).await
                })
            })
            .await
    }

    /// The person's records, newest first: those that count, or the replaced ones as well.
    ///
    /// # Errors
    /// What the database says.
    pub async fn records_of(
        &self,
        subject: Pseudonym,
        replaced_too: bool,
        page: Page,
    ) -> Result<Vec<RecordView>, Error> {
        self.db
            .read(move |tx| {
                Box::pin(async move {
                    let records = store::records::list_of(tx, subject, replaced_too, page).await?;
                    views(tx, records).await
                })
            })
            .await
    }

    /// All records of a person for one agreement, newest first.
    ///
    /// # Errors
    /// [`Error::AgreementUnknown`].
    pub async fn records_for(
        &self,
        subject: Pseudonym,
        agreement: Reference,
        page: Page,
    ) -> Result<Vec<RecordView>, Error> {
        self.db
            .read(move |tx| {
                Box::pin(async move {
                    let id = agreements::load(tx, &agreement).await?.id;
                    let records = store::records::list_for_agreement(tx, subject, id, page).await?;
                    views(tx, records).await
                })
            })
            .await
    }

    /// All records, oldest first: for auditors.
    ///
    /// # Errors
    /// What the database says.
    pub async fn records(&self, page: Page) -> Result<Vec<RecordView>, Error> {
        self.db
            .read(move |tx| {
                Box::pin(async move {
                    let records = store::records::list(tx, page).await?;
                    views(tx, records).await
                })
            })
            .await
    }
}

/// A person who comes themselves is known by the exchange; one an officer names must have been
/// entered, or a slip in the id would make a record of nobody.
pub(super) async fn must_be_known(
    tx: &mut Tx,
    actor: &Actor,
    subject: Pseudonym,
) -> Result<(), Error> {
    if matches!(actor, Actor::Resident { .. }) {
        return Ok(());
    }
    let found = store::individuals::find(tx, subject).await?;
    found.map(drop).ok_or(Error::IndividualUnknown)
}

/// Records an answer.
async fn answer(
    tx: &mut Tx,
    sealer: &Sealer,
    actor: &Actor,
    subject: Pseudonym,
    ask: &Ask,
) -> Result<Record, Error> {
    store::records::lock(tx, subject).await?;
    let offer = agreements::offered(tx, &ask.agreement).await?.offer();
    if ask.revision.is_some_and(|read| read != offer.revision) {
        return Err(Error::AgreementChanged);
    }
    let prior = store::records::find_for_revision(tx, subject, offer.revision).await?;
    let Some(prior) = prior else {
        let decision = ask.answer.decide(&offer, tx.now())?;
        let record = offer.answered(tx.mint(), subject, decision);
        let data = record.data();
        let revision = sealer.revise(tx, Schema::ConsentRecord, record.id, &data, actor).await?;
        return add(tx, sealer, actor, record, revision).await;
    };
    match ask.answer.decide_again(&offer, &prior, tx.now())? {
        Some(decision) => change(tx, sealer, actor, prior, decision).await,
        None => Ok(prior),
    }
}

/// Stores a new record with its first revision; an earlier record of the person for the same
/// agreement is replaced.
pub(super) async fn add(
    tx: &mut Tx,
    sealer: &Sealer,
    actor: &Actor,
    record: Record,
    revision: Revision,
) -> Result<Record, Error> {
    let record = Record { latest: revision.id, ..record };
    store::individuals::insert_if_new(tx, record.subject).await?;
    if let Some(earlier) =
        store::records::find_current(tx, record.subject, record.agreement).await?
    {
        let decision = earlier.replace(tx.now());
        replace(tx, sealer, actor, earlier, decision, record.state).await?;
    }
    store::records::insert(tx, &record).await?;
    tell(tx, actor, None, &record, &revision, record.state).await?;
    Ok(record)
}

/// Stores what a decision makes of a record.
async fn change(
    tx: &mut Tx,
    sealer: &Sealer,
    actor: &Actor,
    before: Record,
    decision: Decision,
) -> Result<Record, Error> {
    let state = decision.state;
    replace(tx, sealer, actor, before, decision, state).await
}

/// As [`change`], where the state the person answered is not the record's own.
async fn replace(
    tx: &mut Tx,
    sealer: &Sealer,
    actor: &Actor,
    before: Record,
    decision: Decision,
    answered: State,
) -> Result<Record, Error> {
    // What others were told last, not what the clock makes of it: an end that nobody has written
    // down yet would otherwise never be told.
    let told = before.state;
    let after = before.after(decision);
    let data = after.data();
    let revision = sealer.revise(tx, Schema::ConsentRecord, after.id, &data, actor).await?;
    let after = Record { latest: revision.id, ..after };
    store::records::update(tx, &after).await?;
    store::signatures::delete(tx, after.id).await?;
    tell(tx, actor, Some(told), &after, &revision, answered).await?;
    Ok(after)
}

/// Audits and emits what happened to a record.
pub(super) async fn tell(
    tx: &mut Tx,
    actor: &Actor,
    before: Option<State>,
    record: &Record,
    revision: &Revision,
    answered: State,
) -> Result<(), Error> {
    let detail = json!({
        "agreement": record.agreement,
        "revision": revision.id,
        "hash": revision.hash,
    });
    let event = events::audit_event(record.state);
    tx.audit(Audit::new(event, actor.audit_name(), record.id).with(detail)).await?;
    if let Some(event) = events::record_event(before, record, answered) {
        tx.emit(&event).await?;
    }
    Ok(())
}

async fn expire(tx: &mut Tx, sealer: &Sealer, subject: Pseudonym, id: Id) -> Result<bool, Error> {
    store::records::lock(tx, subject).await?;
    // Read again under the lock: the person may have withdrawn or prolonged it meanwhile.
    let Some(record) = store::records::find(tx, id).await? else { return Ok(false) };
    let Some(decision) = record.expire(tx.now()) else { return Ok(false) };
    change(tx, sealer, &Actor::Job("expire_records"), record, decision).await?;
    Ok(true)
}

/// Deletes a record if its agreement allows that.
async fn forget(tx: &mut Tx, actor: &Actor, record: &Record) -> Result<bool, Error> {
    let agreement = agreements::load(tx, &record.agreement.into()).await?;
    let terms = agreements::view(tx, agreement, record.agreement_revision).await?.terms;
    if !terms.forgettable {
        return Ok(false);
    }
    store::records::delete(tx, record.id).await?;
    store::signatures::delete(tx, record.id).await?;
    store::revisions::delete_all(tx, record.id).await?;
    let entry = Audit::new(&events::RECORD_FORGOTTEN, actor.audit_name(), record.id);
    tx.audit(entry.with(json!({ "agreement": record.agreement }))).await?;
    if record.state == State::Given {
        let gone = Record { state: State::Withdrawn, ..record.clone() };
        if let Some(event) = events::record_event(Some(State::Given), &gone, State::Withdrawn) {
            tx.emit(&event).await?;
        }
    }
    Ok(true)
}

/// A person's own record.
pub(super) async fn own(tx: &mut Tx, subject: Pseudonym, record: Id) -> Result<Record, Error> {
    let found = store::records::find(tx, record).await?;
    found.filter(|record| record.subject == subject).ok_or(Error::RecordUnknown)
}

pub(super) async fn view(tx: &mut Tx, record: Record) -> Result<RecordView, Error> {
    let revision = store::revisions::find(tx, record.id, record.latest).await?;
    let revision = revision.ok_or(Error::RevisionUnknown)?;
    let agreement = agreements::load(tx, &record.agreement.into()).await?;
    let agreement = agreements::view(tx, agreement, record.agreement_revision).await?;
    Ok(RecordView { record, revision, agreement })
}

async fn views(tx: &mut Tx, records: Vec<Record>) -> Result<Vec<RecordView>, Error> {
    let mut views = Vec::with_capacity(records.len());
    for record in records {
        views.push(view(tx, record).await?);
    }
    Ok(views)
}
