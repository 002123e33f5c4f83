//! What the sheets hold: for every column the field of the round that it fills.

mod catalogue;
mod claims;

pub(super) use catalogue::{FLOWS, INSTITUTIONS, LAWS, SERVICES, SYSTEMS};
pub(super) use claims::{ANSWERS, EVIDENCE, TARGETS};

/// The sheets, in the order of the template.
pub(super) const LAYOUTS: [&Layout; 8] =
    [&ANSWERS, &TARGETS, &EVIDENCE, &INSTITUTIONS, &SYSTEMS, &SERVICES, &LAWS, &FLOWS];

/// One sheet.
#[derive(Debug)]
pub(super) struct Layout {
    pub sheet: &'static str,
    /// Field of the round.
    pub path: &'static str,
    /// Fields that together say which entry a row is.
    pub key: &'static [&'static str],
    pub columns: &'static [Column],
    /// Columns of GovStack's sheet that an assessment does not use. They are read past and named.
    pub not_kept: &'static [&'static str],
    /// What the sheet is for.
    pub says: &'static str,
}

/// One column.
#[derive(Debug)]
pub(super) struct Column {
    /// Field of the entry.
    pub field: &'static str,
    /// Header.
    pub title: &'static str,
    /// Other headers that mean it.
    pub also: &'static [&'static str],
    pub kind: Kind,
    pub required: bool,
    /// How to fill it.
    pub says: &'static str,
    /// Characters.
    pub width: u16,
}

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// Text that may be missing altogether, which is not the same as empty.
    TextOrNone,
    /// A whole number up to this one, or nothing.
    Number(u64),
    /// A number up to 255 with few values, for a drop-down; empty or `unknown` is none.
    Level(&'static [&'static str]),
    YesNo,
    Date,
    /// Texts with `;` between them.
    List,
    /// Words out of a few, with `;` between them.
    ListOf(&'static [&'static str]),
    /// One word out of a few.
    Word(&'static [&'static str]),
    /// Written for the reader, never read.
    Hint,
}

impl Column {
    const fn new(field: &'static str, title: &'static str, kind: Kind, says: &'static str) -> Self {
        Self { field, title, also: &[], kind, required: false, says, width: 18 }
    }

    const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    const fn also(self, also: &'static [&'static str]) -> Self {
        Self { also, ..self }
    }

    const fn wide(self, width: u16) -> Self {
        Self { width, ..self }
    }

    /// Whether a header means this column.
    fn is_called(&self, header: &str) -> bool {
        let mut names = [self.title, self.field].into_iter().chain(self.also.iter().copied());
        names.any(|name| folded(name) == folded(header))
    }
}

impl Layout {
    /// The sheet with this name; blanks and case do not matter.
    pub(super) fn named(sheet: &str) -> Option<&'static Self> {
        LAYOUTS.into_iter().find(|layout| folded(layout.sheet) == folded(sheet))
    }

    pub(super) fn column(&self, header: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.is_called(header))
    }

    pub(super) fn field(&self, field: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.field == field)
    }

    pub(super) fn is_not_kept(&self, header: &str) -> bool {
        self.not_kept.iter().any(|name| folded(name) == folded(header))
    }
}

/// Letters and digits in lower case: what is left of a name when blanks, case and signs do not matter.
pub(super) fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
