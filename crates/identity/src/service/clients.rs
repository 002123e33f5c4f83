//! Relying parties: registered by an officer, looked up by everyone else.

use super::Identity;
use crate::error::Error;
use crate::events::{CLIENT_REGISTERED, CLIENT_UPDATED};
use crate::model::client::{self, ClientIn, RelyingParty};
use crate::model::response_alg::ResponseAlg;
use crate::store;
use kernel::audit::Audit;
use kernel::db::DbError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A registration that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClientOut {
    /// As sent.
    pub client_id: String,
    /// The `kid` or thumbprint of each accepted key.
    pub keys: Vec<String>,
}

impl Identity {
    /// Registers a relying party, or changes its registration. The same registration again changes
    /// nothing.
    ///
    /// # Errors
    /// [`Error::Field`] naming the first field that cannot be accepted.
    pub async fn register_client(&self, actor: String, form: ClientIn) -> Result<ClientOut, Error> {
        let party = client::register(form, self.0.sandbox)?;
        let name =
            |jwk: &credential::Jwk| jwk.kid().map_or_else(|| jwk.thumbprint(), str::to_owned);
        let out = ClientOut {
            client_id: party.id.clone(),
            keys: party.jwks.keys.iter().map(name).collect(),
        };
        if [party.id_token_alg, party.userinfo_alg].contains(&ResponseAlg::Rs256) {
            self.make_rsa_key().await?;
        }
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let is_new = store::clients::put(tx, &party).await?;
                let event = if is_new { &CLIENT_REGISTERED } else { &CLIENT_UPDATED };
                tx.audit(Audit::new(event, actor, &party.id)).await
            })
        });
        write.await?;
        Ok(out)
    }

    /// The relying party with this `client_id`. Read each time, so that a change counts at once in
    /// every process.
    ///
    /// # Errors
    /// What the database says.
    pub async fn party(&self, client_id: &str) -> Result<Option<RelyingParty>, DbError> {
        let id = client_id.to_owned();
        let read =
            self.0.db.read(move |tx| Box::pin(async move { store::clients::find(tx, &id).await }));
        read.await
    }
}
