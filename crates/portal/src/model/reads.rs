//! The tracker: what many sources say about who read a resident's data, as one list.

use basis::Timestamp;
use contracts::ServiceId;
use contracts::reads::{ReadEntry, ReadLog};

/// The most that each source is asked for: what the contract allows, because looks of one's own are folded.
pub const ASKED: u16 = 100;

/// Lines of one page.
const LINES: usize = 30;

/// One read, or a run of looks of one's own, and where the data were held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The read-log service that told of it.
    pub source: ServiceId,
    /// What it told; the newest of a run.
    pub entry: ReadEntry,
    /// How many looks of one's own this line stands for; 1 for any other read.
    pub times: u32,
    /// When the run began.
    pub since: Timestamp,
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

/// Puts the sources' answers together. Each source was asked for its newest [`ASKED`] entries, so the newest [`ASKED`] of
/// all are among them; what is older may have gaps and waits for the next page.
#[must_use]
pub fn merge(answers: Vec<(ServiceId, Option<ReadLog>)>) -> Reads {
    let mut page = Reads::default();
    let mut more = false;
    let mut all = Vec::new();
    for (source, log) in answers {
        let Some(log) = log else {
            page.missing.push(source);
            continue;
        };
        more |= log.more;
        all.extend(log.entries.into_iter().map(|entry| (source.clone(), entry)));
    }
    page.missing.sort();
    all.sort_by(|(a, one), (b, other)| other.at.cmp(&one.at).then_with(|| a.cmp(b)));
    let told = all.len();
    all.truncate(whole_count(&all));
    let (reads, used) = fold(all);
    more |= used < told;
    page.older = reads.last().map(|read| read.since).filter(|_| more);
    page.reads = reads;
    page
}

/// How many of the sorted entries have no gaps among them: [`ASKED`], and those of the same moment as the last.
fn whole_count(all: &[(ServiceId, ReadEntry)]) -> usize {
    let asked = usize::from(ASKED);
    let Some((_, last)) = all.get(asked - 1) else { return all.len() };
    asked + all[asked..].iter().take_while(|(_, entry)| entry.at == last.at).count()
}

/// Lines of a page, and how many entries they tell. A resident's own looks at the same data, one after the other, are one
/// line: else they would push what others did off the page. A page does not end within a moment, as the next one begins
/// before it.
fn fold(all: Vec<(ServiceId, ReadEntry)>) -> (Vec<Read>, usize) {
    let mut lines: Vec<Read> = Vec::new();
    let mut used = 0;
    for (source, entry) in all {
        if let Some(last) = lines.last_mut().filter(|last| continues(last, &source, &entry)) {
            last.times += 1;
            last.since = entry.at;
        } else if lines.len() >= LINES && lines.last().is_some_and(|last| entry.at < last.since) {
            break;
        } else {
            lines.push(Read { source, since: entry.at, entry, times: 1 });
        }
        used += 1;
    }
    (lines, used)
}

fn continues(run: &Read, source: &ServiceId, entry: &ReadEntry) -> bool {
    let own = |entry: &ReadEntry| entry.self_read && entry.refused.is_none();
    let same = run.source == *source && run.entry.fields == entry.fields;
    same && own(&run.entry) && own(entry)
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
        let all: Vec<i64> = (0..300).rev().flat_map(|second| [second, second]).collect();
        let mut seen = Vec::new();
        let mut before = i64::MAX;
        loop {
            let below: Vec<i64> = all.iter().copied().filter(|second| *second < before).collect();
            // Each source answers as the shared read log does: the newest of its own.
            let half = |rest: usize| -> Option<ReadLog> {
                let own: Vec<i64> =
                    below.iter().copied().filter(|second| *second % 2 == rest as i64).collect();
                let shown = own.iter().copied().take(usize::from(ASKED));
                log(shown, own.len() > usize::from(ASKED))
            };
            let page = merge(vec![(source("A"), half(0)), (source("B"), half(1))]);
            seen.extend(seconds(&page));
            let Some(older) = page.older else { break };
            before = older.unix_seconds();
        }
        assert_eq!(seen, all);
    }

    #[test]
    fn looks_of_ones_own_are_one_line_and_push_nobody_off_the_page() {
        let mut own = log((10..80).rev(), false).unwrap();
        own.entries.iter_mut().for_each(|entry| entry.self_read = true);
        let page = merge(vec![(source("A"), Some(own)), (source("B"), log([50, 5], false))]);
        assert_eq!(seconds(&page), [79, 50, 49, 5], "a read of somebody else parts the run");
        let times: Vec<u32> = page.reads.iter().map(|read| read.times).collect();
        assert_eq!(times, [30, 1, 40, 1]);
        assert_eq!(page.reads[2].since.unix_seconds(), 10);
        assert_eq!(page.older, None);
    }

    #[test]
    fn a_refused_look_is_never_folded_away() {
        let mut own = log([3, 2, 1], false).unwrap();
        own.entries.iter_mut().for_each(|entry| entry.self_read = true);
        own.entries[1].refused = Some("no-agreement".to_owned());
        assert_eq!(seconds(&merge(vec![(source("A"), Some(own))])), [3, 2, 1]);
    }

    #[test]
    fn nothing_anywhere_is_an_empty_page() {
        assert_eq!(merge(Vec::new()), Reads::default());
        assert_eq!(merge(vec![(source("A"), log([], false))]), Reads::default());
    }
}
