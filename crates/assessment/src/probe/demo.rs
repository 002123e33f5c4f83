//! Targets of the demo country: read from the configuration that each of its installations runs on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use kernel::config::{Config, SecretText};
use reqwest::Url;

use super::synthetic::Synthetic;
use super::targets::{Target, TargetsError};

/// Installations of the demo that answer for the country; the village post comes and goes.
const INSTALLATIONS: [&str; 4] = ["local", "registrar", "frontline", "treasury"];
/// Those where residents sign in, and where the portal and the exchange's hub are.
const HUBS: [&str; 2] = ["local", "registrar"];
/// On its own machine the demo may be asked fast.
const REQUESTS_PER_MINUTE: u32 = 1_200;

const EVERYWHERE: [&str; 5] = ["P-OPENAPI", "P-TLS", "P-SECTXT", "P-STATUS", "P-MANDATE"];
const AT_THE_HUB: [&str; 7] =
    ["P-OIDC-META", "P-CATALOG", "P-A11Y", "P-I18N", "P-LOWBW", "P-DX-LIST", "P-AGREE"];
/// The auditor's installation.
const AT_THE_WITNESS: [&str; 1] = ["P-LOGCHAIN"];

/// Targets of the country that runs below `directory`.
pub(super) fn targets(
    directory: &Path,
    tokens: &BTreeMap<String, String>,
) -> Result<Vec<Target>, TargetsError> {
    let mut all = Vec::new();
    for name in INSTALLATIONS {
        let path = directory.join(name).join("msingi.toml");
        if !path.exists() {
            continue;
        }
        let wrong = |problem: String| TargetsError::Demo { path: path.clone(), problem };
        let text = std::fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
        let config: Config = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        // Not the issuer's name, which may lead elsewhere, but where it listens.
        let url = Url::parse(&format!("http://{}", config.listen.public));
        let url = url.map_err(|error| wrong(format!("listen.public: {error}")))?;
        if !config.listen.public.ip().is_loopback() {
            return Err(wrong("listen.public is not on this machine: this is no demo".to_owned()));
        }
        all.push(target(name, url, tokens.get(name).map(|token| SecretText::from(token.as_str()))));
    }
    if all.is_empty() {
        let problem = "no installation of a demo is here: start `msingi demo --directory` first";
        let problem = problem.to_owned();
        return Err(TargetsError::Demo { path: directory.to_owned(), problem });
    }
    Ok(all)
}

fn target(name: &str, url: Url, token: Option<SecretText>) -> Target {
    let mut probes: BTreeSet<&str> = EVERYWHERE.into();
    if HUBS.contains(&name) {
        probes.extend(AT_THE_HUB);
    }
    if matches!(name, "local" | "treasury") {
        probes.extend(AT_THE_WITNESS);
    }
    let text = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
    Target {
        name: name.to_owned(),
        component: "any".to_owned(),
        url,
        probes: probes.into_iter().map(str::to_owned).collect(),
        requests_per_minute: REQUESTS_PER_MINUTE,
        allow_writes: false,
        token,
        pages: text(&["/portal", "/portal/services", "/portal/services/child-benefit"]),
        catalogue: Some("/portal/services".to_owned()),
        official_languages: text(&["en", "fr", "sw"]),
        local_languages: Vec::new(),
        in_production: false,
        synthetic: Synthetic::default(),
    }
}
