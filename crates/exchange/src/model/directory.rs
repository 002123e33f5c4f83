//! What the directory says, as data. X-Road's global configuration divides the same way: shared
//! parameters (installations and who they host) from the centre, the rest from its owner.

use std::collections::BTreeMap;

use basis::{Id, Timestamp};
use contracts::context::BasisKind;
use contracts::{MemberId, ServiceId, SubsystemId};
use credential::jwk::Jwk;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Texts by language tag: `{"en": "Benefits", "fr": "Prestations", "sw": "Mafao"}`.
pub type Names = BTreeMap<String, String>;

/// A member hosted by an installation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Identifier.
    #[schema(value_type = String, example = "TB/GOV/CRO")]
    pub id: MemberId,
    /// Name for people.
    pub names: Names,
    /// Public key that verifies the member's messages.
    #[schema(value_type = Object)]
    pub key: Jwk,
}

/// An information system of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Subsystem {
    /// Identifier.
    #[schema(value_type = String, example = "TB/GOV/CRO/civil")]
    pub id: SubsystemId,
    /// The sector whose pseudonyms it uses.
    pub sector: String,
    /// Name for people.
    pub names: Names,
}

/// A service a subsystem offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Identifier.
    #[schema(value_type = String, example = "TB/GOV/CRO/civil/births")]
    pub id: ServiceId,
    /// Name for people.
    pub names: Names,
    /// Tags, e.g. `read-log`, `events`, `any-sector`.
    pub kinds: Vec<String>,
    /// False while the provider has switched it off.
    pub enabled: bool,
}

/// The provider lets a subsystem call a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessRight {
    /// The service.
    #[schema(value_type = String, example = "TB/GOV/CRO/civil/births")]
    pub service: ServiceId,
    /// Who may call it.
    #[schema(value_type = String, example = "TB/GOV/NIA/identity")]
    pub client: SubsystemId,
}

/// An agreement: for which purpose and on what basis a client may use a service, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// Identifier.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// The service.
    #[schema(value_type = String, example = "TB/GOV/NIA/residents/records")]
    pub service: ServiceId,
    /// The client.
    #[schema(value_type = String, example = "TB/GOV/MSP/benefits")]
    pub client: SubsystemId,
    /// Purpose code.
    pub purpose: String,
    /// Kind of legal basis.
    pub basis: BasisKind,
    /// The law, contract or data agreement relied on; empty where any of that kind will do.
    pub reference: String,
    /// Fields the answer may hold; empty means all the service offers.
    pub fields: Vec<String>,
    /// The service that is asked, on every call of an officer, whether the case named stands for this
    /// officer and this person. None where an officer may ask without a case.
    #[schema(value_type = Option<String>, example = "TB/GOV/MSP/benefits/case-verify")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<ServiceId>,
    /// In force from.
    #[schema(value_type = String, format = DateTime)]
    pub valid_from: Timestamp,
    /// In force until, not included.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// True while the provider has stopped it.
    pub suspended: bool,
}

/// What one installation publishes about the members it hosts. It signs it itself: rights and
/// agreements are the provider's word, the hub only passes them on.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Name of the installation.
    pub installation: String,
    /// Grows with every change; an older one never replaces a newer one.
    pub version: i64,
    /// Its members.
    pub members: Vec<Member>,
    /// Their subsystems.
    pub subsystems: Vec<Subsystem>,
    /// Their services.
    pub services: Vec<Service>,
    /// Who may call them.
    pub rights: Vec<AccessRight>,
    /// And on what basis.
    pub agreements: Vec<Agreement>,
}

impl Part {
    /// A part that says nothing yet.
    pub fn empty(installation: impl Into<String>) -> Self {
        Self {
            installation: installation.into(),
            version: 0,
            members: Vec::new(),
            subsystems: Vec::new(),
            services: Vec::new(),
            rights: Vec::new(),
            agreements: Vec::new(),
        }
    }

    /// Drops every entry about a member the hub does not list for this installation, so that no
    /// installation can speak for another's members.
    pub fn keep_only(&mut self, hosted: &[MemberId]) {
        let speaks_for = |member: MemberId| hosted.contains(&member);
        self.members.retain(|m| hosted.contains(&m.id));
        self.subsystems.retain(|s| speaks_for(s.id.member()));
        self.services.retain(|s| speaks_for(s.id.member()));
        self.rights.retain(|r| speaks_for(r.service.member()));
        self.agreements.retain(|a| speaks_for(a.service.member()));
    }
}

/// An installation as the hub lists it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Installation {
    /// Name, unique in the instance.
    pub name: String,
    /// Base URL of its wire listener, e.g. `https://10.0.0.2:8443`; empty if it has none yet.
    pub address: String,
    /// SHA-256 of its TLS certificate (DER), lower-case hexadecimal.
    pub fingerprint: String,
    /// Public key that verifies its part of the directory.
    #[schema(value_type = Object)]
    pub sign_key: Jwk,
    /// Public key to seal pseudonyms for it.
    #[schema(value_type = Object)]
    pub seal_key: Jwk,
    /// The members it hosts.
    #[schema(value_type = Vec<String>)]
    pub members: Vec<MemberId>,
}

/// The directory as the hub signs it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The instance, e.g. `TB`.
    pub instance: String,
    /// Grows with every change; a peer never goes back to an older one.
    pub version: i64,
    /// When the hub signed it.
    pub issued: Timestamp,
    /// Name of the hub's installation.
    pub hub: String,
    /// All installations.
    pub installations: Vec<Installation>,
    /// Their parts: compact JWS over [`Part`], by each installation's `sign_key`.
    pub parts: Vec<String>,
}
