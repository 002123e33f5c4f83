//! Signatures by persons: GovStack's drafts and signature objects.
//!
//! A draft is not stored. What is signed is canonical, so when it comes back we make it again from
//! what it says about itself, and compare: a draft that was altered, or is not for this person and
//! the offer of today, cannot match.

use super::{AgreementView, Consent, RecordView, Sealer, agreements, records};
use crate::error::Error;
use crate::events;
use crate::model::actor::Actor;
use crate::model::agreement::Offer;
use crate::model::record::{Answer, Record, Signing};
use crate::model::reference::Reference;
use crate::model::revision::{self, Schema};
use crate::model::signature::{Signature, Signed, SigningRequest};
use crate::store;
use basis::{Id, Timestamp};
use contracts::Pseudonym;
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::fields::Fields;
use serde_json::{Value, json};

/// How long a draft can be signed and handed in.
const DRAFT_SECONDS: i64 = 15 * 60;

/// What the encryption of a signature is bound to.
const SIGNATURE: &str = "record_signature.signature";

/// A record that is not stored, and what to sign for it. Neither has an id.
#[derive(Clone, Debug)]
pub struct RecordDraft {
    /// The agreement as it is offered.
    pub agreement: AgreementView,
    /// The person.
    pub subject: Pseudonym,
    /// What to sign.
    pub request: SigningRequest,
}

/// A stored record and the signature under it.
#[derive(Clone, Debug)]
pub struct SignedRecord {
    /// The record.
    pub record: RecordView,
    /// The signature.
    pub signature: Signature,
}

/// What a caller hands in as a person's signature.
#[derive(Clone, Debug)]
pub struct HandedIn {
    /// GovStack's `verificationMethod`.
    pub method: String,
    /// GovStack's `signature`: a compact JWS.
    pub jws: String,
    /// GovStack's `verificationSignedBy`; may be empty.
    pub signed_by: String,
}

impl Consent {
    /// A record for a person to sign, saying yes to an agreement as it is offered now.
    ///
    /// # Errors
    /// [`Error::AgreementUnknown`] when it is not offered; [`Error::AgreementChanged`] when
    /// another revision is asked for.
    pub async fn draft_record(
        &self,
        actor: Actor,
        subject: Pseudonym,
        agreement: Reference,
        revision: Option<Id>,
    ) -> Result<RecordDraft, Error> {
        let agreement = self.offered_agreement(agreement).await?;
        if revision.is_some_and(|read| read != agreement.revision.id) {
            return Err(Error::AgreementChanged);
        }
        let at = self.clock.now();
        let no_id = Id::from_bytes([0; 16]);
        let (_, snapshot) = drafted(&agreement.offer(), &actor, subject, no_id, at)?;
        let request = SigningRequest { revision: None, snapshot, at };
        Ok(RecordDraft { agreement, subject, request })
    }

    /// Stores a draft that a person signed: record and signature at once.
    ///
    /// # Errors
    /// [`Error::DraftStale`] when `snapshot` is not one [`Consent::draft_record`] would hand out
    /// for this person; [`Error::Signature`].
    pub async fn create_signed_record(
        &self,
        actor: Actor,
        subject: Pseudonym,
        snapshot: String,
        signature: HandedIn,
    ) -> Result<SignedRecord, Error> {
        let (at, agreement) = read_draft(&snapshot)?;
        let age = self.clock.now().seconds_since(at);
        if !(0..DRAFT_SECONDS).contains(&age) {
            return Err(Error::DraftStale);
        }
        let request = SigningRequest { revision: None, snapshot, at };
        let signed = signature.check(&request)?;
        let (sealer, fields) = (self.sealer()?, self.fields.clone());
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    records::must_be_known(tx, &actor, subject).await?;
                    store::records::lock(tx, subject).await?;
                    let offer = agreements::offered(tx, &agreement.into()).await?.offer();
                    let (record, again) = drafted(&offer, &actor, subject, tx.mint(), at)?;
                    if again != request.snapshot {
                        return Err(Error::DraftStale);
                    }
                    let record = store_signed(tx, &sealer, &actor, record, again).await?;
                    let signature = Signature { id: tx.mint(), request, signed: Some(signed) };
                    put(tx, &fields, &actor, &record, &signature).await?;
                    let record = records::view(tx, record).await?;
                    Ok(SignedRecord { record, signature })
                })
            })
            .await
    }

    /// Asks for a signature under a record as it is now.
    ///
    /// # Errors
    /// [`Error::RecordUnknown`] for another person's record.
    pub async fn create_signature(
        &self,
        actor: Actor,
        subject: Pseudonym,
        record: Id,
    ) -> Result<SignedRecord, Error> {
        let fields = self.fields.clone();
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    store::records::lock(tx, subject).await?;
                    let record = records::own(tx, subject, record).await?;
                    let record = Record { signing: Signing::Unsigned, ..record };
                    store::records::update(tx, &record).await?;
                    let record = records::view(tx, record).await?;
                    let snapshot = record.revision.snapshot.clone();
                    let revision = Some(record.revision.id);
                    let request = SigningRequest { revision, snapshot, at: tx.now() };
                    let signature = Signature { id: tx.mint(), request, signed: None };
                    put(tx, &fields, &actor, &record.record, &signature).await?;
                    Ok(SignedRecord { record, signature })
                })
            })
            .await
    }

    /// Completes a signature that was asked for.
    ///
    /// # Errors
    /// [`Error::SignatureUnknown`] when none was asked for under the record as it is now;
    /// [`Error::Signature`].
    pub async fn sign_record(
        &self,
        actor: Actor,
        subject: Pseudonym,
        record: Id,
        handed_in: HandedIn,
    ) -> Result<SignedRecord, Error> {
        let fields = self.fields.clone();
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    store::records::lock(tx, subject).await?;
                    let record = records::own(tx, subject, record).await?;
                    let asked = find(tx, &fields, &record).await?.ok_or(Error::SignatureUnknown)?;
                    let signed = handed_in.check(&asked.request)?;
                    let record = Record { signing: Signing::Signed, ..record };
                    store::records::update(tx, &record).await?;
                    let signature = Signature { signed: Some(signed), ..asked };
                    put(tx, &fields, &actor, &record, &signature).await?;
                    let record = records::view(tx, record).await?;
                    Ok(SignedRecord { record, signature })
                })
            })
            .await
    }
}

impl HandedIn {
    fn check(&self, request: &SigningRequest) -> Result<Signed, Error> {
        Ok(request.check(&self.method, &self.jws, &self.signed_by)?)
    }
}

/// The record that says yes to `offer` at `at`, and its snapshot without the record's id.
fn drafted(
    offer: &Offer,
    actor: &Actor,
    subject: Pseudonym,
    id: Id,
    at: Timestamp,
) -> Result<(Record, String), Error> {
    let answer = Answer { give: true, valid_until: None };
    let decision = answer.decide(offer, at)?;
    let record = offer.answered(id, subject, decision);
    let snapshot = revision::snapshot(Schema::ConsentRecord, None, &record.data(), actor, at)?;
    Ok((record, snapshot))
}

/// When a draft was made and for which agreement, as it says itself.
fn read_draft(snapshot: &str) -> Result<(Timestamp, Id), Error> {
    let draft: Value = serde_json::from_str(snapshot).map_err(|_| Error::DraftStale)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let at = text(&draft["timestamp"]).parse().map_err(|_| Error::DraftStale)?;
    let agreement = text(&draft["objectData"]["dataAgreement"]).parse();
    Ok((at, agreement.map_err(|_| Error::DraftStale)?))
}

/// Stores a signed draft: as a new record, or as the next revision of the person's record for the
/// same revision of the agreement.
async fn store_signed(
    tx: &mut Tx,
    sealer: &Sealer,
    actor: &Actor,
    record: Record,
    snapshot: String,
) -> Result<Record, Error> {
    let (subject, revision) = (record.subject, record.agreement_revision);
    let record = Record { signing: Signing::Signed, ..record };
    let Some(prior) = store::records::find_for_revision(tx, subject, revision).await? else {
        let revision = sealer.append(tx, Schema::ConsentRecord, record.id, snapshot).await?;
        return records::add(tx, sealer, actor, record, revision).await;
    };
    let record = Record { id: prior.id, ..record };
    let revision = sealer.append(tx, Schema::ConsentRecord, record.id, snapshot).await?;
    let record = Record { latest: revision.id, ..record };
    store::records::update(tx, &record).await?;
    records::tell(tx, actor, Some(prior.state), &record, &revision, record.state).await?;
    Ok(record)
}

async fn find(tx: &mut Tx, fields: &Fields, record: &Record) -> Result<Option<Signature>, Error> {
    let Some(sealed) = store::signatures::find(tx, record.id).await? else { return Ok(None) };
    let plain = fields.open(tx, record.subject.as_bytes(), SIGNATURE, &sealed).await?;
    Ok(Some(serde_json::from_slice(&plain)?))
}

/// Stores a signature, encrypted: key and JWS would tell the person apart from all others.
async fn put(
    tx: &mut Tx,
    fields: &Fields,
    actor: &Actor,
    record: &Record,
    signature: &Signature,
) -> Result<(), Error> {
    let plain = serde_json::to_vec(signature)?;
    let sealed = fields.seal(tx, record.subject.as_bytes(), SIGNATURE, &plain).await?;
    store::signatures::put(tx, record.id, record.subject, &sealed).await?;
    if signature.signed.is_some() {
        let entry = Audit::new(&events::RECORD_SIGNED, actor.audit_name(), record.id);
        tx.audit(entry.with(json!({ "revision": record.latest }))).await?;
    }
    Ok(())
}
