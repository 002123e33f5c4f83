//! What the messaging block is told about its country and its installation.

use super::BootError;
use crate::country::Country;
use contracts::context::BasisKind;
use contracts::messaging::SMS;
use contracts::{LegalBasis, SubsystemId};
use kernel::config::Config;
use messaging::{Mail, SmsRoute, Templates};
use std::path::Path;

/// What the demo country writes to people.
const DEMO: &str = include_str!("../../../../countries/demo/messages.toml");

/// The templates of the country pack, checked.
///
/// # Errors
/// [`BootError::Block`], naming the file or the entry.
pub fn templates(country: &str) -> Result<Templates, BootError> {
    if country == "demo" {
        return Templates::parse(DEMO).map_err(|error| broken(&error));
    }
    let path = Path::new(country).join("messages.toml");
    let text = std::fs::read_to_string(&path).map_err(|error| {
        let place = path.display();
        let remedy = "write what the country sends to people, as countries/demo/messages.toml does";
        BootError::Block(messaging::NAME, format!("{place}: {error}; {remedy}"))
    })?;
    Templates::parse(&text).map_err(|error| broken(&error))
}

/// The SMS gateway that the subsystem has an agreement with; the first where there are several.
pub fn sms_route(country: &Country, subsystem: &SubsystemId) -> Option<SmsRoute> {
    let agreed = country
        .agreements
        .iter()
        .find(|agreement| agreement.client == *subsystem && agreement.service.code() == SMS)?;
    let reference = agreed.reference.clone();
    let basis = match agreed.basis {
        BasisKind::Law => LegalBasis::Law { reference },
        BasisKind::VitalInterest => LegalBasis::VitalInterest { reference },
        // Consent and self-access need a person, whom a gateway must not be told about.
        BasisKind::Contract | BasisKind::Consent | BasisKind::SelfAccess => {
            LegalBasis::Contract { reference }
        }
    };
    Some(SmsRoute { service: agreed.service.clone(), basis, purpose: agreed.purpose.clone() })
}

/// The SMTP server of the installation, if it has one.
///
/// # Errors
/// [`BootError::Block`], naming the key.
pub fn mail(config: &Config) -> Result<Option<Mail>, BootError> {
    let Some(url) = &config.messaging.smtp_url else { return Ok(None) };
    let from = config.messaging.smtp_from.as_deref().unwrap_or_default();
    let sandbox = config.installation.sandbox;
    Mail::new(url.reveal(), from, sandbox).map(Some).map_err(|error| broken(&error))
}

fn broken(error: &dyn std::error::Error) -> BootError {
    BootError::Block(messaging::NAME, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_country_has_templates_and_a_gateway() {
        templates("demo").expect("they are right");
        let country = Country::load("demo").expect("the demo pack is right");
        let subsystem = "TB/GOV/NIA/messages".parse().expect("a subsystem");
        let route = sms_route(&country, &subsystem).expect("it has an agreement");
        assert_eq!(route.service.to_string(), "TB/COM/SIMU/sms/sms");
        assert_eq!(route.basis.to_string(), "contract:SMS contract 2025/3");
        let other = "TB/GOV/NIA/portal".parse().expect("a subsystem");
        assert!(sms_route(&country, &other).is_none());
    }

    #[test]
    fn a_pack_without_messages_is_told_which_file_it_lacks() {
        let error = templates("/nowhere").map(drop).expect_err("no such folder").to_string();
        assert!(error.contains("/nowhere/messages.toml"), "{error}");
    }

    #[test]
    fn a_server_needs_a_sender() {
        let mut config = Config::default();
        assert!(mail(&config).expect("none is fine").is_none());
        config.messaging.smtp_url = Some("smtp://127.0.0.1:2525".into());
        let error = mail(&config).map(drop).expect_err("no sender").to_string();
        assert!(error.contains("messaging.smtp_from"), "{error}");
        config.messaging.smtp_from = Some("messages@id.example.org".to_owned());
        assert!(mail(&config).expect("complete").is_some());
    }
}
