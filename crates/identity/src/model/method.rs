//! What tokens say about how a person proved who they are.

use contracts::identity::SignInMethod;

/// Every method.
pub const ALL: [SignInMethod; 3] =
    [SignInMethod::Code, SignInMethod::Passkey, SignInMethod::Foreign];

/// The name in tables.
#[must_use]
pub fn name(method: SignInMethod) -> &'static str {
    match method {
        SignInMethod::Code => "code",
        SignInMethod::Passkey => "passkey",
        SignInMethod::Foreign => "foreign",
    }
}

/// The method with this name.
#[must_use]
pub fn from_name(text: &str) -> Option<SignInMethod> {
    ALL.into_iter().find(|method| name(*method) == text)
}

/// The authentication context class (`acr`): GovStack Identity's list where it has one; `phr` of OpenID
/// Connect Extended Authentication Profile ACR Values 1.0 for passkeys, which cannot be phished; a name
/// of our own for what another provider vouches for.
#[must_use]
pub fn acr(method: SignInMethod) -> &'static str {
    match method {
        SignInMethod::Code => "idbb:acr:generated-code",
        SignInMethod::Passkey => "phr",
        SignInMethod::Foreign => "urn:msingi:acr:foreign-provider",
    }
}

/// The methods (`amr`, RFC 8176 section 2; `pop` of the profile above). What a foreign provider did is
/// for it to say.
#[must_use]
pub fn amr(method: SignInMethod) -> &'static [&'static str] {
    match method {
        SignInMethod::Code => &["otp"],
        SignInMethod::Passkey => &["pop", "user", "mfa"],
        SignInMethod::Foreign => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_and_contexts_differ() {
        for method in ALL {
            assert_eq!(from_name(name(method)), Some(method));
            assert_eq!(ALL.into_iter().filter(|other| acr(*other) == acr(method)).count(), 1);
        }
        assert_eq!(from_name("pin"), None);
    }
}
