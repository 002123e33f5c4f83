//! Conditions of gates: `ID-01 < 2 or (DX-01 >= 3 and LEG-04 < 2)`.
//!
//! `and` binds tighter than `or`; comparisons are `<`, `<=`, `>`, `>=` and `==` with a level from 0 to 4. The value is
//! three-valued (Kleene): an unknown indicator makes the whole unknown only where it decides.

use crate::instrument::TOP;

/// Parentheses inside each other; a foreign file may not exhaust the stack.
const DEPTH_MAX: usize = 16;

/// A parsed condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `ID-01 < 2`
    Compare { indicator: String, comparison: Comparison, level: u8 },
    /// Joined by `and`.
    All(Vec<Condition>),
    /// Joined by `or`.
    Any(Vec<Condition>),
}

/// How an indicator's level is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
}

/// What a condition is worth, and the indicators that decide it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// None is "cannot be said".
    pub holds: Option<bool>,
    /// Ids, in the order of the text.
    pub because: Vec<String>,
}

/// Why a text is no condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    #[error("`{0}` stands where an indicator, such as ID-01, or `(` is expected")]
    IndicatorExpected(String),
    #[error("`{0}` stands where `<`, `<=`, `>`, `>=` or `==` is expected")]
    ComparisonExpected(String),
    #[error("`{0}` stands where a level from 0 to 4 is expected")]
    LevelExpected(String),
    #[error("a parenthesis is not closed")]
    NotClosed,
    #[error("`{0}` is left over: join comparisons by `and` or `or`")]
    LeftOver(String),
    #[error("parentheses are nested deeper than {DEPTH_MAX}")]
    TooDeep,
}

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// The [`ConditionError`] of the first word that does not fit.
    pub fn parse(text: &str) -> Result<Self, ConditionError> {
        let mut words = Words { words: split(text), at: 0 };
        let condition = any(&mut words, 0)?;
        match words.next() {
            None => Ok(condition),
            Some(word) => Err(ConditionError::LeftOver(word)),
        }
    }

    /// Ids of all indicators it names, in the order of the text.
    #[must_use]
    pub fn indicators(&self) -> Vec<&str> {
        match self {
            Self::Compare { indicator, .. } => vec![indicator],
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().flat_map(Self::indicators).collect()
            }
        }
    }

    /// Its value for these levels; none is unknown.
    pub fn evaluate(&self, level_of: &dyn Fn(&str) -> Option<u8>) -> Finding {
        match self {
            Self::Compare { indicator, comparison, level } => Finding {
                holds: level_of(indicator).map(|found| comparison.holds(found, *level)),
                because: vec![indicator.clone()],
            },
            // One false part decides an `and`, one true part an `or`.
            Self::All(parts) => join(parts, level_of, false),
            Self::Any(parts) => join(parts, level_of, true),
        }
    }
}

impl Comparison {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "<" => Some(Self::Below),
            "<=" => Some(Self::AtMost),
            ">" => Some(Self::Above),
            ">=" => Some(Self::AtLeast),
            "==" => Some(Self::Equal),
            _ => None,
        }
    }

    fn holds(self, found: u8, level: u8) -> bool {
        match self {
            Self::Below => found < level,
            Self::AtMost => found <= level,
            Self::Above => found > level,
            Self::AtLeast => found >= level,
            Self::Equal => found == level,
        }
    }
}

/// Joins parts of which one with the value `decider` is enough. The reasons are those of the parts with the value of
/// the whole.
fn join(parts: &[Condition], level_of: &dyn Fn(&str) -> Option<u8>, decider: bool) -> Finding {
    let found: Vec<Finding> = parts.iter().map(|part| part.evaluate(level_of)).collect();
    let has = |value: Option<bool>| found.iter().any(|finding| finding.holds == value);
    let holds = if has(Some(decider)) {
        Some(decider)
    } else if has(None) {
        None
    } else {
        Some(!decider)
    };
    let mut because = Vec::new();
    for finding in found.into_iter().filter(|finding| finding.holds == holds) {
        for indicator in finding.because {
            if !because.contains(&indicator) {
                because.push(indicator);
            }
        }
    }
    Finding { holds, because }
}

struct Words {
    words: Vec<String>,
    at: usize,
}

impl Words {
    fn next(&mut self) -> Option<String> {
        let word = self.words.get(self.at).cloned();
        self.at += 1;
        word
    }

    /// Takes the next word if it is this one.
    fn take(&mut self, wanted: &str) -> bool {
        let is_next = self.words.get(self.at).is_some_and(|word| word == wanted);
        if is_next {
            self.at += 1;
        }
        is_next
    }

    /// The next word, or what an error calls the end.
    fn next_or_end(&mut self) -> String {
        self.next().unwrap_or_else(|| "the end".to_owned())
    }
}

/// Words, parentheses and comparisons; white space only separates.
fn split(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = Class::Space;
    for letter in text.chars() {
        let class = Class::of(letter);
        match words.last_mut() {
            Some(word) if class == last && class.joins() => word.push(letter),
            _ if class != Class::Space => words.push(letter.to_string()),
            _ => {}
        }
        last = class;
    }
    words
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Parenthesis,
    Comparison,
    Word,
}

impl Class {
    fn of(letter: char) -> Self {
        match letter {
            '(' | ')' => Self::Parenthesis,
            '<' | '>' | '=' | '!' => Self::Comparison,
            letter if letter.is_whitespace() => Self::Space,
            _ => Self::Word,
        }
    }

    fn joins(self) -> bool {
        matches!(self, Self::Comparison | Self::Word)
    }
}

fn any(words: &mut Words, depth: usize) -> Result<Condition, ConditionError> {
    let mut parts = vec![all(words, depth)?];
    while words.take("or") {
        parts.push(all(words, depth)?);
    }
    Ok(single_or(parts, Condition::Any))
}

fn all(words: &mut Words, depth: usize) -> Result<Condition, ConditionError> {
    let mut parts = vec![one(words, depth)?];
    while words.take("and") {
        parts.push(one(words, depth)?);
    }
    Ok(single_or(parts, Condition::All))
}

fn single_or(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            join(parts)
        }
    }
}

fn one(words: &mut Words, depth: usize) -> Result<Condition, ConditionError> {
    if depth > DEPTH_MAX {
        return Err(ConditionError::TooDeep);
    }
    if words.take("(") {
        let inside = any(words, depth + 1)?;
        return if words.take(")") { Ok(inside) } else { Err(ConditionError::NotClosed) };
    }
    let indicator = words.next_or_end();
    if !indicator.contains('-') {
        return Err(ConditionError::IndicatorExpected(indicator));
    }
    let word = words.next_or_end();
    let comparison = Comparison::parse(&word).ok_or(ConditionError::ComparisonExpected(word))?;
    let word = words.next_or_end();
    match word.parse() {
        Ok(level) if level <= TOP => Ok(Condition::Compare { indicator, comparison, level }),
        _ => Err(ConditionError::LevelExpected(word)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value for A-1 = 1, B-2 = 3 and everything else unknown.
    fn check(text: &str, holds: Option<bool>, because: &[&str]) {
        let level_of = |id: &str| match id {
            "A-1" => Some(1),
            "B-2" => Some(3),
            _ => None,
        };
        let found = Condition::parse(text).unwrap().evaluate(&level_of);
        assert_eq!(found.holds, holds, "{text}");
        assert_eq!(found.because, because, "{text}");
    }

    #[test]
    fn comparisons_compare() {
        check("A-1 < 2", Some(true), &["A-1"]);
        check("A-1 < 1", Some(false), &["A-1"]);
        check("A-1<=1", Some(true), &["A-1"]);
        check("B-2 > 3", Some(false), &["B-2"]);
        check("B-2 >= 3", Some(true), &["B-2"]);
        check("B-2 == 3", Some(true), &["B-2"]);
    }

    #[test]
    fn an_unknown_counts_only_where_it_decides() {
        check("X-9 < 2", None, &["X-9"]);
        check("A-1 < 2 or X-9 < 2", Some(true), &["A-1"]);
        check("A-1 >= 2 or X-9 < 2", None, &["X-9"]);
        check("A-1 < 2 and X-9 < 2", None, &["X-9"]);
        check("A-1 >= 2 and X-9 < 2", Some(false), &["A-1"]);
        check("(A-1 >= 3 or B-2 >= 3) and (X-9 < 2 or A-1 < 2)", Some(true), &["B-2", "A-1"]);
    }

    #[test]
    fn and_binds_tighter_than_or() {
        check("A-1 < 2 or X-9 < 2 and X-8 < 2", Some(true), &["A-1"]);
        check("(A-1 < 2 or X-9 < 2) and X-8 < 2", None, &["X-8"]);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (text, says) in [
            ("", "`the end` stands where an indicator"),
            ("ID-01", "`the end` stands where `<`"),
            ("ID-01 != 2", "`!=` stands where `<`"),
            ("ID-01 < 5", "`5` stands where a level"),
            ("ID-01 < two", "`two` stands where a level"),
            ("(ID-01 < 2", "a parenthesis is not closed"),
            ("ID-01 < 2 ID-02 < 2", "`ID-02` is left over"),
            ("ID-01 < 2)", "`)` is left over"),
            ("ID-01 < 2 or", "`the end` stands where an indicator"),
            ("and < 2", "`and` stands where an indicator"),
        ] {
            let error = Condition::parse(text).unwrap_err().to_string();
            assert!(error.starts_with(says), "{text}: {error}");
        }
        let deep = format!("{}ID-01 < 2{}", "(".repeat(5_000), ")".repeat(5_000));
        assert_eq!(Condition::parse(&deep), Err(ConditionError::TooDeep));
    }
}
