//! Every SQL string of the block: functions that bind and map, and decide nothing.

pub mod agreements;
pub mod individuals;
pub mod policies;
pub mod records;
pub mod revisions;
pub mod signatures;

use crate::model::agreement::AgreementState;
use crate::model::digest::Digest;
use crate::model::record::{Signing, State};
use crate::model::reference::{Code, Reference};
use crate::model::revision::Schema;
use contracts::Pseudonym;
use kernel::db::{DbError, FromValue, Row, Value};

/// A stretch of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many to pass over.
    pub offset: u32,
    /// How many to answer at most.
    pub limit: u32,
}

impl Page {
    /// Everything: for lists that one person's or officer's acts keep short.
    pub const ALL: Self = Self::first(u32::MAX);

    /// The first `limit`.
    #[must_use]
    pub const fn first(limit: u32) -> Self {
        Self { offset: 0, limit }
    }

    fn args(self) -> [Value; 2] {
        [self.limit.into(), self.offset.into()]
    }
}

/// A `Code` column.
fn code(row: &Row) -> Result<Option<Code>, DbError> {
    let text: Option<String> = row.get("code")?;
    let corrupt = |_| DbError::Corrupt { column: "code".to_owned(), expected: "a code" };
    text.map(|text| Code::try_from(text).map_err(corrupt)).transpose()
}

/// A pseudonym column.
fn subject(row: &Row) -> Result<Pseudonym, DbError> {
    row.get("subject").map(Pseudonym)
}

fn subject_value(subject: Pseudonym) -> Value {
    subject.as_bytes().as_slice().into()
}

fn code_value(code: Option<&Code>) -> Value {
    code.map(Code::as_str).into()
}

/// Parameters for `id = $1 OR code = $2`: one of the two is NULL, which equals nothing.
fn id_or_code(reference: &Reference) -> [Value; 2] {
    match reference {
        Reference::Id(id) => [(*id).into(), Value::Null],
        Reference::Code(code) => [Value::Null, code.as_str().into()],
    }
}

fn text_of<T>(value: &Value, all: &[T], name: fn(&T) -> &'static str) -> Option<T>
where
    T: Copy,
{
    match value {
        Value::Text(text) => all.iter().find(|item| name(item) == text).copied(),
        _ => None,
    }
}

impl FromValue for Digest {
    const EXPECTED: &'static str = "a SHA-256 digest";
    fn from_value(value: &Value) -> Option<Self> {
        <[u8; 32]>::from_value(value).map(Self::from_bytes)
    }
}

impl FromValue for AgreementState {
    const EXPECTED: &'static str = "a state of an agreement";
    fn from_value(value: &Value) -> Option<Self> {
        text_of(value, &[Self::Draft, Self::Published, Self::Terminated], |state| state.as_str())
    }
}

impl FromValue for State {
    const EXPECTED: &'static str = "a state of a consent record";
    fn from_value(value: &Value) -> Option<Self> {
        let all = [Self::Given, Self::Refused, Self::Withdrawn, Self::Expired, Self::Replaced];
        text_of(value, &all, |state| state.as_str())
    }
}

impl FromValue for Signing {
    const EXPECTED: &'static str = "`unsigned` or `signed`";
    fn from_value(value: &Value) -> Option<Self> {
        text_of(value, &[Self::Unsigned, Self::Signed], |signing| signing.as_str())
    }
}

impl FromValue for Schema {
    const EXPECTED: &'static str = "the name of a schema";
    fn from_value(value: &Value) -> Option<Self> {
        let all = [Self::Policy, Self::DataAgreement, Self::ConsentRecord];
        text_of(value, &all, |schema| schema.as_str())
    }
}
