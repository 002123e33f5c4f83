//! What becomes of each system, by rules over the catalogue; a proposal for the architect, with its reason.

use std::collections::BTreeSet;

use basis::PartialDate;

use super::duplicates::shared_system_for;
use super::reference::reference;
use super::view::View;
use super::words::Language;
use crate::result::{Decision, Duplicate, Verdict};
use crate::round::{Round, System};

/// Level from which a component can take over others' work.
const WORKING: u8 = 2;
/// A contract that ends within so many months is a chance to change.
const NOTICE_MONTHS: i32 = 24;
/// Interfaces through which a program can be asked; a file or a screen is none.
const ASKABLE: &[&str] = &["rest", "soap", "x-road", "openid connect", "saml", "graphql", "api"];

/// A decision for every system in the order of ids, then what is to be built.
pub(super) fn decisions(
    view: &View,
    round: &Round,
    duplicates: &[Duplicate],
    language: Language,
) -> Vec<Decision> {
    let mut systems: Vec<&System> = round.systems.iter().collect();
    systems.sort_by(|a, b| a.id.cmp(&b.id));
    let judge = Judge { view, round, duplicates, language };
    let mut decisions: Vec<Decision> = systems.iter().map(|system| judge.decide(system)).collect();
    decisions.extend(judge.to_build());
    decisions
}

struct Judge<'a> {
    view: &'a View<'a>,
    round: &'a Round,
    duplicates: &'a [Duplicate],
    language: Language,
}

impl Judge<'_> {
    fn decide(&self, system: &System) -> Decision {
        let block = system.capabilities.iter().find(|block| self.is_duplicated(system, block));
        let block = block.or(system.capabilities.first());
        let (verdict, reason) = self.verdict(system);
        Decision { system: system.id.clone(), verdict, reason, building_block: block.cloned() }
    }

    fn verdict(&self, system: &System) -> (Verdict, String) {
        let language = self.language;
        if system.shared {
            return self.shared(system);
        }
        let doubled: Vec<&String> =
            system.capabilities.iter().filter(|block| self.is_duplicated(system, block)).collect();
        if doubled.is_empty() {
            return if is_askable(system) {
                (Verdict::Keep, language.keeps_own_work())
            } else {
                (Verdict::Adapt, language.needs_interface())
            };
        }
        let names = self.names(&doubled);
        let taken_over = doubled.iter().all(|block| self.has_working_shared(block));
        if taken_over && doubled.len() == system.capabilities.len() && !self.serves(system) {
            return (Verdict::Retire, language.nothing_rests_on_it(&names));
        }
        if taken_over {
            return (Verdict::Adapt, language.hand_over(&names));
        }
        if self.contract_ends_soon(system) && !system.open_source {
            return (Verdict::Replace, language.do_not_renew(&names));
        }
        if system.open_source && is_askable(system) {
            return (Verdict::Adapt, language.could_become_shared(&names));
        }
        (Verdict::Adapt, language.move_when_built(&names))
    }

    fn shared(&self, system: &System) -> (Verdict, String) {
        let standards: BTreeSet<String> = system
            .capabilities
            .iter()
            .flat_map(|block| reference().standards_of(block))
            .map(|standard| standard.to_lowercase())
            .collect();
        let speaks = |interface: &String| {
            let interface = interface.to_lowercase();
            standards.iter().any(|s| s.contains(&interface) || interface.contains(s.as_str()))
        };
        if standards.is_empty() || system.interfaces.iter().any(speaks) {
            return (Verdict::Keep, self.language.shared_and_open());
        }
        (Verdict::Adapt, self.language.shared_but_closed())
    }

    /// Others do the same beside it, or it does itself what a shared system offers.
    fn is_duplicated(&self, system: &System, block: &str) -> bool {
        self.duplicates
            .iter()
            .any(|one| one.building_block == block && one.systems.contains(&system.id))
            || (!system.shared && shared_system_for(block, self.round).is_some())
    }

    fn has_working_shared(&self, block: &str) -> bool {
        let level = self.view.component_level(block);
        shared_system_for(block, self.round).is_some() && level.is_none_or(|level| level >= WORKING)
    }

    fn serves(&self, system: &System) -> bool {
        self.round.services.iter().any(|service| service.systems.contains(&system.id))
            || self.round.systems.iter().any(|other| other.uses.contains(&system.id))
    }

    fn contract_ends_soon(&self, system: &System) -> bool {
        let ends = system.contract_ends.and_then(PartialDate::latest).and_then(months);
        let today = self.round.as_of.latest().and_then(months);
        ends.zip(today).is_some_and(|(ends, today)| ends - today <= NOTICE_MONTHS)
    }

    fn names(&self, blocks: &[&String]) -> String {
        let names = blocks.iter().map(|block| {
            let component = reference().component(block);
            component.map_or(block.as_str(), |component| component.name_in(self.language))
        });
        names.collect::<Vec<_>>().join(", ")
    }

    /// Components that services need, that are known to be no more than begun, and that no shared system does.
    fn to_build(&self) -> Vec<Decision> {
        let needed: BTreeSet<&String> =
            self.round.services.iter().flat_map(|service| &service.needs).collect();
        let begun =
            |block: &&String| self.view.component_level(block).is_some_and(|level| level < WORKING);
        let absent = |block: &&String| shared_system_for(block, self.round).is_none();
        needed
            .into_iter()
            .filter(begun)
            .filter(absent)
            .map(|block| Decision {
                system: block.clone(),
                verdict: Verdict::Build,
                reason: self.language.services_need_it(self.count_needing(block)),
                building_block: Some(block.clone()),
            })
            .collect()
    }

    fn count_needing(&self, block: &String) -> usize {
        self.round.services.iter().filter(|service| service.needs.contains(block)).count()
    }
}

fn is_askable(system: &System) -> bool {
    system.interfaces.iter().any(|interface| {
        let interface = interface.to_lowercase();
        ASKABLE.iter().any(|word| interface.contains(word))
    })
}

fn months(date: PartialDate) -> Option<i32> {
    Some(i32::from(date.year()?) * 12 + i32::from(date.month()?))
}
