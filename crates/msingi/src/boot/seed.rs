//! Entering what the country pack says into the exchange, once. What an operator or a member
//! changed since stands.

use super::BootError;
use crate::country::{Country, Member};
use basis::Timestamp;
use exchange::{AccessRight, Actor, Exchange, NewAgreement, Service, Snapshot, Subsystem};
use std::sync::Arc;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Enters whatever is missing about the members hosted here. Agreements that the pack makes for some
/// days run from `now`, when they are entered.
///
/// # Errors
/// Whatever the exchange refuses, naming the entry.
pub async fn seed(
    exchange: &Exchange,
    country: &Country,
    hosted: &[&Member],
    now: Timestamp,
) -> Result<(), BootError> {
    let before = exchange.snapshot();
    let actor = Actor::operator("country-pack");
    let seeding = Seeding { exchange, country, hosted, actor, before, now };
    seeding.members().await?;
    seeding.subsystems().await?;
    seeding.services().await?;
    seeding.agreements().await?;
    seeding.rights().await
}

struct Seeding<'a> {
    exchange: &'a Exchange,
    country: &'a Country,
    hosted: &'a [&'a Member],
    actor: Actor,
    /// The directory as it was: a right that somebody revoked since must not come back.
    before: Arc<Snapshot>,
    now: Timestamp,
}

impl Seeding<'_> {
    fn known(&self) -> Arc<Snapshot> {
        self.exchange.snapshot()
    }

    fn hosts(&self, member: &contracts::MemberId) -> bool {
        self.hosted.iter().any(|entry| entry.id == *member)
    }

    async fn members(&self) -> Result<(), BootError> {
        let known = self.known();
        // Joining enters the members that an installation may host, and not yet what they are called.
        let unnamed = |member: &&&Member| {
            known.members.get(&member.id).is_none_or(|state| state.names.is_empty())
        };
        for member in self.hosted.iter().filter(unnamed) {
            self.exchange.put_member(&self.actor, &member.id, member.names.clone()).await?;
        }
        Ok(())
    }

    async fn subsystems(&self) -> Result<(), BootError> {
        let known = self.known();
        for entry in self.country.subsystems.iter().filter(|entry| self.hosts(&entry.id.member())) {
            if known.subsystems.contains_key(&entry.id) {
                continue;
            }
            let (id, sector, names) = (entry.id.clone(), entry.sector.clone(), entry.names.clone());
            self.exchange.put_subsystem(&self.actor, Subsystem { id, sector, names }).await?;
        }
        Ok(())
    }

    async fn services(&self) -> Result<(), BootError> {
        let known = self.known();
        for entry in self.country.services.iter().filter(|entry| self.hosts(&entry.id.member())) {
            if known.services.contains_key(&entry.id) {
                continue;
            }
            let (id, kinds, names) = (entry.id.clone(), entry.kinds.clone(), entry.names.clone());
            self.exchange
                .put_service(&self.actor, Service { id, names, kinds, enabled: true })
                .await?;
        }
        Ok(())
    }

    async fn agreements(&self) -> Result<(), BootError> {
        let known = self.known();
        for entry in
            self.country.agreements.iter().filter(|entry| self.hosts(&entry.service.member()))
        {
            let client = known
                .services
                .get(&entry.service)
                .and_then(|service| service.clients.get(&entry.client));
            let agreed = client.is_some_and(|client| {
                client
                    .agreements
                    .iter()
                    .any(|known| known.purpose == entry.purpose && known.basis == entry.basis)
            });
            if agreed {
                continue;
            }
            let (service, client) = (entry.service.clone(), entry.client.clone());
            self.exchange
                .grant_right(
                    &self.actor,
                    AccessRight { service: service.clone(), client: client.clone() },
                )
                .await?;
            let new = NewAgreement {
                service,
                client,
                purpose: entry.purpose.clone(),
                basis: entry.basis,
                reference: entry.reference.clone(),
                fields: entry.fields.clone(),
                case: entry.case.clone(),
                valid_from: None,
                valid_until: entry
                    .valid_days
                    .map(|days| self.now.plus_seconds(i64::from(days) * DAY_SECONDS)),
            };
            self.exchange.create_agreement(&self.actor, new).await?;
        }
        Ok(())
    }

    async fn rights(&self) -> Result<(), BootError> {
        for (service, client) in
            self.country.rights.iter().filter(|(service, _)| self.hosts(&service.member()))
        {
            if self.before.services.contains_key(service) {
                continue;
            }
            let right = AccessRight { service: service.clone(), client: client.clone() };
            self.exchange.grant_right(&self.actor, right).await?;
        }
        Ok(())
    }
}
