//! At a post: taking a delegation in, and registering under it with nobody to ask.

use super::{BirthOut, Registrar};
use crate::model::certificate;
use crate::model::delegation::{Delegation, Unusable};
use crate::model::held;
use crate::model::{self, Birth, Facts};
use crate::store;
use crate::store::post as posts;
use crate::{BIRTH_REGISTERED, Civil, DELEGATION_TAKEN, Error};
use basis::{Id, Timestamp};
use contracts::SubsystemId;
use contracts::civil::posts::{POST_REGISTRATIONS, PURPOSE, PostClient};
use credential::Jwk;
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::idempotency::{Recall, Request};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// A delegation that an officer brings to the post.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeIn {
    /// As the registrar signed it.
    pub delegation: String,
}

/// Where a post stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PostStatus {
    /// Births registered here under a delegation.
    pub registered: i64,
    /// Not handed in yet.
    pub waiting: i64,
    /// Handed in and answered.
    pub uploaded: i64,
    /// Of these: an officer of the registrar looks at them.
    pub conflicts: i64,
    /// Numbers that can be given out now.
    pub numbers_left: i64,
    /// Until when; none where no delegation is in force.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub delegation_until: Option<Timestamp>,
    /// Why the last attempt to hand in failed; none after a success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// When the next attempt is due, after a failure.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt: Option<Timestamp>,
}

impl Civil {
    /// The registrar that this post works for.
    ///
    /// # Errors
    /// [`Error::OnlyAtPost`].
    pub(super) fn registrar(&self) -> Result<&SubsystemId, Error> {
        self.deps.registrar.as_ref().ok_or(Error::OnlyAtPost)
    }

    /// Takes a delegation in that the registrar signed for this post. Harmless to repeat.
    ///
    /// # Errors
    /// [`Error::Delegation`]; [`Error::RegistrarKeyUnknown`] when the registrar's key has never been
    /// fetched and there is no link to do so.
    pub async fn take_delegation(
        &self,
        officer: Registrar,
        ask: TakeIn,
    ) -> Result<PostStatus, Error> {
        let registrar = self.registrar()?.clone();
        let given = self.verify_delegation(&registrar, &ask.delegation).await?;
        given.is_for(&self.deps.subsystem, &registrar)?;
        let write = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                posts::lock(tx).await?;
                if posts::hold(tx, &given, &ask.delegation).await? {
                    let audit = Audit::new(&DELEGATION_TAKEN, &officer.actor, given.id);
                    let detail = json!({ "first": given.first, "count": given.numbers });
                    tx.audit(audit.with(detail)).await?;
                }
                Ok::<_, Error>(())
            })
        });
        write.await?;
        self.post_status().await
    }

    /// Checks a delegation with the keys known here, and with the registrar's newest where they do not
    /// fit and there is a link.
    async fn verify_delegation(
        &self,
        registrar: &SubsystemId,
        token: &str,
    ) -> Result<Delegation, Error> {
        let known = self.ctx.db.read(|tx| Box::pin(async move { posts::keys(tx).await })).await?;
        let known: Vec<Jwk> =
            known.iter().filter_map(|text: &String| Jwk::from_json(text.as_bytes()).ok()).collect();
        if let Ok(given) = Delegation::verify(token, &known) {
            return Ok(given);
        }
        let service =
            registrar.service(POST_REGISTRATIONS).expect("the code is a constant of ours");
        let client = PostClient::new(self.deps.wire.clone());
        let fetched = match client.keys(self.context(service, PURPOSE)).await {
            Ok(answer) => answer.keys,
            Err(_) if known.is_empty() => return Err(Error::RegistrarKeyUnknown),
            Err(_) => return Err(Unusable::Signature.into()),
        };
        let keys: Vec<Jwk> = fetched.iter().filter_map(|key| Jwk::from_value(key).ok()).collect();
        let kept: Vec<(String, String)> = keys
            .iter()
            .filter_map(|key| Some((key.thumbprint(), key.public_json().ok()?.to_string())))
            .collect();
        let write = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                for (kid, jwk) in &kept {
                    posts::keep_key(tx, kid, jwk).await?;
                }
                Ok::<_, Error>(())
            })
        });
        write.await?;
        Ok(Delegation::verify(token, &keys)?)
    }

    /// Registers a birth with the next number of a delegation. Nobody is asked: who the mother is, the
    /// registrar finds out when it is handed in.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::NoNumber`], [`Error::KeyReused`].
    pub(super) async fn register_at_post(
        &self,
        officer: Registrar,
        request: Request,
        facts: Facts,
    ) -> Result<BirthOut, Error> {
        model::check(&facts, self.ctx.clock.now())?;
        let civil = self.clone();
        let write = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                posts::lock(tx).await?;
                match tx.recall(&request).await? {
                    Recall::Mismatch => return Err(Error::KeyReused),
                    Recall::Answered { answer, .. } => {
                        return serde_json::from_str(&answer)
                            .map_err(|error| Error::Payload(error.to_string()));
                    }
                    Recall::New => {}
                }
                let out = civil.use_number(tx, &officer, facts).await?;
                let answer = serde_json::to_string(&out).expect("two texts are JSON");
                tx.remember(&request, 201, &answer).await?;
                Ok(out)
            })
        });
        write.await
    }

    async fn use_number(
        &self,
        tx: &mut Tx,
        officer: &Registrar,
        facts: Facts,
    ) -> Result<BirthOut, Error> {
        let (now, all) = (tx.now(), posts::held(tx).await?);
        let chosen = held::choose(&all, now)?;
        let birth = Birth {
            id: tx.mint(),
            number: certificate::of_post(now, chosen.first + chosen.used),
            facts,
            subject: None,
            effective: now,
            recorded: now,
        };
        let out = BirthOut { registration: birth.id, number: birth.number.clone() };
        self.write_birth(tx, birth, &officer.actor).await?;
        posts::insert(tx, out.registration, chosen.id, chosen.used).await?;
        posts::use_number(tx, chosen.id).await?;
        let audit = Audit::new(&BIRTH_REGISTERED, &officer.actor, out.registration);
        tx.audit(audit.with(json!({ "delegation": chosen.id }))).await?;
        Ok(out)
    }

    /// What is registered here, what waits, and what numbers are left.
    ///
    /// # Errors
    /// [`Error::OnlyAtPost`].
    pub async fn post_status(&self) -> Result<PostStatus, Error> {
        self.registrar()?;
        let now = self.ctx.clock.now();
        let read = self.ctx.db.read(move |tx| {
            Box::pin(async move {
                let counts = posts::counts(tx).await?;
                let link = posts::link(tx).await?;
                let all = posts::held(tx).await?;
                let in_force: Vec<_> = all.iter().filter(|one| one.is_in_force(now)).collect();
                let until = in_force.iter().map(|one| one.until).max();
                Ok::<_, Error>(PostStatus {
                    registered: counts.registered,
                    waiting: counts.waiting,
                    uploaded: counts.registered - counts.waiting,
                    conflicts: counts.conflicts,
                    numbers_left: in_force.iter().map(|one| one.left()).sum(),
                    delegation_until: until.map(Timestamp::from_micros),
                    next_attempt: (link.failures > 0).then(|| Timestamp::from_micros(link.next_at)),
                    last_error: Some(link.last_error).filter(|error| !error.is_empty()),
                })
            })
        });
        read.await
    }

    /// Gives a birth of this post the number that the registrar gave it.
    pub(super) async fn renumber(&self, tx: &mut Tx, id: Id, number: &str) -> Result<(), Error> {
        match store::numbered(tx, number).await? {
            // It has that number already.
            Some(_) => Ok(()),
            None => Ok(store::renumber(tx, id, number).await?),
        }
    }
}
