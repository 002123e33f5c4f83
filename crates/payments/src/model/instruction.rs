//! Lines of a part, and what becomes of an instruction.

use super::is_printable;
use basis::{Id, Timestamp};
use contracts::batches::{Instruction, RefusedLine};

/// A beneficiary as a programme knows them: a keyed digest of programme and token.
pub type Payee = [u8; 16];

/// Where an instruction stands. The number is what is stored; never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not ended.
    Open,
    /// Booked by the provider.
    Paid,
    /// Refused by the provider; the money is not back yet.
    Rejected,
    /// Ended without payment.
    Failed,
}

impl State {
    /// As stored.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Open => 0,
            Self::Paid => 1,
            Self::Rejected => 2,
            Self::Failed => 3,
        }
    }

    /// The state with this number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        let all = [Self::Open, Self::Paid, Self::Rejected, Self::Failed];
        all.into_iter().find(|state| state.number() == number)
    }
}

/// A line that can be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number in the part, from 1.
    pub line: u32,
    /// The programme's id of it.
    pub id: Id,
    /// Whom to pay.
    pub payee: Payee,
    /// How much, in minor units.
    pub amount: i64,
    /// Printed on the payee's statement.
    pub reference: String,
}

impl Line {
    /// Whether another line of the same id says the same.
    #[must_use]
    pub fn says(&self, other: &Self) -> bool {
        let what = self.amount == other.amount && self.reference == other.reference;
        self.payee == other.payee && what
    }
}

/// An instruction as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its batch.
    pub batch: Id,
    /// Whom to pay.
    pub payee: Payee,
    /// The programme's id of it.
    pub id: Id,
    /// Its id in the ledger and at the provider.
    pub transfer: Id,
    /// How much, in minor units.
    pub amount: i64,
    /// Printed on the payee's statement.
    pub reference: String,
    /// The message it travels in.
    pub message: i64,
    /// Where it stands.
    pub state: State,
    /// Why it failed.
    pub reason: Option<String>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Position in the provider's statement.
    pub booked: Option<i64>,
}

impl Kept {
    /// Whether a line says the same.
    #[must_use]
    pub fn is_same(&self, batch: Id, line: &Line) -> bool {
        let who = self.batch == batch && self.payee == line.payee;
        who && self.amount == line.amount && self.reference == line.reference
    }
}

/// Reads and checks one line.
///
/// # Errors
/// What is wrong with it, by field.
pub fn read_line(line: u32, text: &[u8]) -> Result<Instruction, RefusedLine> {
    let refused =
        |field: &str, reason: String| RefusedLine { line, field: field.to_owned(), reason };
    let mut json = serde_json::Deserializer::from_slice(text);
    let read: Result<Instruction, _> = serde_path_to_error::deserialize(&mut json);
    let read = read.map_err(|error| {
        let path = error.path().to_string();
        let said = error.into_inner().to_string();
        // A field that is missing or not known is named in the text, not by its path.
        let named = said.split('`').nth(1).unwrap_or("line").to_owned();
        let field = if matches!(path.as_str(), "." | "?") { named } else { path };
        refused(&field, format!("{}: send one JSON object a line", without_place(&said)))
    })?;
    json.end().map_err(|_| refused("line", "more than one object: send one a line".to_owned()))?;
    if read.minor <= 0 {
        let reason = "not above zero: send how much is to be paid in minor units";
        return Err(refused("minor", reason.to_owned()));
    }
    if !is_printable(&read.reference) {
        let reason = "cannot be printed: send 1 to 140 characters without line breaks";
        return Err(refused("reference", reason.to_owned()));
    }
    Ok(read)
}

/// The text of a JSON error without ` at line 1 column 7`, which would be taken for the line of the part.
fn without_place(text: &str) -> &str {
    text.split(" at line ").next().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    #[test]
    fn a_line_is_taken_or_refused_by_field() {
        let good = format!(r#"{{"id":"{ID}","payee":"{ID}","minor":1250,"reference":"March"}}"#);
        assert_eq!(read_line(3, good.as_bytes()).expect("is right").minor, 1_250);
        #[rustfmt::skip]
        let table = [
            (good.replace("1250", "0"),                 "minor"),
            (good.replace("1250", "-5"),                "minor"),
            (good.replace("1250", "12.5"),              "minor"),
            (good.replace("1250", "\"1250\""),          "minor"),
            (good.replace("March", ""),                 "reference"),
            (good.replace("March", "a\\nb"),            "reference"),
            (good.replacen(ID, "not-an-id", 1),         "id"),
            (good.replace(r#""minor":1250,"#, ""),      "minor"),
            (good.replace("minor", "minors"),           "minors"),
            (good.replace('}', ""),                     "line"),
            (format!("{good}{good}"),                   "line"),
            ("[]".to_owned(),                           "line"),
        ];
        for (text, field) in table {
            let refused = read_line(7, text.as_bytes()).expect_err(&text);
            assert_eq!((refused.line, refused.field.as_str()), (7, field), "{text}: {refused:?}");
            assert!(!refused.reason.contains("column"), "{refused:?}");
        }
    }
}
