//! `P-LOGCHAIN`: a witness compares the audit trails of other installations with what these stated before.
//!
//! Asked by POST, as comparing takes work; it changes no trail. Needs an auditor of the list, or an auditor's token.

use serde::Deserialize;
use serde_json::json;

use super::super::fetch::{Trouble, Visit};
use super::super::seen::Seen;
use super::{Stage, desk};

const CHECKS: &str = "/witness/checks";

/// What the witness found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trails {
    /// Trails with at least one row, of other installations.
    pub trails: usize,
    /// Rows compared.
    pub rows: u64,
    /// What is not as it was, or could not be compared.
    pub findings: Vec<String>,
}

#[derive(Deserialize)]
struct Report {
    installation: String,
    block: String,
    rows: u64,
    findings: Vec<String>,
}

pub(super) async fn look(visit: &mut Visit<'_>, stage: &Stage) -> Result<Seen, Trouble> {
    let answer = match &visit.target().synthetic.auditor {
        None => visit.ask_with_token(CHECKS).await?,
        Some(auditor) => {
            let desk = desk::sign_in(visit, stage, auditor).await?;
            desk.post(visit, CHECKS, stage.fresh("probe"), &json!({})).await?
        }
    };
    if !answer.is_success() {
        let why = format!("{CHECKS} answers {} to the auditor of the list", answer.status);
        return Err(Trouble::Refused(why));
    }
    let reports: Vec<Report> = serde_json::from_slice(&answer.body)
        .map_err(|error| Trouble::Refused(format!("{CHECKS} cannot be read: {error}")))?;
    let mut seen = Trails::default();
    for report in reports {
        seen.trails += usize::from(report.rows > 0);
        seen.rows += report.rows;
        let place = format!("{}, {}", report.installation, report.block);
        seen.findings.extend(report.findings.iter().map(|finding| format!("{place}: {finding}")));
    }
    if seen.trails == 0 && seen.findings.is_empty() {
        return Err(Trouble::Refused("the witness has no trail to compare".to_owned()));
    }
    Ok(Seen::Trails(seen))
}
