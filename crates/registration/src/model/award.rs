//! Awards: who is paid how much each month, and lines of the bulk import.

use basis::{Id, Timestamp};
use contracts::batches::RefusedLine;
use contracts::{MemberId, Pseudonym};
use serde::Deserialize;
use std::collections::BTreeSet;

/// The most lines of one import call.
pub const IMPORT_LINES_MAX: usize = 1_000;

/// Whose key payee tokens and instruction ids are sealed under: a run opens a million of them, and
/// they mean nothing to whoever has no part in the payment.
pub const PAYMENTS_KEY: &[u8] = b"payments";

/// An award, with its payee token sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Award {
    /// Its id.
    pub id: Id,
    /// Code of the package.
    pub service: String,
    /// Who is paid, in our sector.
    pub subject: Pseudonym,
    /// What it came from: the application, or for imported ones the person. Once for each package.
    pub origin: Id,
    /// How much each month, in minor units.
    pub minor: i64,
    /// The payee token, sealed.
    pub payee: Vec<u8>,
    /// True once the payments block knows the payee.
    pub active: bool,
    /// When it was awarded.
    pub awarded: Timestamp,
}

impl Award {
    /// The label its token is sealed under.
    pub fn label(id: Id) -> String {
        format!("payee:{id}")
    }
}

/// One award to be taken over from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportLine {
    /// The person's VID. Not kept.
    pub vid: String,
    /// The payment provider, without the instance: `COM/LAKEBANK`.
    pub provider: String,
    /// Account or wallet there. Not kept.
    pub account: String,
    /// How much each month, in minor units.
    pub minor: i64,
}

/// A line that can be taken.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number in the call, from 1.
    pub number: u32,
    /// What it says.
    pub said: ImportLine,
    /// The provider with the instance.
    pub provider: MemberId,
}

/// Reads newline-delimited JSON: the lines that can be taken, and what is wrong with the others.
///
/// # Errors
/// `None` if there are more than [`IMPORT_LINES_MAX`].
pub fn read_lines(body: &[u8], instance: &str) -> Option<(Vec<Line>, Vec<RefusedLine>)> {
    let texts = body.split(|byte| *byte == b'\n').zip(1_u32..);
    let texts: Vec<(&[u8], u32)> =
        texts.filter(|(text, _)| !text.trim_ascii().is_empty()).collect();
    if texts.len() > IMPORT_LINES_MAX {
        return None;
    }
    let (mut good, mut refused) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for (text, number) in texts {
        match read_line(text, number, instance) {
            Ok(line) if seen.insert(line.said.vid.clone()) => good.push(line),
            Ok(_) => {
                refused.push(refusal(number, "vid", "stands twice in this call: send it once"))
            }
            Err(refusal) => refused.push(refusal),
        }
    }
    Some((good, refused))
}

fn read_line(text: &[u8], number: u32, instance: &str) -> Result<Line, RefusedLine> {
    // What serde says about data could repeat a value; the shape is said here instead.
    let said: ImportLine = serde_json::from_slice(text).map_err(|_| {
        refusal(number, "line", "is not {\"vid\", \"provider\", \"account\", \"minor\"} as JSON")
    })?;
    if said.vid.is_empty() || said.vid.len() > 64 {
        return Err(refusal(number, "vid", "is no VID: send the number on the card"));
    }
    if said.minor <= 0 {
        return Err(refusal(number, "minor", "is not above zero: send minor units"));
    }
    if said.account.is_empty() || said.account.len() > 64 {
        return Err(refusal(number, "account", "is no account number: send 1 to 64 characters"));
    }
    let provider = format!("{instance}/{}", said.provider).parse();
    let provider =
        provider.map_err(|_| refusal(number, "provider", "is no member: send CLASS/MEMBER"))?;
    Ok(Line { number, said, provider })
}

/// A line that was refused.
pub fn refusal(line: u32, field: &str, reason: &str) -> RefusedLine {
    RefusedLine { line, field: field.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"vid":"1","provider":"COM/LAKEBANK","account":"7","minor":150000}"#;

    #[test]
    fn good_lines_are_taken_and_bad_ones_named() {
        let bad = [
            ("{", "line"),
            (r#"{"vid":"","provider":"COM/LAKEBANK","account":"7","minor":1}"#, "vid"),
            (r#"{"vid":"2","provider":"LAKEBANK","account":"7","minor":1}"#, "provider"),
            (r#"{"vid":"2","provider":"COM/LAKEBANK","account":"","minor":1}"#, "account"),
            (r#"{"vid":"2","provider":"COM/LAKEBANK","account":"7","minor":0}"#, "minor"),
            (r#"{"vid":"2","provider":"COM/LAKEBANK","account":"7","minor":1.5}"#, "line"),
            (GOOD, "vid"),
        ];
        for (text, field) in bad {
            let body = format!("{GOOD}\n\n{text}\n");
            let (good, refused) = read_lines(body.as_bytes(), "TB").unwrap();
            assert_eq!(good.len(), 1);
            assert_eq!(good[0].provider.to_string(), "TB/COM/LAKEBANK");
            assert_eq!((refused[0].line, refused[0].field.as_str()), (3, field), "{text}");
        }
    }

    #[test]
    fn a_call_holds_a_thousand_lines_at_most() {
        let many = |count: usize| format!("{GOOD}\n").repeat(count);
        assert!(read_lines(many(IMPORT_LINES_MAX).as_bytes(), "TB").is_some());
        assert!(read_lines(many(IMPORT_LINES_MAX + 1).as_bytes(), "TB").is_none());
    }
}
