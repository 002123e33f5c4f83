//! Access rights and agreements: the provider's word on who may call its services and why.

use basis::{Id, Timestamp};
use contracts::context::{BasisKind, is_purpose};
use contracts::{ServiceId, SubsystemId};
use kernel::audit::{Audit, AuditEvent};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Actor;
use crate::audit_events;
use crate::directory::mark_changed;
use crate::error::ExchangeError;
use crate::exchange::Exchange;
use crate::model::{AccessRight, Agreement};
use crate::store;

/// How long before its end a provider is warned of an agreement, in seconds.
const WARN_SECONDS: i64 = 30 * 24 * 60 * 60;

/// An agreement to be recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAgreement {
    /// The service, of a member hosted here.
    #[schema(value_type = String, example = "TB/GOV/NIA/residents/records")]
    pub service: ServiceId,
    /// The subsystem that will call it.
    #[schema(value_type = String, example = "TB/GOV/MSP/benefits")]
    pub client: SubsystemId,
    /// Purpose code.
    pub purpose: String,
    /// Kind of legal basis.
    pub basis: BasisKind,
    /// The law, contract or data agreement; may be left out where any of that kind will do.
    #[serde(default)]
    pub reference: String,
    /// Fields the answer may hold; all if left out.
    #[serde(default)]
    pub fields: Vec<String>,
    /// A service of kind `case-verify`, if officers may ask only for a case that stands.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "TB/GOV/MSP/benefits/case-verify")]
    pub case: Option<ServiceId>,
    /// In force from; at once if left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub valid_from: Option<Timestamp>,
    /// In force until; without end if left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub valid_until: Option<Timestamp>,
}

impl NewAgreement {
    fn check(&self, now: Timestamp) -> Result<(), ExchangeError> {
        if !is_purpose(&self.purpose) {
            return Err(ExchangeError::invalid("purpose", "write 1 to 64 of a-z 0-9 - and ."));
        }
        if self.basis == BasisKind::Law && self.reference.trim().is_empty() {
            return Err(ExchangeError::invalid("reference", "name the law and its section"));
        }
        if self.reference.len() > 200 || self.reference.chars().any(char::is_control) {
            return Err(ExchangeError::invalid(
                "reference",
                "write at most 200 bytes without control characters",
            ));
        }
        if self.basis == BasisKind::Consent
            && !self.reference.is_empty()
            && self.reference.parse::<Id>().is_err()
        {
            return Err(ExchangeError::invalid("reference", "name the data agreement by its id"));
        }
        let field = |field: &String| {
            (1..=64).contains(&field.len()) && !field.contains(char::is_whitespace)
        };
        if !self.fields.iter().all(field) {
            return Err(ExchangeError::invalid(
                "fields",
                "write names of 1 to 64 bytes without spaces",
            ));
        }
        let from = self.valid_from.unwrap_or(now);
        if self.valid_until.is_some_and(|until| until <= from) {
            return Err(ExchangeError::invalid("valid_until", "write a time after valid_from"));
        }
        Ok(())
    }
}

impl Exchange {
    /// Grants a subsystem, of whichever installation, access to a service hosted here.
    ///
    /// # Errors
    /// [`ExchangeError::Unknown`] if the service is not hosted here.
    pub async fn grant_right(
        &self,
        actor: &Actor,
        right: AccessRight,
    ) -> Result<(), ExchangeError> {
        actor.check(&right.service.member())?;
        let details = serde_json::json!({ "client": right.client });
        let audit =
            Audit::new(&audit_events::RIGHT_GRANTED, &actor.name, &right.service).with(details);
        let hub = self.0.config.hub;
        let write = self.0.ctx.db.write(move |tx| {
            Box::pin(async move {
                if store::members::find_service(tx, &right.service).await?.is_none() {
                    return Err(ExchangeError::Unknown {
                        what: "service hosted here",
                        id: right.service.to_string(),
                    });
                }
                if !store::rights::grant(tx, &right).await? {
                    return Ok(());
                }
                mark_changed(tx, hub).await?;
                tx.audit(audit).await.map_err(ExchangeError::Db)
            })
        });
        write.await?;
        self.changed().await
    }

    /// Revokes access. Works for the next call.
    ///
    /// # Errors
    /// [`ExchangeError::Unknown`] if there is no such right.
    pub async fn revoke_right(
        &self,
        actor: &Actor,
        right: AccessRight,
    ) -> Result<(), ExchangeError> {
        actor.check(&right.service.member())?;
        let details = serde_json::json!({ "client": right.client });
        let audit =
            Audit::new(&audit_events::RIGHT_REVOKED, &actor.name, &right.service).with(details);
        let hub = self.0.config.hub;
        let write = self.0.ctx.db.write(move |tx| {
            Box::pin(async move {
                if !store::rights::revoke(tx, &right).await? {
                    let id = format!("{} to {}", right.client, right.service);
                    return Err(ExchangeError::Unknown { what: "access right of", id });
                }
                mark_changed(tx, hub).await?;
                tx.audit(audit).await.map_err(ExchangeError::Db)
            })
        });
        write.await?;
        self.changed().await
    }

    /// Records an agreement on a service hosted here.
    ///
    /// # Errors
    /// [`ExchangeError::Unknown`] if the service is not hosted here; [`ExchangeError::Invalid`].
    pub async fn create_agreement(
        &self,
        actor: &Actor,
        new: NewAgreement,
    ) -> Result<Agreement, ExchangeError> {
        actor.check(&new.service.member())?;
        let now = self.0.ctx.clock.now();
        new.check(now)?;
        let agreement = Agreement {
            id: self.mint(),
            service: new.service,
            client: new.client,
            purpose: new.purpose,
            basis: new.basis,
            reference: new.reference,
            fields: new.fields,
            case: new.case,
            valid_from: new.valid_from.unwrap_or(now),
            valid_until: new.valid_until,
            suspended: false,
        };
        let details = serde_json::json!({
            "service": agreement.service, "client": agreement.client, "purpose": agreement.purpose,
            "basis": agreement.basis, "reference": agreement.reference, "case": agreement.case,
            "valid_until": agreement.valid_until,
        });
        let audit =
            Audit::new(&audit_events::AGREEMENT_CREATED, &actor.name, agreement.id).with(details);
        let (hub, stored) = (self.0.config.hub, agreement.clone());
        let write = self.0.ctx.db.write(move |tx| {
            Box::pin(async move {
                if store::members::find_service(tx, &stored.service).await?.is_none() {
                    return Err(ExchangeError::Unknown {
                        what: "service hosted here",
                        id: stored.service.to_string(),
                    });
                }
                store::rights::insert_agreement(tx, &stored).await?;
                mark_changed(tx, hub).await?;
                tx.audit(audit).await.map_err(ExchangeError::Db)
            })
        });
        write.await?;
        self.changed().await?;
        Ok(agreement)
    }

    /// Suspends an agreement, or resumes it. Works for the next call.
    ///
    /// # Errors
    /// [`ExchangeError::Unknown`] if there is no such agreement here.
    pub async fn suspend_agreement(
        &self,
        actor: &Actor,
        id: Id,
        suspended: bool,
    ) -> Result<Agreement, ExchangeError> {
        let event: &'static AuditEvent = if suspended {
            &audit_events::AGREEMENT_SUSPENDED
        } else {
            &audit_events::AGREEMENT_RESUMED
        };
        let audit = Audit::new(event, &actor.name, id);
        let (hub, actor) = (self.0.config.hub, actor.clone());
        let write = self.0.ctx.db.write(move |tx| {
            Box::pin(async move {
                let found = store::rights::find_agreement(tx, id).await?;
                let mut agreement = found.ok_or_else(|| ExchangeError::Unknown {
                    what: "agreement",
                    id: id.to_string(),
                })?;
                actor.check(&agreement.service.member())?;
                if agreement.suspended == suspended {
                    return Ok(agreement);
                }
                agreement.suspended = suspended;
                store::rights::set_suspended(tx, id, suspended).await?;
                mark_changed(tx, hub).await?;
                tx.audit(audit).await?;
                Ok::<_, ExchangeError>(agreement)
            })
        });
        let agreement = write.await?;
        self.changed().await?;
        Ok(agreement)
    }

    /// Warns of the agreements of services hosted here that end soon, each once: in the log and in the
    /// audit trail. Answers those warned of.
    ///
    /// # Errors
    /// Database errors.
    pub async fn warn_of_ends(&self) -> Result<Vec<Agreement>, ExchangeError> {
        let write = self.0.ctx.db.write(|tx| {
            Box::pin(async move {
                let now = tx.now();
                let soon = now.plus_seconds(WARN_SECONDS);
                let ending = store::rights::ending(tx, now, soon).await?;
                for agreement in &ending {
                    store::rights::set_warned(tx, agreement.id).await?;
                    let details = serde_json::json!({
                        "service": agreement.service, "client": agreement.client,
                        "purpose": agreement.purpose, "valid_until": agreement.valid_until,
                    });
                    let event = &audit_events::AGREEMENT_ENDS_SOON;
                    let audit = Audit::new(event, "job:warn_of_ends", agreement.id).with(details);
                    tx.audit(audit).await?;
                }
                Ok::<_, ExchangeError>(ending)
            })
        });
        let ending = write.await?;
        for agreement in &ending {
            let until = agreement.valid_until.map(|until| until.to_string()).unwrap_or_default();
            tracing::warn!(
                service = %agreement.service, client = %agreement.client, purpose = agreement.purpose, until,
                "An agreement ends soon: record a new one, or its calls are refused from then on"
            );
        }
        Ok(ending)
    }
}
