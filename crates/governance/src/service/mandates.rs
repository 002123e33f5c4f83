//! The register of mandates: what the country pack says at first, and what officers enter since.

use super::Governance;
use crate::Error;
use crate::events::{MANDATE_ENDED, MANDATE_PUBLISHED};
use crate::model::grievance::Invalid;
use crate::model::mandate::{self, Mandate, Names};
use crate::store::mandates;
use basis::{Id, Timestamp};
use contracts::MemberId;
use kernel::audit::Audit;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A mandate to be entered.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MandateIn {
    /// Whose it is.
    #[schema(value_type = String, example = "TB/GOV/DPC")]
    pub member: MemberId,
    /// The law.
    #[schema(example = "Data Protection Act")]
    pub law: String,
    /// Its section.
    #[serde(default)]
    #[schema(example = "s.12")]
    pub section: String,
    /// What it allows, by language tag.
    #[serde(default)]
    pub allows: Names,
    /// In force from; at once if left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub valid_from: Option<Timestamp>,
    /// In force until; without end if left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub valid_until: Option<Timestamp>,
}

/// The end of a mandate.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndIn {
    /// In force until, not included.
    #[schema(value_type = String, format = DateTime)]
    pub valid_until: Timestamp,
}

/// A mandate as the register shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MandateOut {
    /// Identifier.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// The law.
    pub law: String,
    /// Its section.
    pub section: String,
    /// What it allows, by language tag.
    pub allows: Names,
    /// In force from.
    #[schema(value_type = String, format = DateTime)]
    pub valid_from: Timestamp,
    /// In force until.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub valid_until: Option<Timestamp>,
    /// True if it counts now.
    pub in_force: bool,
    /// When it was entered.
    #[schema(value_type = String, format = DateTime)]
    pub published: Timestamp,
}

/// A member with its mandates; one without says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MemberMandates {
    /// The member.
    #[schema(value_type = String, example = "TB/GOV/DPC")]
    pub member: MemberId,
    /// Its name, by language tag.
    pub names: Names,
    /// True if none of its mandates counts now.
    pub without_mandate: bool,
    /// Its mandates, the latest first.
    pub mandates: Vec<MandateOut>,
}

impl MandateOut {
    fn of(mandate: Mandate, now: Timestamp) -> Self {
        Self {
            in_force: mandate.is_in_force(now),
            id: mandate.id,
            law: mandate.law,
            section: mandate.section,
            allows: mandate.allows,
            valid_from: mandate.valid_from,
            valid_until: mandate.valid_until,
            published: mandate.published,
        }
    }
}

impl Governance {
    /// Every member of the directory with its mandates.
    ///
    /// # Errors
    /// What the database says.
    pub async fn members(&self) -> Result<Vec<MemberMandates>, Error> {
        let all = self.0.db.read(|tx| Box::pin(async move { mandates::all(tx).await }));
        let all: Vec<Mandate> = all.await?;
        let now = self.0.clock.now();
        let of = |member: &MemberId| -> Vec<MandateOut> {
            let own = all.iter().filter(|mandate| mandate.member == *member);
            own.map(|mandate| MandateOut::of(mandate.clone(), now)).collect()
        };
        let mut members: Vec<MemberMandates> = Vec::new();
        for (member, names) in self.0.deps.directory.members() {
            let mandates = of(&member);
            let without_mandate = !mandates.iter().any(|mandate| mandate.in_force);
            members.push(MemberMandates { member, names, without_mandate, mandates });
        }
        members.sort_by(|a, b| a.member.cmp(&b.member));
        Ok(members)
    }

    /// Enters a mandate.
    ///
    /// # Errors
    /// [`Error::MemberUnknown`], [`Error::Invalid`].
    pub async fn publish_mandate(
        &self,
        actor: String,
        new: MandateIn,
    ) -> Result<MandateOut, Error> {
        let members = self.0.deps.directory.members();
        if !members.iter().any(|(member, _)| *member == new.member) {
            return Err(Error::MemberUnknown);
        }
        let now = self.0.clock.now();
        let mandate = Mandate {
            id: Id::mint(&self.0.clock, &self.0.rng),
            member: new.member,
            law: new.law,
            section: new.section,
            allows: new.allows,
            valid_from: new.valid_from.unwrap_or(now),
            valid_until: new.valid_until,
            published: now,
        };
        mandate::check(&mandate)?;
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                mandates::insert(tx, &mandate).await?;
                let detail = serde_json::json!({
                    "member": mandate.member, "law": mandate.law, "section": mandate.section
                });
                let audit = Audit::new(&MANDATE_PUBLISHED, actor, mandate.id).with(detail);
                tx.audit(audit).await?;
                Ok(MandateOut::of(mandate, now))
            })
        });
        write.await
    }

    /// Enters the end of a mandate.
    ///
    /// # Errors
    /// [`Error::MandateUnknown`], [`Error::Invalid`].
    pub async fn end_mandate(
        &self,
        actor: String,
        id: Id,
        until: Timestamp,
    ) -> Result<MandateOut, Error> {
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let found = mandates::find(tx, id).await?;
                let mut mandate = found.ok_or(Error::MandateUnknown)?;
                if until <= mandate.valid_from {
                    let remedy = "send a time after the mandate's beginning".to_owned();
                    return Err(Invalid { field: "valid_until", remedy }.into());
                }
                if mandate.valid_until != Some(until) {
                    mandate.valid_until = Some(until);
                    mandates::set_end(tx, id, until).await?;
                    let detail = serde_json::json!({ "valid_until": until });
                    tx.audit(Audit::new(&MANDATE_ENDED, actor, id).with(detail)).await?;
                }
                Ok(MandateOut::of(mandate, tx.now()))
            })
        });
        write.await
    }

    /// Enters what the country pack says about members that have no mandate here yet. What officers
    /// entered or ended since stands.
    ///
    /// # Errors
    /// What the database says.
    pub async fn seed_mandates(&self) -> Result<(), Error> {
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let known = mandates::all(tx).await?;
                let new = |member: &MemberId| known.iter().all(|known| known.member != *member);
                for seed in this.0.deps.mandates.iter().filter(|seed| new(&seed.member)) {
                    let (law, section) = mandate::split_reference(&seed.reference);
                    let mandate = Mandate {
                        id: tx.mint(),
                        member: seed.member.clone(),
                        law,
                        section,
                        allows: seed.allows.clone(),
                        valid_from: tx.now(),
                        valid_until: None,
                        published: tx.now(),
                    };
                    mandates::insert(tx, &mandate).await?;
                    let detail = serde_json::json!({ "member": mandate.member });
                    let audit = Audit::new(&MANDATE_PUBLISHED, "country-pack", mandate.id);
                    tx.audit(audit.with(detail)).await?;
                }
                Ok(())
            })
        });
        write.await
    }
}
