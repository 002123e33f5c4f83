//! Providers of others: registered by an officer, offered on the sign-in page.

use super::{FOREIGN_CALLBACK, Identity};
use crate::error::Error;
use crate::events::{FOREIGN_UNLINKED, PROVIDER_REGISTERED, PROVIDER_UPDATED};
use crate::model::provider::{self, Provider, ProviderIn};
use crate::store;
use credential::Jwk;
use kernel::audit::Audit;
use kernel::db::DbError;
use relying_party::{Client, RelyingParty};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::PoisonError;
use utoipa::ToSchema;

/// Purpose of the key that proves us to other providers.
const KEY: &str = "oidc-client:identity";
/// Where its public half is.
pub(crate) const CLIENT_KEYS: &str = "/identity/providers/jwks.json";

/// A registration that was accepted: what the provider has to know of us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProviderOut {
    /// As sent.
    pub id: String,
    /// Where it sends people back to.
    pub redirect_uri: String,
    /// Where it finds the public keys that we prove ourselves with (`private_key_jwt`).
    pub jwks_uri: String,
}

/// A provider as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ProviderName {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl Identity {
    /// Registers a provider, or changes its registration.
    ///
    /// # Errors
    /// [`Error::Field`] naming the first field that cannot be accepted.
    pub async fn register_provider(
        &self,
        actor: String,
        form: ProviderIn,
    ) -> Result<ProviderOut, Error> {
        let provider = provider::register(form, self.issuer(), self.0.sandbox)?;
        // Published before the provider first asks for it.
        self.0.keys.signing_key(KEY)?;
        let out = ProviderOut {
            id: provider.id.clone(),
            redirect_uri: format!("{}{FOREIGN_CALLBACK}", self.issuer()),
            jwks_uri: format!("{}{CLIENT_KEYS}", self.issuer()),
        };
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let is_new = store::providers::put(tx, &provider).await?;
                let event = if is_new { &PROVIDER_REGISTERED } else { &PROVIDER_UPDATED };
                let detail = json!({ "issuer": provider.issuer, "enabled": provider.enabled });
                tx.audit(Audit::new(event, actor, &provider.id).with(detail)).await
            })
        });
        write.await?;
        Ok(out)
    }

    /// The public keys that we prove ourselves with to other providers.
    ///
    /// # Errors
    /// When the first key cannot be made.
    pub fn client_keys(&self) -> Result<Vec<Jwk>, Error> {
        self.0.keys.signing_key(KEY)?;
        Ok(self.0.keys.public_keys(KEY))
    }

    /// The providers that are offered now.
    pub(crate) async fn offered(&self, language: &str) -> Result<Vec<ProviderName>, Error> {
        let read =
            self.0.db.read(move |tx| Box::pin(async move { store::providers::list(tx).await }));
        let known: Result<Vec<Provider>, DbError> = read.await;
        let offered = known?.into_iter().filter(|provider| provider.enabled);
        Ok(offered
            .map(|provider| ProviderName {
                name: provider.name(language).to_owned(),
                id: provider.id,
            })
            .collect())
    }

    /// The provider with this id, if it is offered now.
    pub(super) async fn provider(&self, id: &str) -> Result<Option<Provider>, Error> {
        let id = id.to_owned();
        let read = self
            .0
            .db
            .read(move |tx| Box::pin(async move { store::providers::find(tx, &id).await }));
        let found: Result<Option<Provider>, DbError> = read.await;
        Ok(found?.filter(|provider| provider.enabled))
    }

    /// Providers that whoever is signed in has linked; nothing if nobody is signed in.
    pub(crate) async fn linked(
        &self,
        session: Option<&str>,
        language: &str,
    ) -> Result<Vec<ProviderName>, Error> {
        let Some(session) = self.session(session).await? else { return Ok(Vec::new()) };
        let read = self.0.db.read(move |tx| {
            Box::pin(async move {
                let systems = store::providers::systems_of(tx, session.person.id).await?;
                let known = store::providers::list(tx).await?.into_iter();
                Ok(known.filter(|provider| systems.contains(&provider.issuer)).collect())
            })
        });
        let linked: Result<Vec<Provider>, DbError> = read.await;
        let named = |provider: Provider| ProviderName {
            name: provider.name(language).to_owned(),
            id: provider.id,
        };
        Ok(linked?.into_iter().map(named).collect())
    }

    /// Unlinks a provider from whoever is signed in.
    pub(crate) async fn unlink(
        &self,
        session: Option<&str>,
        id: String,
    ) -> Result<super::Changed, Error> {
        let found = self.session(session).await?.filter(|session| self.is_recent(session));
        let Some(found) = found else { return Ok(super::Changed::SignInFirst) };
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let provider = store::providers::find(tx, &id).await?;
                let Some(provider) = provider else { return Ok(super::Changed::Refused) };
                if store::providers::unlink(tx, found.person.id, &provider.issuer).await? == 0 {
                    return Ok(super::Changed::Refused);
                }
                let audit = Audit::new(&FOREIGN_UNLINKED, super::PERSON, found.person.reference);
                tx.audit(audit.with(json!({ "provider": provider.id }))).await?;
                Ok(super::Changed::Done)
            })
        });
        write.await
    }

    /// Us as a relying party of a provider. Kept, with what the provider published.
    pub(super) fn party_of(&self, provider: &Provider) -> RelyingParty {
        let key = format!("{} {}", provider.issuer, provider.client_id);
        let mut known = self.0.parties.lock().unwrap_or_else(PoisonError::into_inner);
        let party = known.entry(key).or_insert_with(|| {
            let client = Client {
                issuer: provider.issuer.clone(),
                id: provider.client_id.clone(),
                redirect_uri: format!("{}{FOREIGN_CALLBACK}", self.issuer()),
                scope: "openid",
                key: KEY.to_owned(),
            };
            let (http, keys) = (self.0.deps.http.clone(), self.0.keys.clone());
            RelyingParty::new(client, http, keys, self.0.clock.clone(), self.0.rng.clone())
        });
        party.clone()
    }
}
