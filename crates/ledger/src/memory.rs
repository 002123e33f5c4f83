//! The ids seen lately, so that a retry is answered without asking the database.

use crate::model::{Transfer, Verdict};
use basis::Id;
use std::collections::HashMap;

/// Transfers kept by default: 30 MB at most, minutes of retries at full speed.
pub const REMEMBERED: usize = 1 << 18;

/// Remembers the last transfers and what became of them; forgets the oldest half when full.
///
/// Two generations instead of a queue: forgetting is dropping one map, and an id is looked up twice at worst. This is a
/// cache and nothing more; the log's unique id is what makes a transfer happen once ([`crate::Ledger`]).
#[derive(Debug, Clone)]
pub(crate) struct Memory {
    young: HashMap<Id, (Transfer, Verdict)>,
    old: HashMap<Id, (Transfer, Verdict)>,
    generation: usize,
}

impl Memory {
    /// Remembers at least `capacity / 2` and at most `capacity` transfers.
    pub(crate) fn new(capacity: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), generation: (capacity / 2).max(1) }
    }

    pub(crate) fn get(&self, id: Id) -> Option<&(Transfer, Verdict)> {
        self.young.get(&id).or_else(|| self.old.get(&id))
    }

    pub(crate) fn insert(&mut self, transfer: &Transfer, verdict: Verdict) {
        if self.young.len() >= self.generation {
            // Swapped and cleared, so that the allocation is used again.
            std::mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
        }
        self.young.insert(transfer.id, (*transfer, verdict));
    }

    pub(crate) fn remove(&mut self, id: Id) {
        self.young.remove(&id);
        self.old.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::Timestamp;

    fn transfer(n: u8) -> Transfer {
        let id = |n| Id::from_bytes([n; 16]);
        let occurred = Timestamp::EPOCH;
        Transfer { id: id(n), debit: id(1), credit: id(2), amount: 1, ledger: 1, code: 1, occurred }
    }

    #[test]
    fn keeps_at_least_half_its_capacity_and_never_more_than_all() {
        let mut memory = Memory::new(8);
        for n in 1..=100 {
            memory.insert(&transfer(n), Verdict::Posted);
            let kept = (1..=n).filter(|n| memory.get(transfer(*n).id).is_some()).count();
            assert!(kept <= 8 && kept >= usize::from(n).min(4), "{kept} kept after {n}");
            assert_eq!(memory.get(transfer(n).id), Some(&(transfer(n), Verdict::Posted)));
        }
    }

    #[test]
    fn a_removed_id_is_gone_from_both_generations() {
        let mut memory = Memory::new(4);
        for n in 1..=3 {
            memory.insert(&transfer(n), Verdict::Posted);
        }
        for n in 1..=3 {
            memory.remove(transfer(n).id);
            assert_eq!(memory.get(transfer(n).id), None);
        }
    }
}
