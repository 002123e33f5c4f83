//! Types of the exchange and the directory as one value in memory. Pure.

mod directory;
mod snapshot;

pub use directory::{
    AccessRight, Agreement, Document, Installation, Member, Names, Part, Service, Subsystem,
};
pub use snapshot::{
    ClientState, InstallationState, MemberState, OfficerState, ServiceState, Snapshot,
};

use contracts::{cases, consent, identity};

/// Directory tag of a service that takes events of other blocks.
pub const KIND_EVENTS: &str = "events";

/// Tags of services that carry the exchange's own work. A call to one needs an access right but
/// no agreement: it moves no fact about a person that another call did not already justify.
pub const INFRASTRUCTURE_KINDS: [&str; 4] =
    [KIND_EVENTS, consent::VERIFY, identity::TRANSLATE, cases::KIND];
