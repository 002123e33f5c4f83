//! The directory indexed for one look-up per question. Built anew on every change and swapped
//! whole, so that a call sees one state from its start to its end.

use std::collections::HashMap;
use std::sync::Arc;

use contracts::{MemberId, ServiceId, SubsystemId, reads};
use credential::key::VerifyingKey;

use super::directory::{Agreement, Installation, Names, Part, Service, Subsystem};

/// An installation and the key that verifies its signatures.
#[derive(Debug, Clone)]
pub struct InstallationState {
    /// As listed.
    pub entry: Installation,
    /// `entry.sign_key`, parsed.
    pub verify: VerifyingKey,
}

/// A member, where it is hosted, and the key that verifies its messages.
#[derive(Debug, Clone)]
pub struct MemberState {
    /// Name for people.
    pub names: Names,
    /// The installation that hosts it.
    pub installation: Arc<InstallationState>,
    /// Verifies its messages; none if the published key cannot be read, and then nothing of that
    /// member is believed.
    pub verify: Option<VerifyingKey>,
}

/// What one client may do with one service.
#[derive(Debug, Clone, Default)]
pub struct ClientState {
    /// The provider has granted access.
    pub right: bool,
    /// All agreements, in force or not.
    pub agreements: Vec<Agreement>,
}

/// A service with all that a decision about a call needs.
#[derive(Debug, Clone)]
pub struct ServiceState {
    /// As published.
    pub entry: Service,
    /// Rights and agreements by client.
    pub clients: HashMap<SubsystemId, ClientState>,
}

impl ServiceState {
    /// True if the service has this tag.
    pub fn is(&self, kind: &str) -> bool {
        self.entry.kinds.iter().any(|k| k == kind)
    }
}

/// An officer registered at this installation.
#[derive(Debug, Clone)]
pub struct OfficerState {
    /// Roles granted.
    pub roles: Vec<String>,
    /// False once dismissed.
    pub active: bool,
    /// Verifies the officer's sign-in assertions; none for one who signs in with a browser only.
    pub verify: Option<VerifyingKey>,
}

/// The directory at one moment, and this installation's own officers.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// Name of this installation.
    pub own: String,
    /// Version of the hub's document it was built from; 0 before the first.
    pub version: i64,
    /// By name.
    pub installations: HashMap<String, Arc<InstallationState>>,
    /// Members of all installations.
    pub members: HashMap<MemberId, MemberState>,
    /// Subsystems of all members.
    pub subsystems: HashMap<SubsystemId, Subsystem>,
    /// Services of all subsystems.
    pub services: HashMap<ServiceId, ServiceState>,
    /// The service of each tag; see [`Snapshot::service_of_kind`].
    kinds: HashMap<String, ServiceId>,
    /// Installation names by TLS fingerprint.
    fingerprints: HashMap<String, String>,
    /// This installation's officers, by `CLASS/MEMBER` and id.
    pub officers: HashMap<String, HashMap<String, OfficerState>>,
}

impl Snapshot {
    /// An empty directory of the installation `own`.
    pub fn new(own: impl Into<String>, version: i64) -> Self {
        Self { own: own.into(), version, ..Self::default() }
    }

    /// Adds an installation. One whose key cannot be read is left out: nothing it signs could be
    /// believed.
    pub fn add_installation(&mut self, entry: Installation) {
        let Ok(verify) = VerifyingKey::from_jwk(&entry.sign_key) else {
            tracing::warn!(
                installation = entry.name,
                "left out of the directory: its key is not usable"
            );
            return;
        };
        if !entry.fingerprint.is_empty() {
            self.fingerprints.insert(entry.fingerprint.clone(), entry.name.clone());
        }
        let state = InstallationState { entry, verify };
        self.installations.insert(state.entry.name.clone(), Arc::new(state));
    }

    /// Adds what an installation publishes. Entries that hang in the air (a right on a service
    /// that is not there) are dropped.
    pub fn add_part(&mut self, mut part: Part) {
        let Some(installation) = self.installations.get(&part.installation).cloned() else {
            return;
        };
        part.keep_only(&installation.entry.members);
        for member in part.members {
            let verify = VerifyingKey::from_jwk(&member.key).ok();
            let state =
                MemberState { names: member.names, installation: installation.clone(), verify };
            self.members.insert(member.id, state);
        }
        for subsystem in part.subsystems {
            self.subsystems.insert(subsystem.id.clone(), subsystem);
        }
        for entry in part.services {
            if self.subsystems.contains_key(&entry.id.subsystem()) {
                self.index_kinds(&entry);
                self.services
                    .insert(entry.id.clone(), ServiceState { entry, clients: HashMap::new() });
            }
        }
        for right in part.rights {
            if let Some(service) = self.services.get_mut(&right.service) {
                service.clients.entry(right.client).or_default().right = true;
            }
        }
        for agreement in part.agreements {
            if let Some(service) = self.services.get_mut(&agreement.service) {
                service
                    .clients
                    .entry(agreement.client.clone())
                    .or_default()
                    .agreements
                    .push(agreement);
            }
        }
    }

    fn index_kinds(&mut self, service: &Service) {
        for kind in &service.kinds {
            let first = self.kinds.entry(kind.clone()).or_insert_with(|| service.id.clone());
            if service.id < *first {
                *first = service.id.clone();
            }
        }
    }

    /// The installation that hosts a member.
    pub fn host_of(&self, member: &MemberId) -> Option<&Arc<InstallationState>> {
        self.members.get(member).map(|state| &state.installation)
    }

    /// True if this installation hosts the member.
    pub fn is_own(&self, member: &MemberId) -> bool {
        self.host_of(member).is_some_and(|host| host.entry.name == self.own)
    }

    /// The sector of a subsystem.
    pub fn sector_of(&self, subsystem: &SubsystemId) -> Option<&str> {
        self.subsystems.get(subsystem).map(|s| s.sector.as_str())
    }

    /// The one service with this tag, e.g. pseudonym translation. If several carry it, the first
    /// by identifier, so that every node of the instance picks the same.
    pub fn service_of_kind(&self, kind: &str) -> Option<&ServiceState> {
        self.services.get(self.kinds.get(kind)?)
    }

    /// The service in which a subsystem tells persons who read about them, if it has one.
    pub fn read_log_of(&self, subsystem: &SubsystemId) -> Option<&ServiceId> {
        let own = |id: &&ServiceId| id.subsystem() == *subsystem;
        let logs = self.services.values().filter(|service| service.is(reads::KIND));
        logs.map(|service| &service.entry.id).filter(own).min()
    }

    /// The installation whose TLS certificate has this fingerprint (lower-case hexadecimal).
    pub fn by_fingerprint(&self, fingerprint: &str) -> Option<&Arc<InstallationState>> {
        self.installations.get(self.fingerprints.get(fingerprint)?)
    }

    /// An officer of this installation.
    pub fn officer(&self, member: &MemberId, id: &str) -> Option<&OfficerState> {
        self.officers.get(member.local())?.get(id)
    }
}
