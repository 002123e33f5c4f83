//! Individuals: persons as this block knows them, by the pseudonym of its own sector.
//!
//! GovStack's Individual "is not to be mistaken with a unique natural individual". Those who come
//! through the exchange have the pseudonym the identity authority gave our sector; those an
//! organisation enters by GovStack's paths get one of ours, which nobody else knows.

use super::check::{self, Invalid};
use contracts::Pseudonym;
use serde::{Deserialize, Serialize};

/// An individual (GovStack `Individual`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Individual {
    /// The person in our sector: GovStack's `id`.
    pub subject: Pseudonym,
    /// How others name the person; stored encrypted under the person's key.
    pub naming: Naming,
}

/// How an organisation's own systems name a person. Personal data.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Naming {
    /// Identifier in another system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// What kind of identifier that is, such as `email`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id_type: Option<String>,
    /// Who vouches for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_provider_id: Option<String>,
}

impl Naming {
    /// Checks what may be written about a person.
    ///
    /// # Errors
    /// [`Invalid`] naming the first field at fault.
    pub fn check(&self) -> Result<(), Invalid> {
        let fields = [
            ("external_id", &self.external_id),
            ("external_id_type", &self.external_id_type),
            ("identity_provider_id", &self.identity_provider_id),
        ];
        fields
            .into_iter()
            .try_for_each(|(field, value)| check::optional_text(field, value.as_deref()))
    }

    /// Whether anything is written about the person at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Shows nothing of the person.
impl std::fmt::Debug for Naming {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Naming(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_person() {
        let naming =
            Naming { external_id: Some("amina@example.org".to_owned()), ..Naming::default() };
        assert!(!format!("{naming:?}").contains("amina"));
        assert_eq!(naming.check(), Ok(()));
        assert!(!naming.is_empty());
    }

    #[test]
    fn an_empty_name_is_no_name() {
        let naming = Naming { external_id_type: Some(" ".to_owned()), ..Naming::default() };
        assert_eq!(naming.check().unwrap_err().field, "external_id_type");
    }
}
