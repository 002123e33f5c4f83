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
