//! The words of JSON Schema (draft 2020-12) that a register's schema may use.
//!
//! The list is closed for two reasons: JSON Schema ignores a word it does not know, so `maxLenght`
//! would silently allow everything; and every word here is one whose change between two versions can
//! be judged. References (`$ref`) are left out: a schema says what it means where it means it.

/// What a word does, as far as this block must tell words apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    /// For people; changes nothing about what is accepted.
    Annotation,
    /// `x-personal`.
    Personal,
    /// `x-label`.
    Label,
    /// `type`.
    Type,
    /// `properties`.
    Properties,
    /// `required`.
    Required,
    /// `additionalProperties`.
    Closed,
    /// `items`.
    Items,
    /// `enum`.
    Choice,
    /// A bound from below: a smaller one accepts more.
    Lower,
    /// A bound from above: a larger one accepts more.
    Upper,
    /// Accepts no less only when it is the same or gone.
    Exact,
    /// Rules between fields, made of schemas of their own. As [`Keyword::Exact`].
    Condition,
}

/// What the word does; `None` for one that is not accepted.
pub(super) fn keyword(word: &str) -> Option<Keyword> {
    Some(match word {
        "$schema" | "$id" | "$comment" | "title" | "description" | "default" | "examples"
        | "deprecated" | "readOnly" | "writeOnly" => Keyword::Annotation,
        "x-personal" => Keyword::Personal,
        "x-label" => Keyword::Label,
        "type" => Keyword::Type,
        "properties" => Keyword::Properties,
        "required" => Keyword::Required,
        "additionalProperties" => Keyword::Closed,
        "items" => Keyword::Items,
        "enum" => Keyword::Choice,
        "minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties" => {
            Keyword::Lower
        }
        "maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties" => {
            Keyword::Upper
        }
        "const" | "multipleOf" | "pattern" | "format" | "uniqueItems" | "dependentRequired" => {
            Keyword::Exact
        }
        "allOf" | "anyOf" | "oneOf" | "not" | "if" | "then" | "else" => Keyword::Condition,
        _ if word.starts_with("x-") => Keyword::Annotation,
        _ => return None,
    })
}
