//! What operators and member administrators do: check, store, audit, tell the directory.

mod desk;
mod members;
mod officers;
mod rights;

pub use officers::{NewOfficer, SignIn, SignInError};
pub use rights::NewAgreement;

use contracts::MemberId;

use crate::error::ExchangeError;

/// Who acts, for the audit trail and for whom they may act.
#[derive(Debug, Clone)]
pub struct Actor {
    /// As the audit trail names them: `officer:GOV/CRO/r-17`, `setup`.
    pub name: String,
    /// The only member they may act for; none for an operator, who may act for all hosted here.
    pub member: Option<MemberId>,
}

impl Actor {
    /// An operator of the installation, or the set-up that acts for one.
    pub fn operator(name: impl Into<String>) -> Self {
        Self { name: name.into(), member: None }
    }

    /// Refuses to act for another member.
    pub(crate) fn check(&self, member: &MemberId) -> Result<(), ExchangeError> {
        match &self.member {
            Some(own) if own != member => Err(ExchangeError::Forbidden(format!(
                "an administrator of {own} cannot act for {member}"
            ))),
            _ => Ok(()),
        }
    }
}

/// Checks display names: at least one, each with a short language tag.
pub(crate) fn check_names(names: &crate::model::Names) -> Result<(), ExchangeError> {
    let tag = |tag: &str| {
        (2..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let text = |text: &str| {
        !text.trim().is_empty() && text.len() <= 200 && !text.chars().any(char::is_control)
    };
    if names.is_empty() || !names.iter().all(|(key, value)| tag(key) && text(value)) {
        let remedy = "send at least one name by language tag, e.g. {\"en\": \"Civil registration\"}, of 1 to 200 bytes each";
        return Err(ExchangeError::invalid("names", remedy));
    }
    Ok(())
}

/// A short code: lower-case letters, digits and `-`.
pub(crate) fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
