//! Members, subsystems and services hosted here.

use contracts::MemberId;
use kernel::audit::Audit;

use super::{Actor, check_names, is_code};
use crate::audit_events;
use crate::directory::mark_changed;
use crate::error::ExchangeError;
use crate::exchange::Exchange;
use crate::model::{Names, Service, Subsystem};
use crate::store;

impl Exchange {
    /// Adds a member to this installation, or renames one. Its signing key is made on first use.
    ///
    /// # Errors
    /// [`ExchangeError::Conflict`] for a new member anywhere but on the hub (elsewhere members come
    /// with the join token), or one hosted elsewhere; [`ExchangeError::Invalid`] for bad input.
    pub async fn put_member(
        &self,
        actor: &Actor,
        id: &MemberId,
        names: Names,
    ) -> Result<(), ExchangeError> {
        actor.check(id)?;
        check_names(&names)?;
        if id.instance() != &*self.0.ctx.instance {
            return Err(ExchangeError::invalid(
                "id",
                format!("the instance here is {}", self.0.ctx.instance),
            ));
        }
        let snapshot = self.snapshot();
        let elsewhere = snapshot
            .installations
            .values()
            .find(|i| i.entry.name != snapshot.own && i.entry.members.contains(id));
        if let Some(host) = elsewhere {
            return Err(ExchangeError::Conflict(format!(
                "{id} is hosted by installation {}",
                host.entry.name
            )));
        }
        let audit = Audit::new(&audit_events::MEMBER_PUT, &actor.name, id);
        let (hub, id) = (self.0.config.hub, id.clone());
        self.member_key(&id)?;
        let write = self.0.ctx.db.write(move |tx| {
            Box::pin(async move {
                if !hub && !store::members::has_member(tx, &id).await? {
                    let text = format!("{id} is not hosted here: ask the hub's operator for a join token that names it");
                    return Err(ExchangeError::Conflict(text));
                }
                store::members::put_member(tx, &id, &names).await?;
                mark_changed(tx, hub).await?;
                tx.audit(audit).await.map_err(ExchangeError::Db)
            })
        });
        write.await?;
        self.changed().await
    }

    /// Adds or changes a subsystem of a member hosted here.
    ///
    /// # Errors
    /// [`ExchangeError::Unknown`] if the member is not hosted here; [`ExchangeError::Conflict`]
    /// for a change of sector, which would orphan the pseudonyms it has stored.
    pub async fn put_subsystem(
        &self,
        actor: &Actor,
        subsystem: Subsystem,
    ) -> Result<(), ExchangeError> {
        let member = subsystem.id.member();
        actor.check(&member)?;
        check_names(&subsystem.names)?;
        if !is_code(&subsystem.sector) {
            return Err(ExchangeError::invalid("sector", "write 1 to 64 of a-z 0-9 -"));
        }
        let audit = Audit::new(&audit_events::SUBSYSTEM_PUT, &actor.name, &subsystem.id);
        let hub = self.0.config.hub;
        let write = self.0.ctx.db.write(move |tx| {
            Box::pin(async move {
                if !store::members::has_member(tx, &member).await? {
                    return Err(ExchangeError::Unknown {
                        what: "member hosted here",
                        id: member.to_string(),
                    });
                }
                let known = store::members::find_subsystem(tx, subsystem.id.as_ref()).await?;
                if known.is_some_and(|known| known.sector != subsystem.sector) {
                    let text =
                        "a subsystem keeps its sector: its pseudonyms would mean nobody in another";
                    return Err(ExchangeError::Conflict(text.to_owned()));
                }
                store::members::put_subsystem(tx, &subsystem).await?;
                mark_changed(tx, hub).await?;
                tx.audit(audit).await.map_err(ExchangeError::Db)
            })
        });
        write.await?;
        self.changed().await
    }

    /// Adds or changes a service, or switches it on or off.
    ///
    /// # Errors
    /// [`ExchangeError::Unknown`] if the subsystem is not hosted here.
    pub async fn put_service(&self, actor: &Actor, service: Service) -> Result<(), ExchangeError> {
        actor.check(&service.id.member())?;
        check_names(&service.names)?;
        if !service.kinds.iter().all(|kind| is_code(kind)) {
            return Err(ExchangeError::invalid("kinds", "write tags of 1 to 64 of a-z 0-9 -"));
        }
        let details = serde_json::json!({ "enabled": service.enabled, "kinds": service.kinds });
        let audit = Audit::new(&audit_events::SERVICE_PUT, &actor.name, &service.id).with(details);
        let hub = self.0.config.hub;
        let write = self.0.ctx.db.write(move |tx| {
            Box::pin(async move {
                let subsystem = service.id.subsystem();
                if store::members::find_subsystem(tx, subsystem.as_ref()).await?.is_none() {
                    return Err(ExchangeError::Unknown {
                        what: "subsystem hosted here",
                        id: subsystem.to_string(),
                    });
                }
                store::members::put_service(tx, &service).await?;
                mark_changed(tx, hub).await?;
                tx.audit(audit).await.map_err(ExchangeError::Db)
            })
        });
        write.await?;
        self.changed().await
    }
}
