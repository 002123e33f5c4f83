//! What the macros of `components.html` are given, as types, so that a page's context says what it holds.

use serde::Serialize;

/// A line of `facts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// Translated name.
    pub name: String,
    /// Value as shown.
    pub value: String,
}

impl Fact {
    /// A fact from translated texts.
    #[must_use]
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

/// The tone of a tag or notice. The word carries the meaning, the colour only helps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Tone {
    /// No colour.
    #[default]
    #[serde(rename = "")]
    Plain,
    /// Neutral information.
    #[serde(rename = "info")]
    Info,
    /// Done, in force, paid.
    #[serde(rename = "good")]
    Good,
    /// Worth a look.
    #[serde(rename = "warn")]
    Warn,
    /// Failed, refused.
    #[serde(rename = "bad")]
    Bad,
}

/// An entry of `timeline`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// RFC 3339; shown in local time.
    pub at: String,
    /// Headline.
    pub who: String,
    /// Tag beside it; empty for none.
    pub tag: String,
    /// The tag's tone.
    pub tag_kind: Tone,
    /// The mark on the line.
    pub mark: Mark,
    /// What there is to say.
    pub facts: Vec<Fact>,
}

/// How an [`Entry`] is marked on the line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Mark {
    /// An open circle.
    #[default]
    #[serde(rename = "")]
    Plain,
    /// Paler: the person's own doing.
    #[serde(rename = "self")]
    Own,
    /// Filled: something to look at.
    #[serde(rename = "alarm")]
    Alarm,
    /// Struck through: it was tried and not allowed.
    #[serde(rename = "refused")]
    Refused,
}

/// A line of `summary_list` or `known`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The question.
    pub name: String,
    /// The answer as shown.
    pub value: String,
    /// Who says so, if it was not the person; empty otherwise.
    pub source: String,
    /// Where it can be changed; empty if it cannot.
    pub change: String,
}

/// A line of `task_list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Task {
    /// What is to be done.
    pub title: String,
    /// Where; empty if it cannot be begun yet.
    pub href: String,
    /// A sentence below; empty for none.
    pub hint: String,
    /// Where it stands; empty for none.
    pub tag: String,
    /// The tag's tone.
    pub tone: Tone,
}

/// A line of `rules`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// The rule in a sentence.
    pub says: String,
    /// Whether it is met.
    pub met: bool,
    /// Where it is written.
    pub law: String,
}

/// A line of `events`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// RFC 3339; shown in local time.
    pub at: String,
    /// What happened.
    pub says: String,
}

/// One of `chips`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chip {
    /// What it shows.
    pub text: String,
    /// Where it leads.
    pub href: String,
    /// Whether it is shown now.
    pub current: bool,
}

/// A date as it was typed, for `date_input`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DateParts {
    /// Day of the month.
    pub day: String,
    /// Month, 1 to 12.
    pub month: String,
    /// Year.
    pub year: String,
}

impl DateParts {
    /// The parts of `2026-03-14`, `2026-03` or `2026`; of anything else whatever stands between the hyphens, so that what
    /// was typed comes back.
    #[must_use]
    pub fn of(written: &str) -> Self {
        let mut parts = written.splitn(3, '-').map(str::to_owned);
        let year = parts.next().unwrap_or_default();
        let month = parts.next().unwrap_or_default();
        Self { day: parts.next().unwrap_or_default(), month, year }
    }

    /// The date in ISO order, as far as it was given; empty if nothing was. It is not checked here.
    #[must_use]
    pub fn written(&self) -> String {
        let two = |part: &str| match part.len() {
            1 if part.bytes().all(|byte| byte.is_ascii_digit()) => format!("0{part}"),
            _ => part.to_owned(),
        };
        match (self.year.as_str(), self.month.as_str(), self.day.as_str()) {
            ("", "", "") => String::new(),
            (year, "", "") => year.to_owned(),
            (year, month, "") => format!("{year}-{}", two(month)),
            (year, month, day) => format!("{year}-{}-{}", two(month), two(day)),
        }
    }
}

/// An option of `choices` or `select` (which needs `value` and `text` only).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// Translated text.
    pub text: String,
    /// Explanation; empty for none.
    pub hint: String,
    /// Whether it is chosen now.
    pub on: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_comes_back_as_it_was_typed() {
        let parts = |day: &str, month: &str, year: &str| DateParts {
            day: day.to_owned(),
            month: month.to_owned(),
            year: year.to_owned(),
        };
        let check = |typed: DateParts, written: &str, back: DateParts| {
            assert_eq!(typed.written(), written);
            assert_eq!(DateParts::of(written), back);
        };
        check(parts("4", "3", "2026"), "2026-03-04", parts("04", "03", "2026"));
        check(parts("", "11", "1994"), "1994-11", parts("", "11", "1994"));
        check(parts("", "", "1961"), "1961", parts("", "", "1961"));
        check(parts("", "", ""), "", parts("", "", ""));
        check(parts("31", "", "2026"), "2026--31", parts("31", "", "2026"));
        check(parts("x", "March", ""), "-March-x", parts("x", "March", ""));
    }
}
