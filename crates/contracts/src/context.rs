//! What every call carries: who asks, on what legal basis, for which purpose and case, about whom.
//!
//! Two forms travel. JSON, inside the signed message between installations, always whole. And
//! single header values (`law:Births Act s.12`) on the HTTP interface for information systems.

use std::fmt;
use std::str::FromStr;

use basis::{Id, Rng, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{ServiceId, SubsystemId};

/// The version of the call context and wire messages this build speaks. It also accepts the one
/// before ([`WIRE_VERSION_MIN`]), so that a country can upgrade installation by installation.
pub const WIRE_VERSION: u16 = 1;

/// The oldest version accepted: N-1, or 1 while there is no older one.
pub const WIRE_VERSION_MIN: u16 = if WIRE_VERSION > 1 { WIRE_VERSION - 1 } else { 1 };

/// Longest free text in a context field (reference, officer, case, represented), in bytes.
pub const TEXT_LEN_MAX: usize = 200;

/// A person as one sector knows them: 16 random bytes, meaningless in every other sector.
///
/// It is personal data. `Debug` prints nothing of it and there is no `Display`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pseudonym(pub Id);

impl Pseudonym {
    /// Draws a new pseudonym. Wholly random: a time-ordered id would let two sectors match
    /// persons by the moment of creation.
    pub fn random(rng: &Rng) -> Self {
        Self(Id::random(rng))
    }

    /// The 16 bytes, for blind indexes and encryption.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pseudonym(hidden)")
    }
}

/// Why the caller may ask. The words follow Art. 6(1) GDPR and its kin in African data
/// protection acts; a country pack maps its own act onto them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum LegalBasis {
    /// A duty or power laid down by law, e.g. `Births Act s.12`.
    Law {
        /// Which law.
        reference: String,
    },
    /// The person's consent to one data agreement of the consent block.
    Consent {
        /// The data agreement consented to.
        #[schema(value_type = String, format = "uuid")]
        agreement: Id,
    },
    /// A contract with the person.
    Contract {
        /// Which contract.
        reference: String,
    },
    /// To protect someone's life.
    VitalInterest {
        /// What happened, e.g. an emergency admission number.
        reference: String,
    },
    /// The person looks at their own data.
    SelfAccess,
}

/// The kind of a [`LegalBasis`], without its reference; what an agreement names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BasisKind {
    /// See [`LegalBasis::Law`].
    Law,
    /// See [`LegalBasis::Consent`].
    Consent,
    /// See [`LegalBasis::Contract`].
    Contract,
    /// See [`LegalBasis::VitalInterest`].
    VitalInterest,
    /// See [`LegalBasis::SelfAccess`].
    SelfAccess,
}

impl BasisKind {
    /// The stable name, the same in JSON, headers and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Law => "law",
            Self::Consent => "consent",
            Self::Contract => "contract",
            Self::VitalInterest => "vital-interest",
            Self::SelfAccess => "self-access",
        }
    }
}

impl FromStr for BasisKind {
    type Err = ContextError;

    fn from_str(text: &str) -> Result<Self, ContextError> {
        match text {
            "law" => Ok(Self::Law),
            "consent" => Ok(Self::Consent),
            "contract" => Ok(Self::Contract),
            "vital-interest" => Ok(Self::VitalInterest),
            "self-access" => Ok(Self::SelfAccess),
            _ => Err(ContextError::Basis),
        }
    }
}

impl LegalBasis {
    /// A basis in law, by its reference.
    pub fn law(reference: impl Into<String>) -> Self {
        Self::Law { reference: reference.into() }
    }

    /// A basis in consent to a data agreement.
    pub fn consent(agreement: Id) -> Self {
        Self::Consent { agreement }
    }

    /// The kind, without the reference.
    pub const fn kind(&self) -> BasisKind {
        match self {
            Self::Law { .. } => BasisKind::Law,
            Self::Consent { .. } => BasisKind::Consent,
            Self::Contract { .. } => BasisKind::Contract,
            Self::VitalInterest { .. } => BasisKind::VitalInterest,
            Self::SelfAccess => BasisKind::SelfAccess,
        }
    }

    /// The reference as text; empty for self-access.
    pub fn reference(&self) -> String {
        match self {
            Self::Law { reference }
            | Self::Contract { reference }
            | Self::VitalInterest { reference } => reference.clone(),
            Self::Consent { agreement } => agreement.to_string(),
            Self::SelfAccess => String::new(),
        }
    }
}

/// The header form: `law:REFERENCE`, `consent:AGREEMENT-ID`, `contract:REFERENCE`,
/// `vital-interest:REFERENCE`, `self-access`.
impl fmt::Display for LegalBasis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SelfAccess => f.write_str("self-access"),
            other => write!(f, "{}:{}", other.kind().as_str(), other.reference()),
        }
    }
}

impl FromStr for LegalBasis {
    type Err = ContextError;

    fn from_str(text: &str) -> Result<Self, ContextError> {
        if text == "self-access" {
            return Ok(Self::SelfAccess);
        }
        let (kind, reference) = text.split_once(':').ok_or(ContextError::Basis)?;
        let reference = reference.trim();
        if reference.is_empty() || !is_text(reference) {
            return Err(ContextError::Basis);
        }
        let reference = reference.to_owned();
        match kind.trim().parse()? {
            BasisKind::Law => Ok(Self::Law { reference }),
            BasisKind::Contract => Ok(Self::Contract { reference }),
            BasisKind::VitalInterest => Ok(Self::VitalInterest { reference }),
            BasisKind::Consent => {
                let agreement = reference.parse().map_err(|_| ContextError::Basis)?;
                Ok(Self::Consent { agreement })
            }
            BasisKind::SelfAccess => Err(ContextError::Basis),
        }
    }
}

/// The context of one call. Built by the caller; `client_sector` and `fields` are filled in by
/// the exchange from the directory and the agreement, whatever the caller wrote there.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallContext {
    /// See [`WIRE_VERSION`].
    pub wire_version: u16,
    /// The information system that asks.
    pub client: SubsystemId,
    /// The service asked.
    pub service: ServiceId,
    /// Purpose code, e.g. `benefit-eligibility`; letters, digits, `-` and `.`.
    pub purpose: String,
    /// Why the caller may ask.
    pub basis: LegalBasis,
    /// The exchange agreement relied on; without it the exchange looks for one that fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<Id>,
    /// The officer who acts, as the member knows them; none where a system acts by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officer: Option<String>,
    /// The case the officer works on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The person or body the caller acts for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub represented: Option<String>,
    /// Whom the call is about: in the caller's sector when the caller sends it, in the
    /// provider's sector when the provider receives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Pseudonym>,
    /// Sector of the calling subsystem, from the directory. Set by the exchange.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_sector: Option<String>,
    /// Fields the agreement limits the answer to; empty means all the service offers. Set by the
    /// exchange.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// Same for every call that follows from one act, for tracing.
    pub correlation: Id,
    /// When the caller asked.
    pub at: Timestamp,
}

impl CallContext {
    /// A context with the parts every call must have. Add the rest by the `with_` methods.
    pub fn new(
        client: SubsystemId,
        service: ServiceId,
        purpose: impl Into<String>,
        basis: LegalBasis,
        correlation: Id,
        at: Timestamp,
    ) -> Self {
        Self {
            wire_version: WIRE_VERSION,
            client,
            service,
            purpose: purpose.into(),
            basis,
            agreement: None,
            officer: None,
            case: None,
            represented: None,
            subject: None,
            client_sector: None,
            fields: Vec::new(),
            correlation,
            at,
        }
    }

    /// Says whom the call is about, by the pseudonym of the caller's own sector.
    pub fn about(mut self, subject: Pseudonym) -> Self {
        self.subject = Some(subject);
        self
    }

    /// Names the officer who acts, and the case.
    pub fn by_officer(mut self, officer: impl Into<String>, case: Option<String>) -> Self {
        self.officer = Some(officer.into());
        self.case = case;
        self
    }

    /// Names the exchange agreement relied on.
    pub fn under(mut self, agreement: Id) -> Self {
        self.agreement = Some(agreement);
        self
    }

    /// Names the person or body acted for.
    pub fn for_party(mut self, represented: impl Into<String>) -> Self {
        self.represented = Some(represented.into());
        self
    }

    /// The instance of the caller.
    pub fn instance(&self) -> &str {
        self.client.instance()
    }

    /// True if the agreement lets the provider answer with this field.
    pub fn allows_field(&self, field: &str) -> bool {
        self.fields.is_empty() || self.fields.iter().any(|allowed| allowed == field)
    }

    /// Checks the free texts. Identifiers are already right by type.
    pub fn check(&self) -> Result<(), ContextError> {
        check_version(self.wire_version)?;
        if !is_purpose(&self.purpose) {
            return Err(ContextError::Purpose);
        }
        if !is_text(&self.basis.reference()) {
            return Err(ContextError::Basis);
        }
        let texts =
            [("officer", &self.officer), ("case", &self.case), ("represented", &self.represented)];
        for (field, text) in texts {
            if text.as_ref().is_some_and(|t| t.is_empty() || !is_text(t)) {
                return Err(ContextError::Text { field });
            }
        }
        Ok(())
    }

    /// Reads the JSON form. The version is looked at first, so that a newer peer gets "version"
    /// for an answer and not "unknown field".
    pub fn from_json(json: &[u8]) -> Result<Self, ContextError> {
        #[derive(Deserialize)]
        struct Version {
            wire_version: u16,
        }
        let version: Version =
            serde_json::from_slice(json).map_err(|e| ContextError::Json(e.to_string()))?;
        check_version(version.wire_version)?;
        let context: Self =
            serde_json::from_slice(json).map_err(|e| ContextError::Json(e.to_string()))?;
        context.check()?;
        Ok(context)
    }

    /// The JSON form.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a context has only text, numbers and lists")
    }
}

/// Shows who asks what and why; never whom it is about.
impl fmt::Debug for CallContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallContext")
            .field("client", &self.client)
            .field("service", &self.service)
            .field("purpose", &self.purpose)
            .field("basis", &self.basis.kind().as_str())
            .field("correlation", &self.correlation)
            .finish_non_exhaustive()
    }
}

fn check_version(found: u16) -> Result<(), ContextError> {
    if (WIRE_VERSION_MIN..=WIRE_VERSION).contains(&found) {
        return Ok(());
    }
    Err(ContextError::Version { found })
}

/// True if `text` is a purpose code: 1 to 64 of lower-case letters, digits, `-` and `.`.
pub fn is_purpose(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

fn is_text(text: &str) -> bool {
    text.len() <= TEXT_LEN_MAX && !text.chars().any(char::is_control)
}

/// Why a context cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContextError {
    /// The peer speaks a version outside N-1..N.
    #[error(
        "wire version {found} is not spoken here; this installation speaks {WIRE_VERSION_MIN} to {WIRE_VERSION}"
    )]
    Version {
        /// The version of the message.
        found: u16,
    },
    /// The JSON is not a context.
    #[error("the call context is not readable: {0}")]
    Json(String),
    /// The purpose is not a code.
    #[error("purpose must be 1 to 64 of a-z 0-9 - and .")]
    Purpose,
    /// The legal basis is not in header form.
    #[error(
        "legal basis must be law:REFERENCE, consent:AGREEMENT-ID, contract:REFERENCE, vital-interest:REFERENCE or self-access"
    )]
    Basis,
    /// A free text is empty, too long or has control characters.
    #[error("{field} must be 1 to {TEXT_LEN_MAX} bytes without control characters")]
    Text {
        /// Name of the field.
        field: &'static str,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> CallContext {
        CallContext::new(
            "TB/GOV/MSP/benefits".parse().unwrap(),
            "TB/GOV/NIA/residents/records".parse().unwrap(),
            "benefit-eligibility",
            LegalBasis::law("Social Protection Act s.4"),
            Id::from_bytes([7; 16]),
            Timestamp::from_micros(1_800_000_000_000_000),
        )
        .about(Pseudonym(Id::from_bytes([9; 16])))
        .by_officer("amina", Some("CASE-1".to_owned()))
    }

    #[test]
    fn json_form_comes_back_whole() {
        let context = sample();
        assert_eq!(CallContext::from_json(&context.to_json()).unwrap(), context);
    }

    #[test]
    fn header_form_of_each_basis_comes_back() {
        let id = Id::from_bytes([3; 16]);
        for text in [
            "law:Births Act s.12".to_owned(),
            format!("consent:{id}"),
            "contract:Loi n° 2021".to_owned(),
            "vital-interest:ER 77".to_owned(),
            "self-access".to_owned(),
        ] {
            assert_eq!(text.parse::<LegalBasis>().unwrap().to_string(), text);
        }
        for bad in
            ["", "law", "law:", "law: ", "consent:abc", "whim:x", "self-access:x", "law:a\nb"]
        {
            assert_eq!(bad.parse::<LegalBasis>(), Err(ContextError::Basis), "{bad:?}");
        }
    }

    #[test]
    fn a_newer_version_is_named_before_its_unknown_fields() {
        let mut json: serde_json::Value = serde_json::from_slice(&sample().to_json()).unwrap();
        json["hologram"] = true.into();
        let unknown = CallContext::from_json(&serde_json::to_vec(&json).unwrap());
        assert!(matches!(unknown, Err(ContextError::Json(text)) if text.contains("hologram")));
        json["wire_version"] = (WIRE_VERSION + 1).into();
        let newer = CallContext::from_json(&serde_json::to_vec(&json).unwrap());
        assert_eq!(newer, Err(ContextError::Version { found: WIRE_VERSION + 1 }));
    }

    #[test]
    fn free_texts_are_bounded() {
        let mut context = sample();
        context.case = Some("x".repeat(TEXT_LEN_MAX + 1));
        assert_eq!(context.check(), Err(ContextError::Text { field: "case" }));
        context = sample();
        context.purpose = "Any Purpose".to_owned();
        assert_eq!(context.check(), Err(ContextError::Purpose));
    }

    #[test]
    fn debug_hides_the_person() {
        let text = format!("{:?} {:?}", sample(), sample().subject);
        assert!(!text.contains(&Id::from_bytes([9; 16]).to_string()), "{text}");
        assert!(!text.contains("amina"));
    }

    #[test]
    fn fields_limit_only_when_named() {
        let mut context = sample();
        assert!(context.allows_field("name"));
        context.fields = vec!["name".to_owned()];
        assert!(context.allows_field("name"));
        assert!(!context.allows_field("address"));
    }
}
