//! Signatures: who signs what, with or without dissent, and when they are enough.

use super::{Acting, Assessments};
use crate::Error;
use crate::events::{QUORUM_REACHED, ROUND_SIGNED_OFF};
use crate::model::check::{self, Wrong};
use crate::model::digest;
use crate::model::state::State;
use crate::store::rounds;
use crate::store::sign_offs::{self, Signature};
use basis::Id;
use kernel::audit::Audit;
use maturity::round::SignOff;
use serde::Deserialize;
use utoipa::ToSchema;

/// A signature to be given.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignatureIn {
    /// The round's digest as it was read.
    pub digest: String,
    /// Office that signs; a role, not a person's name.
    #[schema(example = "Director General")]
    pub role: String,
    /// What the institution does not agree with.
    #[serde(default)]
    pub dissent: Option<String>,
    /// Institution that signed on paper; the officer's own if left out.
    #[serde(default)]
    pub institution: Option<String>,
    /// SHA-256 of the signed paper, hex; needed where another institution signed on paper.
    #[serde(default)]
    pub paper: Option<String>,
}

impl Assessments {
    /// Signs a round. With the last signature that the quorum needs, the round is signed.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::OtherDigest`], [`Error::Refused`].
    pub async fn sign(&self, by: Acting, id: Id, new: SignatureIn) -> Result<State, Error> {
        let institution = new.institution.clone().unwrap_or_else(|| by.institution.clone());
        let dissent = new.dissent.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let mut wrongs = check::signature(&new.role, dissent, new.paper.as_deref());
        let on_paper = institution != by.institution;
        if on_paper && by.institution != self.owner() {
            wrongs.push(Wrong::new("institution", "leave it out: an institution signs for itself"));
        }
        if on_paper && new.paper.is_none() {
            let remedy = "send the SHA-256 of the paper that the institution signed";
            wrongs.push(Wrong::new("paper", remedy));
        }
        if !wrongs.is_empty() {
            return Err(Error::Invalid(wrongs));
        }
        let dissent = dissent.map(str::to_owned);
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let loaded = this.load_locked(tx, id).await?;
                let mut held = loaded.held;
                held.may_sign(&institution, &loaded.round.sign_offs)?;
                let current = held
                    .digest
                    .clone()
                    .unwrap_or_else(|| digest::of_round(this.instrument(), &loaded.round));
                if new.digest != current {
                    return Err(Error::OtherDigest { current });
                }
                let role = new.role.trim().to_owned();
                let signature = Signature {
                    id: tx.mint(),
                    sign_off: SignOff { institution, role, at: tx.now(), dissent },
                    digest: current.clone(),
                    paper: new.paper,
                    actor: by.actor.clone(),
                };
                sign_offs::insert(tx, id, &signature).await?;
                let detail = serde_json::json!({
                    "institution": signature.sign_off.institution, "digest": current,
                    "dissent": signature.sign_off.dissent.is_some(), "paper": signature.paper
                });
                let audit = Audit::new(&ROUND_SIGNED_OFF, by.actor.clone(), id).with(detail);
                tx.audit(audit).await?;
                let enough = held.is_quorum(loaded.round.sign_offs.len() + 1);
                if held.state == State::InReview && enough {
                    held.state = State::Signed;
                    held.revision += 1;
                    held.moved = tx.now();
                    held.digest = Some(current.clone());
                    rounds::update(tx, &held).await?;
                    let detail = serde_json::json!({ "digest": current });
                    tx.audit(Audit::new(&QUORUM_REACHED, by.actor, id).with(detail)).await?;
                }
                Ok(held.state)
            })
        });
        write.await
    }
}
