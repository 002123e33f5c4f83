//! Conditions of decision tables: `household >= 3 and (child_age < 5 or district == "Lake East")`.
//!
//! What is not known makes a comparison neither true nor false. Numbers may be known within bounds
//! only: a child born in 2024 is one or two years old, which is surely below five.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is known about one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A whole number between two bounds, both included.
    Number(i64, i64),
    /// A text, or the value of a choice.
    Text(String),
    /// Yes or no.
    Flag(bool),
}

/// Facts by name.
pub type Facts = BTreeMap<String, Fact>;

/// A condition, read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Condition(Node);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Flag(String),
    Compare(Operand, Operator, Operand),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Operand {
    Name(String),
    Value(Fact),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// The text is no condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a condition: {0}; write for example `household >= 3 and not disabled`")]
pub struct ConditionError(String);

impl Condition {
    /// True, false, or not known.
    pub fn holds(&self, facts: &Facts) -> Option<bool> {
        self.0.holds(facts)
    }

    /// Every name that it asks for.
    pub fn names(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.0.names(&mut names);
        names
    }
}

impl TryFrom<String> for Condition {
    type Error = ConditionError;

    fn try_from(text: String) -> Result<Self, ConditionError> {
        let tokens = tokens(&text)?;
        let mut reader = Reader { tokens: &tokens };
        let node = reader.any()?;
        match reader.tokens.first() {
            None => Ok(Self(node)),
            Some(token) => Err(ConditionError(format!("`{token:?}` is too much"))),
        }
    }
}

impl Node {
    /// Three-valued logic: one false part settles `and`, one true part settles `or`.
    fn holds(&self, facts: &Facts) -> Option<bool> {
        match self {
            Self::All(parts) => settle(parts.iter().map(|part| part.holds(facts)), false),
            Self::Any(parts) => settle(parts.iter().map(|part| part.holds(facts)), true),
            Self::Not(part) => part.holds(facts).map(|held| !held),
            Self::Flag(name) => match facts.get(name) {
                Some(Fact::Flag(flag)) => Some(*flag),
                _ => None,
            },
            Self::Compare(left, operator, right) => {
                compare(left.value(facts)?, *operator, right.value(facts)?)
            }
        }
    }

    fn names<'n>(&'n self, into: &mut BTreeSet<&'n str>) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.names(into)),
            Self::Not(part) => part.names(into),
            Self::Flag(name) => {
                into.insert(name);
            }
            Self::Compare(left, _, right) => {
                for operand in [left, right] {
                    if let Operand::Name(name) = operand {
                        into.insert(name);
                    }
                }
            }
        }
    }
}

/// `word` if any part is it, else unknown if any part is, else the opposite.
fn settle(parts: impl Iterator<Item = Option<bool>>, word: bool) -> Option<bool> {
    let mut known = true;
    for part in parts {
        match part {
            Some(held) if held == word => return Some(word),
            Some(_) => {}
            None => known = false,
        }
    }
    known.then_some(!word)
}

impl Operand {
    fn value<'o>(&'o self, facts: &'o Facts) -> Option<&'o Fact> {
        match self {
            Self::Name(name) => facts.get(name),
            Self::Value(value) => Some(value),
        }
    }
}

fn compare(left: &Fact, operator: Operator, right: &Fact) -> Option<bool> {
    if let (Fact::Number(least, most), Fact::Number(floor, ceiling)) = (left, right) {
        return compare_numbers((*least, *most), operator, (*floor, *ceiling));
    }
    let alike = std::mem::discriminant(left) == std::mem::discriminant(right);
    match operator {
        Operator::Equal if alike => Some(left == right),
        Operator::Unequal if alike => Some(left != right),
        // Texts have no order, and unlike things no common measure.
        _ => None,
    }
}

fn compare_numbers(left: (i64, i64), operator: Operator, right: (i64, i64)) -> Option<bool> {
    let surely = |yes: bool, no: bool| match (yes, no) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    let equal = left.0 == left.1 && left == right;
    let apart = left.1 < right.0 || right.1 < left.0;
    match operator {
        Operator::Equal => surely(equal, apart),
        Operator::Unequal => surely(apart, equal),
        Operator::Less => surely(left.1 < right.0, left.0 >= right.1),
        Operator::AtMost => surely(left.1 <= right.0, left.0 > right.1),
        Operator::More => surely(left.0 > right.1, left.1 <= right.0),
        Operator::AtLeast => surely(left.0 >= right.1, left.1 < right.0),
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Value(Fact),
    Operator(Operator),
    Open,
    Close,
}

fn tokens(text: &str) -> Result<Vec<Token>, ConditionError> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            '(' => (Token::Open, &rest[1..]),
            ')' => (Token::Close, &rest[1..]),
            '"' => text_token(rest)?,
            '0'..='9' | '-' => number_token(rest)?,
            'a'..='z' | '_' => word_token(rest),
            _ => operator_token(rest)?,
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Ok(tokens)
}

fn text_token(rest: &str) -> Result<(Token, &str), ConditionError> {
    let (text, after) = rest[1..]
        .split_once('"')
        .ok_or_else(|| ConditionError("a text has no closing quote".to_owned()))?;
    Ok((Token::Value(Fact::Text(text.to_owned())), after))
}

fn number_token(rest: &str) -> Result<(Token, &str), ConditionError> {
    let end = rest[1..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |at| at + 1);
    let number = rest[..end].parse();
    let number = number.map_err(|_| ConditionError(format!("`{}` is no number", &rest[..end])))?;
    Ok((Token::Value(Fact::Number(number, number)), &rest[end..]))
}

fn word_token(rest: &str) -> (Token, &str) {
    let inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let end = rest.find(|c: char| !inside(c)).unwrap_or(rest.len());
    let token = match &rest[..end] {
        "true" => Token::Value(Fact::Flag(true)),
        "false" => Token::Value(Fact::Flag(false)),
        word => Token::Word(word.to_owned()),
    };
    (token, &rest[end..])
}

fn operator_token(rest: &str) -> Result<(Token, &str), ConditionError> {
    // The longer ones first: `>=` begins with `>`.
    let all = [
        ("==", Operator::Equal),
        ("!=", Operator::Unequal),
        ("<=", Operator::AtMost),
        (">=", Operator::AtLeast),
        ("<", Operator::Less),
        (">", Operator::More),
    ];
    for (sign, operator) in all {
        if let Some(after) = rest.strip_prefix(sign) {
            return Ok((Token::Operator(operator), after));
        }
    }
    let sign: String = rest.chars().take(1).collect();
    Err(ConditionError(format!("`{sign}` means nothing here")))
}

/// Reads by descending: `or` binds weakest, then `and`, then `not`.
struct Reader<'t> {
    tokens: &'t [Token],
}

impl Reader<'_> {
    fn any(&mut self) -> Result<Node, ConditionError> {
        let mut parts = vec![self.all()?];
        while self.takes("or") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Node::Any(parts) })
    }

    fn all(&mut self) -> Result<Node, ConditionError> {
        let mut parts = vec![self.one()?];
        while self.takes("and") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Node::All(parts) })
    }

    fn one(&mut self) -> Result<Node, ConditionError> {
        if self.takes("not") {
            return Ok(Node::Not(Box::new(self.one()?)));
        }
        if self.tokens.first() == Some(&Token::Open) {
            self.tokens = &self.tokens[1..];
            let inner = self.any()?;
            if self.tokens.first() != Some(&Token::Close) {
                return Err(ConditionError("a bracket is not closed".to_owned()));
            }
            self.tokens = &self.tokens[1..];
            return Ok(inner);
        }
        let left = self.operand()?;
        if let Some(Token::Operator(operator)) = self.tokens.first() {
            let operator = *operator;
            self.tokens = &self.tokens[1..];
            return Ok(Node::Compare(left, operator, self.operand()?));
        }
        match left {
            Operand::Name(name) => Ok(Node::Flag(name)),
            Operand::Value(_) => Err(ConditionError("a value stands alone".to_owned())),
        }
    }

    fn operand(&mut self) -> Result<Operand, ConditionError> {
        let (first, rest) = self
            .tokens
            .split_first()
            .ok_or_else(|| ConditionError("it ends too early".to_owned()))?;
        let operand = match first {
            Token::Word(word) if !matches!(word.as_str(), "and" | "or" | "not") => {
                Operand::Name(word.clone())
            }
            Token::Value(value) => Operand::Value(value.clone()),
            other => return Err(ConditionError(format!("`{other:?}` is no name or value"))),
        };
        self.tokens = rest;
        Ok(operand)
    }

    fn takes(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.first(), Some(Token::Word(found)) if found == word);
        if found {
            self.tokens = &self.tokens[1..];
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        BTreeMap::from([
            ("household".to_owned(), Fact::Number(4, 4)),
            ("age".to_owned(), Fact::Number(1, 2)),
            ("district".to_owned(), Fact::Text("Lake East".to_owned())),
            ("pupil".to_owned(), Fact::Flag(false)),
        ])
    }

    #[test]
    fn conditions_hold_or_not_or_nobody_knows() {
        let cases = [
            ("household >= 3", Some(true)),
            ("household < 3", Some(false)),
            ("household == 4 and district == \"Lake East\"", Some(true)),
            ("district != \"Lake East\" or not pupil", Some(true)),
            ("pupil", Some(false)),
            ("age < 3", Some(true)),
            ("age < 1", Some(false)),
            ("age < 2", None),
            ("age == 1", None),
            ("age != 7", Some(true)),
            ("age <= 2 and age >= 1", Some(true)),
            ("income > -5", None),
            ("income > 5 and household < 3", Some(false)),
            ("income > 5 or household > 3", Some(true)),
            ("not (income > 5 or household > 3)", Some(false)),
            ("household == \"4\"", None),
            ("district > \"A\"", None),
            ("pupil == false", Some(true)),
        ];
        for (text, expected) in cases {
            let condition = Condition::try_from(text.to_owned()).unwrap();
            assert_eq!(condition.holds(&facts()), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_condition_is_refused_with_the_reason() {
        let cases = [
            ("", "ends too early"),
            ("household >=", "ends too early"),
            ("household = 3", "`=` means nothing"),
            ("(pupil", "not closed"),
            ("pupil pupil", "too much"),
            ("district == \"x", "closing quote"),
            ("3", "stands alone"),
            ("household > 99999999999999999999", "no number"),
            ("and pupil", "no name or value"),
        ];
        for (text, reason) in cases {
            let error = Condition::try_from(text.to_owned()).unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn names_are_listed() {
        let condition = Condition::try_from("not (a > b) or c and d == 1".to_owned()).unwrap();
        assert_eq!(condition.names(), BTreeSet::from(["a", "b", "c", "d"]));
    }
}
