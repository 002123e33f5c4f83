//! Which blocks an installation can run, and as which subsystems.
//!
//! A block is one subsystem of the members hosted here. Simulated institutions may be several: each
//! subsystem is an instance with a name, a database and paths of its own.

use super::{BootError, blocks};
use crate::country::{Country, Member};
use contracts::SubsystemId;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Blocks that stand for somebody else's systems, in a sandbox only; any number of each.
pub const SIMULATORS: [&str; 2] = [simulator::BANK, simulator::SMS_GATEWAY];

/// A block as one subsystem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The block: `bank`.
    pub kind: &'static str,
    /// Name of its database, its trail and its metrics: `bank_lakebank_accounts`, or the block's own
    /// name where there is one of it.
    pub name: &'static str,
    /// The subsystem it is.
    pub subsystem: SubsystemId,
}

impl Instance {
    /// True if it may run in a sandbox only.
    pub fn is_simulator(&self) -> bool {
        SIMULATORS.contains(&self.kind)
    }
}

/// Everything that the members hosted here could run, in the order in which it is built.
///
/// # Errors
/// [`BootError::SameName`].
pub fn of(country: &Country, hosted: &[&Member]) -> Result<Vec<Instance>, BootError> {
    let mut found: Vec<Instance> = Vec::new();
    for kind in blocks::NAMES {
        let subsystem = country.subsystem_of(kind, hosted).map(|entry| entry.id.clone());
        found.extend(subsystem.map(|subsystem| Instance { kind, name: kind, subsystem }));
    }
    for kind in SIMULATORS {
        for entry in country.subsystems_of(kind, hosted) {
            let (name, subsystem) = (name(kind, &entry.id), entry.id.clone());
            if let Some(other) = found.iter().find(|other| other.name == name) {
                return Err(BootError::SameName(name, other.subsystem.clone(), subsystem));
            }
            found.push(Instance { kind, name, subsystem });
        }
    }
    Ok(found)
}

/// Name of an instance; the same at every start, since its database is called by it.
fn name(kind: &str, subsystem: &SubsystemId) -> &'static str {
    let plain = |text: &str| -> String {
        let lower = text.chars().map(|c| c.to_ascii_lowercase());
        lower.map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
    };
    let member = subsystem.member();
    keep(format!("{}_{}_{}", plain(kind), plain(member.code()), plain(subsystem.code())))
}

/// The text for as long as the process runs. Blocks, routes and jobs carry names as constants; these
/// come from the country pack, a few in a process, and each is kept once.
pub fn keep(text: String) -> &'static str {
    static KEPT: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.get(text.as_str()) {
        return known;
    }
    let text: &'static str = text.leak();
    kept.insert(text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(installation: &str) -> Vec<&'static str> {
        let country = Country::load("demo").expect("the demo pack is right");
        let found = of(&country, &country.hosted_by(installation)).expect("names differ");
        found.iter().map(|instance| instance.name).collect()
    }

    #[test]
    fn each_simulated_institution_is_an_instance_of_its_own() {
        let simulators = ["bank_lakebank_accounts", "bank_simu_wallets", "sms_gateway_simu_sms"];
        let whole = names("everything");
        assert_eq!(whole[whole.len() - 3..], simulators);
        assert_eq!(whole.iter().collect::<BTreeSet<_>>().len(), whole.len());
        assert!(names("treasury").ends_with(&simulators));
        assert!(!names("registrar").iter().any(|name| simulators.contains(name)));
    }

    #[test]
    fn a_name_is_kept_once() {
        let first = keep("bank_of_a_test".to_owned());
        assert!(std::ptr::eq(first, keep("bank_of_a_test".to_owned())));
    }
}
