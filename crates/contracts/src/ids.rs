//! Exchange identifiers: `INSTANCE/CLASS/MEMBER[/SUBSYSTEM[/SERVICE]]`, the same form for our
//! own services and everyone else's.
//!
//! Characters follow X-Road's strict identifiers (PR-REST section 4.8) less those that a URL
//! path would have to escape, plus the underscore that deployed instances use. So an identifier
//! is its own URL path segment and `%2F` tricks have nothing to decode.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Longest single part, in characters.
pub const PART_LEN_MAX: usize = 64;

/// Why a text is not an exchange identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The number of `/`-separated parts is wrong.
    #[error("an identifier of a {kind} has {expected} parts, {form}; found {found}")]
    Parts {
        /// `member`, `subsystem` or `service`.
        kind: &'static str,
        /// The form to write.
        form: &'static str,
        /// Parts wanted.
        expected: usize,
        /// Parts found.
        found: usize,
    },
    /// One part is empty, too long or holds a character outside the set.
    #[error(
        "the {part} part of an identifier must be 1 to {PART_LEN_MAX} of A-Z a-z 0-9 - _ . + = and not only dots"
    )]
    Part {
        /// `instance`, `class`, `member`, `subsystem` or `service`.
        part: &'static str,
    },
}

const PART_NAMES: [&str; 5] = ["instance", "class", "member", "subsystem", "service"];

/// True if `text` may stand as one part of an identifier.
pub fn is_part(text: &str) -> bool {
    let allowed =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'+' | b'=');
    !text.is_empty()
        && text.len() <= PART_LEN_MAX
        && text.bytes().all(allowed)
        && text.bytes().any(|b| b != b'.')
}

fn check(
    text: &str,
    kind: &'static str,
    form: &'static str,
    expected: usize,
) -> Result<(), IdError> {
    let found = text.split('/').count();
    if found != expected {
        return Err(IdError::Parts { kind, form, expected, found });
    }
    for (part, name) in text.split('/').zip(PART_NAMES) {
        if !is_part(part) {
            return Err(IdError::Part { part: name });
        }
    }
    Ok(())
}

/// A member of the exchange: an organisation, written `INSTANCE/CLASS/MEMBER` (`TB/GOV/CRO`).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemberId(Arc<str>);

/// A member's information system, written `INSTANCE/CLASS/MEMBER/SUBSYSTEM` (`TB/GOV/CRO/civil`).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubsystemId(Arc<str>);

/// A service a subsystem offers, written `INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE`
/// (`TB/GOV/CRO/civil/births`).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServiceId(Arc<str>);

/// The part at `index` of an identifier already checked.
fn part(text: &str, index: usize) -> &str {
    text.split('/').nth(index).unwrap_or_default()
}

/// The first `parts` parts of an identifier already checked.
fn prefix(text: &str, parts: usize) -> Arc<str> {
    let end = text.match_indices('/').nth(parts - 1).map_or(text.len(), |(at, _)| at);
    Arc::from(&text[..end])
}

impl MemberId {
    const PARTS: usize = 3;
    const KIND: &'static str = "member";
    const FORM: &'static str = "INSTANCE/CLASS/MEMBER";

    /// Builds an identifier from its parts.
    pub fn new(instance: &str, class: &str, member: &str) -> Result<Self, IdError> {
        format!("{instance}/{class}/{member}").parse()
    }

    /// The instance, e.g. `TB`.
    pub fn instance(&self) -> &str {
        part(&self.0, 0)
    }

    /// The member class, e.g. `GOV`.
    pub fn class(&self) -> &str {
        part(&self.0, 1)
    }

    /// The member's own code, e.g. `CRO`.
    pub fn code(&self) -> &str {
        part(&self.0, 2)
    }

    /// `CLASS/MEMBER`, the form officers' tokens carry inside one instance.
    pub fn local(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, rest)| rest)
    }

    /// A subsystem of this member.
    pub fn subsystem(&self, code: &str) -> Result<SubsystemId, IdError> {
        format!("{self}/{code}").parse()
    }
}

impl SubsystemId {
    const PARTS: usize = 4;
    const KIND: &'static str = "subsystem";
    const FORM: &'static str = "INSTANCE/CLASS/MEMBER/SUBSYSTEM";

    /// The instance, e.g. `TB`.
    pub fn instance(&self) -> &str {
        part(&self.0, 0)
    }

    /// The member the subsystem belongs to.
    pub fn member(&self) -> MemberId {
        MemberId(prefix(&self.0, MemberId::PARTS))
    }

    /// The subsystem's own code, e.g. `civil`.
    pub fn code(&self) -> &str {
        part(&self.0, 3)
    }

    /// A service of this subsystem.
    pub fn service(&self, code: &str) -> Result<ServiceId, IdError> {
        format!("{self}/{code}").parse()
    }
}

impl ServiceId {
    const PARTS: usize = 5;
    const KIND: &'static str = "service";
    const FORM: &'static str = "INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE";

    /// The instance, e.g. `TB`.
    pub fn instance(&self) -> &str {
        part(&self.0, 0)
    }

    /// The member that answers for the service.
    pub fn member(&self) -> MemberId {
        MemberId(prefix(&self.0, MemberId::PARTS))
    }

    /// The subsystem that offers the service.
    pub fn subsystem(&self) -> SubsystemId {
        SubsystemId(prefix(&self.0, SubsystemId::PARTS))
    }

    /// The service's own code, e.g. `births`.
    pub fn code(&self) -> &str {
        part(&self.0, 4)
    }
}

// The three types differ only in their name and part count; each impl below is spelled out so
// that a reader finds ordinary code, and the shared work sits in `check`.

impl FromStr for MemberId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        check(text, Self::KIND, Self::FORM, Self::PARTS)?;
        Ok(Self(Arc::from(text)))
    }
}

impl FromStr for SubsystemId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        check(text, Self::KIND, Self::FORM, Self::PARTS)?;
        Ok(Self(Arc::from(text)))
    }
}

impl FromStr for ServiceId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        check(text, Self::KIND, Self::FORM, Self::PARTS)?;
        Ok(Self(Arc::from(text)))
    }
}

impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for SubsystemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ServiceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SubsystemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ServiceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for MemberId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for SubsystemId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for ServiceId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Serialize for MemberId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Serialize for SubsystemId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Serialize for ServiceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

fn from_text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err = IdError>,
{
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}

impl<'de> Deserialize<'de> for MemberId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer)
    }
}

impl<'de> Deserialize<'de> for SubsystemId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer)
    }
}

impl<'de> Deserialize<'de> for ServiceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_takes_apart_and_prints_back() {
        let service: ServiceId = "TB/GOV/CRO/civil/births".parse().unwrap();
        assert_eq!(service.instance(), "TB");
        assert_eq!(service.code(), "births");
        assert_eq!(service.subsystem().code(), "civil");
        assert_eq!(service.subsystem().member(), service.member());
        assert_eq!(service.member().class(), "GOV");
        assert_eq!(service.member().code(), "CRO");
        assert_eq!(service.member().local(), "GOV/CRO");
        assert_eq!(service.member().to_string(), "TB/GOV/CRO");
        assert_eq!(service.subsystem().service("births").unwrap(), service);
        let json = serde_json::to_string(&service).unwrap();
        assert_eq!(json, "\"TB/GOV/CRO/civil/births\"");
        assert_eq!(serde_json::from_str::<ServiceId>(&json).unwrap(), service);
    }

    #[test]
    fn bad_identifiers_say_what_is_wrong() {
        let cases = [
            ("TB/GOV/CRO", "5 parts"),
            ("TB/GOV/CRO/civil/births/x", "5 parts"),
            ("TB/GOV//civil/births", "member part"),
            ("TB/GOV/CRO/civil/../x", "5 parts"),
            ("TB/GOV/CRO/civil/..", "service part"),
            ("TB/GOV/CRO/civil/bi%2Frths", "service part"),
            ("TB/GOV/CRO/ci vil/births", "subsystem part"),
            ("T\u{200b}B/GOV/CRO/civil/births", "instance part"),
            ("TB/GOV:X/CRO/civil/births", "class part"),
        ];
        for (text, wanted) in cases {
            let error = text.parse::<ServiceId>().unwrap_err().to_string();
            assert!(error.contains(wanted), "{text}: {error}");
        }
        let long = format!("TB/GOV/CRO/civil/{}", "x".repeat(PART_LEN_MAX + 1));
        assert!(long.parse::<ServiceId>().is_err());
        assert!(serde_json::from_str::<ServiceId>("\"TB\"").is_err());
    }
}
