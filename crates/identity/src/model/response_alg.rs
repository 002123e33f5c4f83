//! Which signature a relying party wants below what it gets.

use credential::SigAlg;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What signs the ID tokens, or the userinfo, of a relying party.
///
/// ES256 when a registration does not say. There we deviate from OpenID Connect Dynamic Client
/// Registration 1.0 section 2, whose default is RS256: registration here is an officer's act and not
/// dynamic, ES256 is the platform's signature, and RS256 is for parties that can read no other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum ResponseAlg {
    /// ECDSA on P-256 with SHA-256.
    #[default]
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256, which every provider must be able to give (OpenID Connect
    /// Core 1.0 section 15.1).
    Rs256,
}

impl ResponseAlg {
    /// Every choice, the default first.
    pub const ALL: [Self; 2] = [Self::Es256, Self::Rs256];

    /// The algorithm itself.
    #[must_use]
    pub const fn sig_alg(self) -> SigAlg {
        match self {
            Self::Es256 => SigAlg::Es256,
            Self::Rs256 => SigAlg::Rs256,
        }
    }

    /// The `alg` header value; as in the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.sig_alg().name()
    }

    /// Reads [`ResponseAlg::name`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|alg| alg.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_in_header_store_and_form() {
        for alg in ResponseAlg::ALL {
            assert_eq!(ResponseAlg::from_name(alg.name()), Some(alg));
            assert_eq!(serde_json::to_value(alg).unwrap(), alg.name());
        }
        assert_eq!(ResponseAlg::from_name("none"), None);
    }
}
