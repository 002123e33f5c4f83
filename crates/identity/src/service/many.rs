//! Many persons in one call: pseudonyms for another body, VIDs for printing cards.

use super::pseudonyms::{logged_under, sector_of};
use super::{CIVIL, Identity};
use crate::error::Error;
use crate::events::{PERSONS_RESOLVED, VIDS_LISTED};
use basis::{Id, Timestamp};
use contracts::context::BasisKind;
use contracts::identity::{MANY_MAX, ResolveManyIn};
use contracts::reads::{self, ReadEntry};
use contracts::{CallContext, Pseudonym};
use kernel::audit::Audit;
use kernel::db::Tx;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Purpose code of reading VIDs to print cards.
const CARDS: &str = "card-printing";

/// Whose VIDs are wanted.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListVidsIn {
    /// Registrations of births, 1 to 1,000.
    #[schema(value_type = Vec<String>)]
    pub registrations: Vec<Id>,
}

/// The VIDs, in the order asked.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct VidsOut {
    /// One for each registration.
    pub vids: Vec<VidOfRegistration>,
}

/// The VID of the person that follows from a registration.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct VidOfRegistration {
    /// As asked.
    #[schema(value_type = String, format = "uuid")]
    pub registration: Id,
    /// 16 digits; none if no person follows from it yet, or the VID is revoked.
    pub vid: Option<String>,
}

impl Identity {
    /// As [`Identity::resolve`] for many identifiers of one system; nothing where nobody has one. Each
    /// look-up is in the read log of the person.
    ///
    /// # Errors
    /// [`Error::HowMany`], [`Error::SystemRefused`], [`Error::SectorMissing`].
    pub async fn resolve_many(
        &self,
        ctx: &CallContext,
        ask: ResolveManyIn,
    ) -> Result<Vec<Option<Pseudonym>>, Error> {
        check_count("values", ask.values.len())?;
        self.check_system(ctx, &ask.system)?;
        let sector = sector_of(ctx)?;
        let (this, ctx) = (self.clone(), ctx.clone());
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let (mut found, mut answer) = (Vec::new(), Vec::with_capacity(ask.values.len()));
                for value in &ask.values {
                    let resolved = this.resolve_in(tx, &ctx, (&ask.system, value), &sector).await?;
                    found.extend(resolved.map(|(person, _)| person.reference));
                    answer.push(resolved.map(|(_, pseudonym)| pseudonym));
                }
                let detail = json!({ "system": ask.system, "purpose": ctx.purpose,
                    "asked": ask.values.len(), "persons": found });
                let audit = Audit::new(&PERSONS_RESOLVED, ctx.client.to_string(), ctx.correlation);
                tx.audit(audit.with(detail)).await?;
                Ok(answer)
            })
        });
        write.await
    }

    /// The VIDs of many registrations, for their cards. Each is in the read log of the person.
    ///
    /// # Errors
    /// [`Error::HowMany`].
    pub async fn list_vids(
        &self,
        actor: String,
        officer: String,
        case: Option<String>,
        ask: ListVidsIn,
    ) -> Result<VidsOut, Error> {
        check_count("registrations", ask.registrations.len())?;
        let entry = self.card_entry(officer, case.clone(), self.0.clock.now());
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let (mut shown, mut vids) = (Vec::new(), Vec::new());
                for registration in ask.registrations {
                    let found = this.vid_of(tx, registration, &entry).await?;
                    let (reference, vid) = found.unzip();
                    shown.extend(reference);
                    vids.push(VidOfRegistration { registration, vid });
                }
                let detail = json!({ "case": case, "asked": vids.len(), "persons": shown });
                tx.audit(Audit::new(&VIDS_LISTED, actor, tx.mint()).with(detail)).await?;
                Ok(VidsOut { vids })
            })
        });
        write.await
    }

    async fn vid_of(
        &self,
        tx: &mut Tx,
        registration: Id,
        entry: &ReadEntry,
    ) -> Result<Option<(Id, String)>, Error> {
        let person = match self.find_person(tx, CIVIL, &registration.to_string()).await {
            Err(Error::PersonUnknown) => return Ok(None),
            found => found?,
        };
        let key = self.0.fields.subject(tx, person.id.as_bytes()).await?;
        let Some(vid) = self.current_vid(tx, person, &key).await? else { return Ok(None) };
        reads::store::insert(tx, &self.0.fields, logged_under(person), entry).await?;
        Ok(Some((person.reference, vid.digits().to_owned())))
    }

    fn card_entry(&self, officer: String, case: Option<String>, at: Timestamp) -> ReadEntry {
        ReadEntry {
            at,
            reader: self.0.deps.subsystem.clone(),
            officer: Some(officer),
            case,
            purpose: CARDS.to_owned(),
            basis: BasisKind::Law,
            basis_reference: self.0.deps.law.clone(),
            fields: vec!["vid".to_owned()],
            self_read: false,
            refused: None,
        }
    }
}

fn check_count(field: &'static str, count: usize) -> Result<(), Error> {
    if (1..=MANY_MAX).contains(&count) { Ok(()) } else { Err(Error::HowMany(field)) }
}
