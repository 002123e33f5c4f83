//! The registrar lets posts register without a link.

use super::Registrar;
use crate::model::delegation::{self, Delegation, Wish};
use crate::store;
use crate::{Civil, DELEGATION_GRANTED, Error};
use basis::{Id, Timestamp};
use contracts::SubsystemId;
use credential::Jwk;
use kernel::audit::Audit;
use kernel::idempotency::{Recall, Request};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Name of the key that signs delegations.
const KEY: &str = "civil-delegation";

/// Which numbers a post gets: the first eleven digits of certificate numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Numbers {
    /// The first; the next free one if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 90_000_000_000_i64)]
    pub from: Option<i64>,
    /// How many, 1 to 10,000.
    pub count: i64,
}

/// Lets a post register births.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DelegationIn {
    /// The post's subsystem.
    #[schema(value_type = String, example = "TB/GOV/POST114/civil")]
    pub post: SubsystemId,
    /// With which numbers.
    pub numbers: Numbers,
    /// Until when, at most 400 days ahead.
    #[schema(value_type = String, format = DateTime)]
    pub valid_until: Timestamp,
}

/// A delegation, to be brought to the post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DelegationOut {
    /// The delegation.
    #[schema(value_type = String, format = Uuid)]
    pub id: Id,
    /// What the post takes in, signed by the registrar.
    pub delegation: String,
    /// The post.
    #[schema(value_type = String)]
    pub post: SubsystemId,
    /// Its numbers.
    pub numbers: Numbers,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub valid_until: Timestamp,
}

impl Civil {
    /// Gives a post numbers that nobody else has, for some time.
    ///
    /// # Errors
    /// [`Error::Ungranted`] naming the field, [`Error::OnlyAtRegistrar`], [`Error::KeyReused`].
    pub async fn grant_delegation(
        &self,
        officer: Registrar,
        request: Request,
        ask: DelegationIn,
    ) -> Result<DelegationOut, Error> {
        if self.deps.registrar.is_some() {
            return Err(Error::OnlyAtRegistrar);
        }
        if ask.post == self.deps.subsystem || ask.post.instance() != &*self.ctx.instance {
            let remedy = "name the subsystem of a post of this country";
            return Err(Error::Ungranted { field: "post", remedy });
        }
        let key = self.ctx.keys.signing_key(KEY)?;
        let civil = self.clone();
        let write = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                store::delegations::lock(tx).await?;
                match tx.recall(&request).await? {
                    Recall::Mismatch => return Err(Error::KeyReused),
                    Recall::Answered { answer, .. } => {
                        return serde_json::from_str(&answer)
                            .map_err(|error| Error::Payload(error.to_string()));
                    }
                    Recall::New => {}
                }
                let (now, ranges) = (tx.now(), store::delegations::ranges(tx).await?);
                let Numbers { from, count } = ask.numbers;
                let wish = Wish { from, count, until: ask.valid_until };
                let first = delegation::grant(wish, &ranges, now)
                    .map_err(|(field, remedy)| Error::Ungranted { field, remedy })?;
                let given = Delegation {
                    id: tx.mint(),
                    registrar: civil.deps.subsystem.clone(),
                    post: ask.post,
                    first,
                    numbers: count,
                    from: now.micros(),
                    until: ask.valid_until.micros(),
                };
                let token = given.sign(&*key)?;
                store::delegations::insert(tx, &given, &officer.actor).await?;
                let audit = Audit::new(&DELEGATION_GRANTED, &officer.actor, given.id);
                let detail = json!({ "post": given.post, "first": first, "count": count });
                tx.audit(audit.with(detail)).await?;
                let out = DelegationOut {
                    id: given.id,
                    delegation: token,
                    post: given.post,
                    numbers: Numbers { from: Some(first), count },
                    valid_until: ask.valid_until,
                };
                let answer = serde_json::to_string(&out).expect("ids and numbers are JSON");
                tx.remember(&request, 201, &answer).await?;
                Ok(out)
            })
        });
        write.await
    }

    /// The public keys that delegations are checked with.
    ///
    /// # Errors
    /// [`Error::OnlyAtRegistrar`], or what the key store says.
    pub fn delegation_keys(&self) -> Result<Vec<Jwk>, Error> {
        if self.deps.registrar.is_some() {
            return Err(Error::OnlyAtRegistrar);
        }
        // Made now if there is none yet: a post may ask before the first delegation.
        self.ctx.keys.signing_key(KEY)?;
        Ok(self.ctx.keys.public_keys(KEY))
    }
}
