//! The tracker: what many sources say about who read a resident's data, as one list.

use basis::Timestamp;
use contracts::ServiceId;
use contracts::reads::{ReadEntry, ReadLog};

/// Entries of one page, and the most that each source is asked for.
pub const PAGE: u16 = 30;

/// One read, and where the data were held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The read-log service that told of it.
    pub source: ServiceId,
    /// What it told.
    pub entry: ReadEntry,
}

/// One page of the tracker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// Newest first.
    pub reads: Vec<Read>,
    /// Sources that did not answer; what they know is missing.
    pub missing: Vec<ServiceId>,
    /// Where the next page begins, if there are older reads.
    pub older: Option<Timestamp>,
}

/// Puts the sources' answers together. Each source was asked for its newest [`PAGE`] entries, so the newest [`PAGE`] of all
/// are among them.
#[must_use]
pub fn merge(answers: Vec<(ServiceId, Option<ReadLog>)>) -> Reads {
    let mut page = Reads::default();
    let mut more = false;
    for (source, log) in answers {
        let Some(log) = log else {
            page.missing.push(source);
            continue;
        };
        more |= log.more;
        page.reads
            .extend(log.entries.into_iter().map(|entry| Read { source: source.clone(), entry }));
    }
    page.missing.sort();
    page.reads.sort_by(|a, b| b.entry.at.cmp(&a.entry.at).then_with(|| a.source.cmp(&b.source)));
    let shown = shown_count(&page.reads);
    more |= shown < page.reads.len();
    page.reads.truncate(shown);
    page.older = page.reads.last().map(|read| read.entry.at).filter(|_| more);
    page
}

/// A page holds [`PAGE`] reads, and those of the same moment as the last: the next page begins before that moment.
fn shown_count(reads: &[Read]) -> usize {
    let page = usize::from(PAGE);
    let Some(last) = reads.get(page - 1) else { return reads.len() };
    let same = reads[page..].iter().take_while(|read| read.entry.at == last.entry.at).count();
    page + same
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::context::BasisKind;

    fn source(code: &str) -> ServiceId {
        format!("TB/GOV/{code}/data/read-log").parse().unwrap()
    }

    fn log(seconds: impl IntoIterator<Item = i64>, more: bool) -> Option<ReadLog> {
        let entry = |seconds| ReadEntry {
            at: Timestamp::EPOCH.plus_seconds(seconds),
            reader: "TB/GOV/MSP/benefits".parse().unwrap(),
            officer: None,
            case: None,
            purpose: "benefit-eligibility".to_owned(),
            basis: BasisKind::Law,
            basis_reference: "Act".to_owned(),
            fields: Vec::new(),
            self_read: false,
            refused: None,
        };
        Some(ReadLog { entries: seconds.into_iter().map(entry).collect(), more })
    }

    fn seconds(page: &Reads) -> Vec<i64> {
        page.reads.iter().map(|read| read.entry.at.unix_seconds()).collect()
    }

    #[test]
    fn newest_first_and_each_read_once() {
        let page =
            merge(vec![(source("A"), log([30, 10], false)), (source("B"), log([20, 10], false))]);
        assert_eq!(seconds(&page), [30, 20, 10, 10]);
        assert_eq!(page.reads[2].source, source("A"), "equal times in a stable order");
        assert_eq!((page.older, page.missing.len()), (None, 0));
    }

    #[test]
    fn a_source_that_fails_is_named_and_the_rest_is_shown() {
        let page =
            merge(vec![(source("B"), None), (source("C"), log([5], false)), (source("A"), None)]);
        assert_eq!(seconds(&page), [5]);
        assert_eq!(page.missing, [source("A"), source("B")]);
    }

    #[test]
    fn pages_neither_lose_nor_repeat() {
        let all: Vec<i64> = (0..100).rev().flat_map(|second| [second, second]).collect();
        let mut seen = Vec::new();
        let mut before = i64::MAX;
        loop {
            let below: Vec<i64> = all.iter().copied().filter(|second| *second < before).collect();
            // Each source answers as the shared read log does: the newest PAGE of its own.
            let half = |rest: usize| -> Option<ReadLog> {
                let own: Vec<i64> =
                    below.iter().copied().filter(|second| *second % 2 == rest as i64).collect();
                let shown = own.iter().copied().take(usize::from(PAGE));
                log(shown, own.len() > usize::from(PAGE))
            };
            let page = merge(vec![(source("A"), half(0)), (source("B"), half(1))]);
            seen.extend(seconds(&page));
            let Some(older) = page.older else { break };
            before = older.unix_seconds();
        }
        assert_eq!(seen, all);
    }

    #[test]
    fn nothing_anywhere_is_an_empty_page() {
        assert_eq!(merge(Vec::new()), Reads::default());
        assert_eq!(merge(vec![(source("A"), log([], false))]), Reads::default());
    }
}
