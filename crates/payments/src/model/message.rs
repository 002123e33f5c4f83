//! What travels to one provider together.

use super::instruction::Payee;
use basis::{Currency, Id, Timestamp};
use contracts::rails::TRANSFERS_MAX;
use std::collections::BTreeMap;

/// A message: instructions of one batch for one provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Batch and number.
    pub key: Key,
    /// The provider; empty where the payees are unknown.
    pub provider: String,
    /// The lowest payee in it.
    pub first: Payee,
    /// The highest.
    pub last: Payee,
    /// When it was made: when its transfers were ordered.
    pub planned: Timestamp,
    /// How often it was sent.
    pub tries: i64,
    /// How many of its instructions are open.
    pub open: i64,
    /// How many were refused and the money is not back.
    pub rejected: i64,
}

/// Which message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The batch.
    pub batch: Id,
    /// Its number in the batch, from 1.
    pub number: i64,
}

/// An instruction that stands in no message yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unplanned {
    /// Whom to pay.
    pub payee: Payee,
    /// Its id in the ledger and at the provider.
    pub transfer: Id,
    /// How much, in minor units.
    pub amount: i64,
    /// Where the payee is paid by the newest word: provider and revision.
    pub destination: Option<(String, i64)>,
}

/// A message with what goes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The message.
    pub message: Message,
    /// Its instructions, by payee.
    pub members: Vec<Unplanned>,
}

/// Puts instructions, which come in the order of their payees, into messages numbered on from `last`.
#[must_use]
pub fn plan(batch: Id, last: i64, now: Timestamp, page: Vec<Unplanned>) -> Vec<Planned> {
    let mut by_provider: BTreeMap<String, Vec<Unplanned>> = BTreeMap::new();
    for one in page {
        let provider = one.destination.as_ref().map(|(provider, _)| provider.clone());
        by_provider.entry(provider.unwrap_or_default()).or_default().push(one);
    }
    let mut planned = Vec::new();
    let mut number = last;
    for (provider, members) in by_provider {
        let mut members = members.into_iter().peekable();
        while members.peek().is_some() {
            let some: Vec<Unplanned> = members.by_ref().take(TRANSFERS_MAX).collect();
            let (Some(first), Some(end)) = (some.first(), some.last()) else { break };
            number += 1;
            let message = Message {
                key: Key { batch, number },
                provider: provider.clone(),
                first: first.payee,
                last: end.payee,
                planned: now,
                tries: 0,
                open: i64::try_from(some.len()).unwrap_or(i64::MAX),
                rejected: 0,
            };
            planned.push(Planned { message, members: some });
        }
    }
    planned
}

/// Seconds until a message without a final answer is sent again: 5, 10, 20 ... 5 minutes.
#[must_use]
pub fn wait_seconds(tries: i64) -> i64 {
    let doublings = u32::try_from(tries.clamp(0, 6)).unwrap_or(0);
    (5_i64 << doublings).min(300)
}

/// Seconds a provider that did not answer is left alone: 1, 2, 4 ... 2 minutes.
#[must_use]
pub fn pause_seconds(failures: i64) -> i64 {
    let doublings = u32::try_from((failures - 1).clamp(0, 7)).unwrap_or(0);
    (1_i64 << doublings).min(120)
}

/// Where instruction, posting and statement do not match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The transfer.
    pub transfer: Id,
    /// What is wrong.
    pub kind: &'static str,
    /// The provider concerned.
    pub provider: String,
    /// How much, in minor units.
    pub amount: i64,
    /// In what.
    pub currency: Currency,
    /// In the provider's statement or the ledger's log.
    pub position: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(n: u16, provider: Option<&str>) -> Unplanned {
        let mut payee = [0; 16];
        payee[..2].copy_from_slice(&n.to_be_bytes());
        let destination = provider.map(|provider| (provider.to_owned(), 1));
        Unplanned { payee, transfer: Id::from_bytes(payee), amount: 1, destination }
    }

    #[test]
    fn a_page_is_split_by_provider_into_messages_that_are_not_too_long() {
        let page = (0..1_300).map(|n| match n % 13 {
            0 => one(n, None),
            1..=5 => one(n, Some("TB/COM/SIMU")),
            _ => one(n, Some("TB/COM/LAKEBANK")),
        });
        let page: Vec<Unplanned> = page.collect();
        let batch = Id::from_bytes([1; 16]);
        let planned = plan(batch, 7, Timestamp::EPOCH, page.clone());
        let numbers: Vec<i64> = planned.iter().map(|one| one.message.key.number).collect();
        assert_eq!(numbers, [8, 9, 10, 11]);
        let mut all = Vec::new();
        for Planned { message, members } in planned {
            assert!(members.len() <= TRANSFERS_MAX);
            assert_eq!(message.open, i64::try_from(members.len()).expect("few"));
            for member in members {
                let provider = member.destination.clone().map_or(String::new(), |found| found.0);
                assert_eq!(provider, message.provider);
                assert!((message.first..=message.last).contains(&member.payee));
                all.push(member);
            }
        }
        all.sort_by_key(|member| member.payee);
        assert_eq!(all, page, "each in one message");
    }

    #[test]
    fn waits_grow_and_stay_bounded() {
        assert_eq!([0, 1, 2, 50].map(wait_seconds), [5, 10, 20, 300]);
        assert_eq!([1, 2, 3, 50].map(pause_seconds), [1, 2, 4, 120]);
    }
}
