//! Revisions: what an object said at one time, chained to what it said before, and sealed.
//!
//! Every change of a policy, an agreement or a record adds a revision and alters none.
//! ```text
//! hash(n)  = SHA-256(snapshot(n))                  GovStack's serializedHash
//! chain(n) = SHA-256(chain(n-1) || hash(n))        chain(0) = 32 zero bytes
//! seal(n)  = JWS by the block's key over {chain, hash, number, object, revision, schema}
//! ```
//! GovStack 1.1 says SHA-1 for the hash; the same specification's security requirements forbid it
//! for signing, so it is SHA-256 here.

use super::actor::Actor;
use super::canonical::{NotCanonical, canonical};
use super::digest::Digest;
use basis::{Id, Timestamp};
use credential::alg::SigAlg;
use credential::jws;
use credential::key::VerifyingKey;
use serde_json::{Value, json};
use std::fmt;

/// The `typ` of a seal's header, so that no other token of ours can stand in for one
/// (RFC 8725 section 3.11).
pub const SEAL_TYPE: &str = "msingi-revision+jws";

/// Which kind of object a revision belongs to: GovStack's `schemaName`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// A policy.
    Policy,
    /// A data agreement.
    DataAgreement,
    /// A consent record.
    ConsentRecord,
}

/// One state of an object, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The revision's own id.
    pub id: Id,
    /// Kind of the object.
    pub schema: Schema,
    /// The object.
    pub object: Id,
    /// Place in the object's history, from 1.
    pub number: i64,
    /// Canonical JSON of what the object says: GovStack's `serializedSnapshot`.
    pub snapshot: String,
    /// SHA-256 of the snapshot.
    pub hash: Digest,
    /// Hash over the whole history up to here.
    pub chain: Digest,
    /// Compact JWS over the link.
    pub seal: String,
    /// When it was recorded.
    pub recorded: Timestamp,
    /// The revision before this one, if there is one.
    pub predecessor: Option<Predecessor>,
}

/// What a revision says about the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Predecessor {
    /// Its hash: GovStack's `predecessorHash`.
    pub hash: Digest,
    /// Its seal: GovStack's `predecessorSignature`.
    pub seal: String,
}

/// A revision that still lacks its seal: only the holder of the block's key can add it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsealed {
    revision: Revision,
}

/// Why a history is not what was once recorded. `number` names the revision at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// A number is missing: a revision was deleted or their order changed.
    #[error("revision {number} is missing")]
    Missing {
        /// The number that should have come.
        number: i64,
    },
    /// The snapshot does not have the stored hash: its text was changed.
    #[error("the snapshot of revision {number} was changed")]
    SnapshotChanged {
        /// The revision's number.
        number: i64,
    },
    /// The chain value does not follow from the one before.
    #[error("the chain breaks at revision {number}")]
    ChainBroken {
        /// The revision's number.
        number: i64,
    },
    /// The seal is not by one of our keys, or over something else.
    #[error("the seal of revision {number} is not ours or not over this revision")]
    SealWrong {
        /// The revision's number.
        number: i64,
    },
    /// The object names another revision as its latest: the end of the history was cut off.
    #[error("the history ends before the revision the object names as its latest")]
    TailCut,
}

impl Schema {
    /// GovStack's name of the schema, as it stands in snapshots and tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "Policy",
            Self::DataAgreement => "DataAgreement",
            Self::ConsentRecord => "ConsentRecord",
        }
    }
}

/// The snapshot of an object: the members GovStack names for `serializedSnapshot`, in canonical
/// JSON. `object` is none when a person signs the snapshot before the object is stored.
///
/// # Errors
/// [`NotCanonical`] when `data` holds a fraction or an integer beyond 2^53 - 1.
pub fn snapshot(
    schema: Schema,
    object: Option<Id>,
    data: &Value,
    actor: &Actor,
    at: Timestamp,
) -> Result<String, NotCanonical> {
    canonical(&json!({
        "objectData": data,
        "schemaName": schema.as_str(),
        "objectId": object.map_or_else(String::new, |id| id.to_string()),
        "signedWithoutObjectId": object.is_none(),
        "timestamp": at,
        "authorizedByIndividual": actor.individual(),
        "authorizedByOther": actor.other(),
    }))
}

impl Revision {
    /// The revision that follows `before` (none for the first) and holds `snapshot`.
    #[must_use]
    pub fn after(
        before: Option<&Revision>,
        id: Id,
        schema: Schema,
        object: Id,
        snapshot: String,
        recorded: Timestamp,
    ) -> Unsealed {
        let hash = Digest::of(&[snapshot.as_bytes()]);
        let chain = link(before.map(|revision| &revision.chain), &hash);
        let number = before.map_or(1, |revision| revision.number + 1);
        let predecessor =
            before.map(|revision| Predecessor { hash: revision.hash, seal: revision.seal.clone() });
        let seal = String::new();
        Unsealed {
            revision: Revision {
                id,
                schema,
                object,
                number,
                snapshot,
                hash,
                chain,
                seal,
                recorded,
                predecessor,
            },
        }
    }

    /// What the object said: the `objectData` of the snapshot.
    ///
    /// # Errors
    /// When the stored snapshot is not JSON; [`verify_chain`] then finds it changed.
    pub fn data(&self) -> Result<Value, serde_json::Error> {
        let mut whole: Value = serde_json::from_str(&self.snapshot)?;
        Ok(whole["objectData"].take())
    }

    fn seal_is_ours(&self, keys: &[VerifyingKey]) -> bool {
        let verified = jws::verify(&self.seal, keys, &[SigAlg::Es256]);
        verified.is_ok_and(|verified| {
            verified.header.has_type(SEAL_TYPE) && verified.payload == self.statement()
        })
    }

    /// The bytes the seal is over.
    fn statement(&self) -> Vec<u8> {
        let link = json!({
            "chain": self.chain,
            "hash": self.hash,
            "number": self.number,
            "object": self.object,
            "revision": self.id,
            "schema": self.schema.as_str(),
        });
        canonical(&link).expect("a revision's number stays below 2^53").into_bytes()
    }
}

impl Unsealed {
    /// The bytes to sign.
    #[must_use]
    pub fn statement(&self) -> Vec<u8> {
        self.revision.statement()
    }

    /// The revision with its seal, a compact JWS over [`Unsealed::statement`].
    #[must_use]
    pub fn sealed(self, seal: String) -> Revision {
        Revision { seal, ..self.revision }
    }
}

/// Checks a whole history, first to last, against the object's latest revision and our keys,
/// retired ones included.
///
/// # Errors
/// The first [`ChainFault`] in the order of the history.
pub fn verify_chain(
    history: &[Revision],
    latest: Id,
    keys: &[VerifyingKey],
) -> Result<(), ChainFault> {
    let mut before: Option<&Revision> = None;
    for revision in history {
        let number = before.map_or(1, |previous| previous.number + 1);
        if revision.number != number {
            return Err(ChainFault::Missing { number });
        }
        if revision.hash != Digest::of(&[revision.snapshot.as_bytes()]) {
            return Err(ChainFault::SnapshotChanged { number });
        }
        if revision.chain != link(before.map(|previous| &previous.chain), &revision.hash) {
            return Err(ChainFault::ChainBroken { number });
        }
        if !revision.seal_is_ours(keys) {
            return Err(ChainFault::SealWrong { number });
        }
        before = Some(revision);
    }
    if before.map(|last| last.id) != Some(latest) {
        return Err(ChainFault::TailCut);
    }
    Ok(())
}

fn link(before: Option<&Digest>, hash: &Digest) -> Digest {
    let before = before.copied().unwrap_or(Digest::ZERO);
    Digest::of(&[before.as_bytes(), hash.as_bytes()])
}

impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples::{NOW, id};
    use credential::key::SigningKey;

    const OBJECT: u8 = 1;

    fn sealed(key: &SigningKey, unsealed: Unsealed) -> Revision {
        let extra = [("typ", Value::from(SEAL_TYPE))];
        let seal = jws::sign(key, &extra, &unsealed.statement()).unwrap();
        unsealed.sealed(seal)
    }

    /// Three revisions of one record, with ids 11, 12, 13.
    fn history(key: &SigningKey) -> Vec<Revision> {
        let mut history: Vec<Revision> = Vec::new();
        for (number, state) in [(11, "given"), (12, "withdrawn"), (13, "given")] {
            let at = NOW.plus_seconds(i64::from(number));
            let actor = Actor::Job("test");
            let data = json!({ "state": state });
            let text =
                snapshot(Schema::ConsentRecord, Some(id(OBJECT)), &data, &actor, at).unwrap();
            let before = history.last();
            let next =
                Revision::after(before, id(number), Schema::ConsentRecord, id(OBJECT), text, at);
            history.push(sealed(key, next));
        }
        history
    }

    fn keys(key: &SigningKey) -> Vec<VerifyingKey> {
        vec![key.verifying_key().unwrap()]
    }

    #[test]
    fn a_history_as_recorded_is_intact() {
        let key = SigningKey::generate_es256().unwrap();
        let history = history(&key);
        assert_eq!(verify_chain(&history, id(13), &keys(&key)), Ok(()));
        assert_eq!(history[1].data().unwrap(), json!({ "state": "withdrawn" }));
        let predecessor = history[1].predecessor.as_ref().unwrap();
        assert_eq!((predecessor.hash, &predecessor.seal), (history[0].hash, &history[0].seal));
    }

    #[test]
    fn every_way_to_tamper_is_found() {
        type Change = fn(&mut Vec<Revision>);
        let table: [(&str, Change, ChainFault); 9] = [
            ("text", |h| tamper(&mut h[1].snapshot), ChainFault::SnapshotChanged { number: 2 }),
            ("text and hash", |h| rewrite(&mut h[1]), ChainFault::ChainBroken { number: 2 }),
            (
                "text, hash and chain",
                |h| {
                    rewrite(&mut h[1]);
                    h[1].chain = link(Some(&h[0].chain), &h[1].hash);
                },
                ChainFault::SealWrong { number: 2 },
            ),
            ("first deleted", |h| drop(h.remove(0)), ChainFault::Missing { number: 1 }),
            ("middle deleted", |h| drop(h.remove(1)), ChainFault::Missing { number: 2 }),
            ("last deleted", |h| drop(h.pop()), ChainFault::TailCut),
            ("all deleted", Vec::clear, ChainFault::TailCut),
            ("reordered", |h| h.swap(1, 2), ChainFault::Missing { number: 2 }),
            ("moved in time", |h| h[2].id = id(99), ChainFault::SealWrong { number: 3 }),
        ];
        let key = SigningKey::generate_es256().unwrap();
        for (name, change, fault) in table {
            let mut history = history(&key);
            change(&mut history);
            assert_eq!(verify_chain(&history, id(13), &keys(&key)), Err(fault), "{name}");
        }
    }

    fn tamper(snapshot: &mut String) {
        *snapshot = snapshot.replace("withdrawn", "given");
    }

    fn rewrite(revision: &mut Revision) {
        tamper(&mut revision.snapshot);
        revision.hash = Digest::of(&[revision.snapshot.as_bytes()]);
    }

    #[test]
    fn a_seal_by_another_key_or_for_another_use_is_refused() {
        let (key, other) =
            (SigningKey::generate_es256().unwrap(), SigningKey::generate_es256().unwrap());
        let fault = Err(ChainFault::SealWrong { number: 1 });
        assert_eq!(verify_chain(&history(&other), id(13), &keys(&key)), fault);

        let mut other_use = history(&key);
        let extra = [("typ", Value::from("JWT"))];
        other_use[0].seal = jws::sign(&key, &extra, &other_use[0].statement()).unwrap();
        assert_eq!(verify_chain(&other_use, id(13), &keys(&key)), fault);
    }

    #[test]
    fn a_snapshot_has_govstacks_members_in_canonical_form() {
        let actor = Actor::Officer("officer:GOV/NIA/o-1".to_owned());
        let text = snapshot(Schema::Policy, None, &json!({ "name": "P" }), &actor, NOW).unwrap();
        let wanted = concat!(
            r#"{"authorizedByIndividual":null,"authorizedByOther":"officer:GOV/NIA/o-1","#,
            r#""objectData":{"name":"P"},"objectId":"","schemaName":"Policy","#,
            r#""signedWithoutObjectId":true,"timestamp":"2026-03-14T08:00:00Z"}"#
        );
        assert_eq!(text, wanted);
    }
}
