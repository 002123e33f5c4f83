//! Proof of the stored ledger: every line again through the rules, from an empty ledger on.

use crate::error::LedgerError;
use crate::log::Line;
use crate::model::{Account, Balance, Closing, Opening, Outcome, Totals, Verdict};
use crate::state::{State, apply};
use crate::store::{self, Stored};
use crate::writer::PAGE;
use basis::Id;
use kernel::db::{Db, DbError};
use std::collections::HashMap;

/// What [`verify`] found in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Lines of the log.
    pub lines: i64,
    /// Of these, how many moved money.
    pub posted: i64,
    /// Balances of the checkpoint that were compared.
    pub balances: u64,
    /// The trial balance, recounted.
    pub totals: Vec<Totals>,
}

/// What is to be done or compared after a given line.
#[derive(Default)]
struct After {
    opened: Vec<Account>,
    closed: Vec<Id>,
    balances: Vec<(Id, Balance)>,
}

/// Reads the whole log and puts every line through the rules again: none missing, each decided as it would be decided
/// now, no limit ever broken, no money made or lost, and the stored balances those that come out.
///
/// Runs beside a live ledger, up to where the log ends when it starts. Takes time with the length of the log and memory
/// with the number of accounts.
///
/// # Errors
/// [`LedgerError::Corrupt`] with the first line that does not fit; [`LedgerError::Unavailable`].
pub async fn verify(db: &Db) -> Result<Report, LedgerError> {
    let end: Result<i64, DbError> = db.read(|tx| Box::pin(store::head(tx))).await;
    let end = end?;
    let mut agenda = agenda(db).await?;
    let mut state = State::new(0);
    let mut report = Report { lines: 0, posted: 0, balances: 0, totals: Vec::new() };
    settle(&mut agenda, &mut state, &mut report)?;
    while report.lines < end {
        for line in page(db, report.lines).await?.iter().take_while(|line| line.position <= end) {
            replay(line, &mut state, &mut report)?;
            settle(&mut agenda, &mut state, &mut report)?;
        }
    }
    report.totals = state.totals();
    if report.totals.iter().any(|sum| sum.sum_of_postings() != 0) {
        return Err(LedgerError::Corrupt {
            position: end,
            what: "the postings do not sum to zero",
        });
    }
    Ok(report)
}

async fn agenda(db: &Db) -> Result<HashMap<i64, After>, LedgerError> {
    let mut agenda: HashMap<i64, After> = HashMap::new();
    let mut last = store::FIRST;
    loop {
        let page: Result<Vec<Stored>, DbError> =
            db.read(move |tx| Box::pin(store::accounts(tx, last, PAGE))).await;
        let page = page?;
        let Some(end) = page.last() else { return Ok(agenda) };
        last = end.state.account.id;
        for Stored { state, opened, closed, covered } in page {
            agenda.entry(opened).or_default().opened.push(state.account);
            // Before its opening there was nothing to compare.
            let covered = covered.max(opened);
            agenda.entry(covered).or_default().balances.push((state.account.id, state.balance));
            if let Some(position) = closed {
                agenda.entry(position).or_default().closed.push(state.account.id);
            }
        }
    }
}

async fn page(db: &Db, after: i64) -> Result<Vec<Line>, LedgerError> {
    let lines: Result<Vec<Line>, DbError> =
        db.read(move |tx| Box::pin(store::lines(tx, after, PAGE))).await;
    let lines = lines?;
    if lines.is_empty() {
        return Err(LedgerError::Corrupt { position: after + 1, what: "the line is missing" });
    }
    Ok(lines)
}

fn replay(line: &Line, state: &mut State, report: &mut Report) -> Result<(), LedgerError> {
    report.lines += 1;
    if line.position != report.lines {
        return Err(LedgerError::Corrupt { position: report.lines, what: "the line is missing" });
    }
    let expected = match line.verdict {
        Verdict::Posted => Outcome::Posted,
        Verdict::Refused(refusal) => Outcome::Refused(refusal),
    };
    if apply(state, &line.transfer) != expected {
        return Err(LedgerError::Corrupt {
            position: line.position,
            what: "the rules decide it otherwise",
        });
    }
    report.posted += i64::from(line.verdict == Verdict::Posted);
    Ok(())
}

/// Does what happened after the line just replayed: openings, then closings, then the comparison.
fn settle(
    agenda: &mut HashMap<i64, After>,
    state: &mut State,
    report: &mut Report,
) -> Result<(), LedgerError> {
    let position = report.lines;
    let Some(after) = agenda.remove(&position) else { return Ok(()) };
    for account in after.opened {
        if state.open(&account) != Opening::Opened {
            return Err(LedgerError::Corrupt {
                position,
                what: "an account opened after it breaks the rules",
            });
        }
    }
    for account in after.closed {
        if state.close(account) != Closing::Closed {
            return Err(LedgerError::Corrupt {
                position,
                what: "an account closed after it breaks the rules",
            });
        }
    }
    for (account, stored) in after.balances {
        if state.account(account).map(|found| found.balance) != Some(stored) {
            return Err(LedgerError::Corrupt {
                position,
                what: "a stored balance differs from the sum of the lines",
            });
        }
        report.balances += 1;
    }
    Ok(())
}
