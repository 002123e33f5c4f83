//! What the assessment's probes need at the country: a synthetic person, test officers with keys, and the list of
//! targets that names them.

use super::mother::{secret_of, until_known};
use super::outside::{Party, private_jwk, relying_party};
use super::{INSTANCE, key};
use crate::demo::client::{Desk, StoryError, json, text};
use crate::demo::world::{DESK, Officer, REGISTRAR, STEWARD, Site, World};
use credential::SigningKey;
use reqwest::Method;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Asks as a clinic would.
const NURSE: Officer = Officer { member: "COM/LAKESIDE", id: "probe-1", roles: &["exchange-user"] };
/// Answers the complaints that probes lodge.
const COMMISSIONER: Officer =
    Officer { member: "GOV/DPC", id: "probe-2", roles: &["commissioner"] };
/// Has audit trails compared.
const AUDITOR: Officer = Officer { member: "GOV/AUDIT", id: "probe-3", roles: &["auditor"] };

/// Put a batch of payments together, and approve it.
const MAKER: Officer = Officer { member: "GOV/MSP", id: "probe-4", roles: &["exchange-user"] };
const CHECKER: Officer = Officer { member: "GOV/MSP", id: "probe-5", roles: &["exchange-user"] };

/// What looks at any installation.
const EVERYWHERE: &str = r#""P-OPENAPI", "P-TLS", "P-SECTXT", "P-STATUS", "P-MANDATE""#;
/// Reads the log of calls, of which each installation holds its part.
const LOGS: &str = r#""P-DX-HEALTH", "P-DX-NONGOV""#;
/// Where residents sign in, and where the portal and the exchange's hub are.
const AT_THE_HUB: &str = r#""P-OIDC-META", "P-OIDC-AUTH", "P-CATALOG", "P-A11Y", "P-I18N", "P-LOWBW", "P-DX-LIST", "P-AGREE",
  "P-DX-CALL", "P-POLICY", "P-CONSENT", "P-TRACKER", "P-GRIEV", "P-PAY-BULK""#;
/// Where other installations' audit trails are compared.
const AT_THE_WITNESS: &str = r#""P-LOGCHAIN""#;

/// Puts what probes need into `folder`: `targets.toml`, and the secrets it names, each in a file of its own. They are
/// those of a synthetic person and of test officers, made anew each time. Answers the list's path.
///
/// # Errors
/// [`StoryError`].
pub async fn prepare_probes(world: &World, folder: &Path) -> Result<PathBuf, StoryError> {
    let io = |error: std::io::Error| StoryError::Missing(format!("{}: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(io)?;
    let folder = folder.canonicalize().map_err(io)?;
    let list = List { world, folder: &folder };
    let text = list.write().await?;
    let path = folder.join("targets.toml");
    std::fs::write(&path, text).map_err(io)?;
    Ok(path)
}

struct List<'a> {
    world: &'a World,
    folder: &'a Path,
}

impl List<'_> {
    async fn write(&self) -> Result<String, StoryError> {
        let hub = &self.world.registrar;
        let mut text = String::from(
            "# Targets of `msingi assess probe`: this country, with a synthetic person and test officers.\n",
        );
        let apart = hub.base != self.world.treasury.base;
        let probes = format!("{EVERYWHERE}, {LOGS},\n  {AT_THE_HUB}");
        let name = if apart { "registrar" } else { "country" };
        text.push_str(&self.target(name, hub, &probes)?);
        text.push_str(PAGES);
        text.push_str(&self.synthetic(apart).await?);
        if !apart {
            // Nobody is a witness to themselves.
            return Ok(text);
        }
        let probes = format!("{EVERYWHERE}, {LOGS}");
        text.push_str(&self.target("frontline", &self.world.frontline, &probes)?);
        let probes = format!("{EVERYWHERE}, {LOGS}, {AT_THE_WITNESS}");
        text.push_str(&self.target("treasury", &self.world.treasury, &probes)?);
        text.push_str(&self.officer("auditor", &AUDITOR, &self.world.treasury, "").await?);
        Ok(text)
    }

    fn target(&self, name: &str, site: &Site, probes: &str) -> Result<String, StoryError> {
        let token = self.secret(&format!("{name}.token"), &site.operator)?;
        let base = &site.base;
        Ok(format!(
            "\n[[target]]\nname = \"{name}\"\ncomponent = \"any\"\nurl = \"{base}\"\nprobes = [{probes}]\n\
             requests_per_minute = 6000\nallow_writes = true\ntoken_file = {token}\n"
        ))
    }

    async fn synthetic(&self, apart: bool) -> Result<String, StoryError> {
        let world = self.world;
        let (number, secret) = person(world).await?;
        let secret = self.secret("person.secret", &secret)?;
        let Party { id, key, redirect_uri } =
            relying_party(world, "assessment", "The assessment's probes").await?;
        let key = self.secret("relying-party.jwk", &key.to_string())?;
        let agreement = agreement(world).await?;
        let mut text = format!(
            "[target.synthetic.person]\nnumber = \"{number}\"\nsecret_file = {secret}\n\
             [target.synthetic.relying_party]\nclient_id = \"{id}\"\nredirect_uri = \"{redirect_uri}\"\nkey_file = {key}\n\
             {CALL}{PAYMENTS}[target.synthetic.consent]\nagreement = \"{agreement}\"\n\
             path = \"TB/GOV/NIA/residents/records\"\npurpose = \"treatment\"\n"
        );
        let at = |name: &str| if apart { format!("at = \"{name}\"\n") } else { String::new() };
        let client = "client = \"TB/COM/LAKESIDE/patients\"\n";
        let (frontline, treasury) = (&world.frontline, &world.treasury);
        let keys = format!("{}{client}", at("frontline"));
        text.push_str(&self.officer("institution", &NURSE, frontline, &keys).await?);
        text.push_str(&self.officer("authority", &COMMISSIONER, treasury, &at("treasury")).await?);
        let keys = format!("{}client = \"TB/GOV/MSP/benefits\"\n", at("frontline"));
        text.push_str(&self.officer("maker", &MAKER, frontline, &keys).await?);
        text.push_str(&self.officer("checker", &CHECKER, frontline, &keys).await?);
        Ok(text)
    }

    /// Registers an officer with a fresh key.
    async fn officer(
        &self,
        table: &str,
        officer: &Officer,
        site: &Site,
        more: &str,
    ) -> Result<String, StoryError> {
        let key =
            SigningKey::generate_es256().map_err(|error| StoryError::Missing(error.to_string()))?;
        let operator = Desk::new(&site.base, &site.operator);
        let body = json!({
            "member": format!("{INSTANCE}/{}", officer.member), "id": officer.id,
            "key": key.public_jwk(), "roles": officer.roles,
        });
        let request = operator.request(Method::PUT, "/exchange/v1/officers").json(&body);
        json("registering a test officer", request.send().await?).await?;
        let file = self.secret(&format!("{table}.jwk"), &private_jwk(&key)?.to_string())?;
        let name = format!("{}/{}", officer.member, officer.id);
        Ok(format!("[target.synthetic.{table}]\nofficer = \"{name}\"\n{more}key_file = {file}\n"))
    }

    /// Answers the file's path as a TOML text.
    fn secret(&self, name: &str, secret: &str) -> Result<String, StoryError> {
        let path = self.folder.join(name);
        let kept = write_secret(&path, secret);
        kept.map_err(|error| StoryError::Missing(format!("{}: {error}", path.display())))?;
        Ok(toml::Value::String(path.display().to_string()).to_string())
    }
}

/// Paths that a visitor of the portal comes by.
const PAGES: &str = r#"pages = ["/portal", "/portal/services", "/portal/services/child-benefit"]
catalogue = "/portal/services"
official_languages = ["en", "fr", "sw"]
"#;

/// Asks who shows a number, on the ground that the clinic's own agreement names.
const CALL: &str = r#"[target.synthetic.call]
path = "TB/GOV/NIA/identity/persons/resolve"
purpose = "treatment"
legal_basis = "law:Health Services Act, s.9"
"#;

/// The child benefit's account, and two at a bank that says no to the second.
const PAYMENTS: &str = r#"[target.synthetic.payments]
services = "TB/GOV/TREASURY/payments"
lookup_purpose = "benefit-eligibility"
purpose = "benefit-payment"
legal_basis = "law:Social Protection Act, s.4"
account = "0199b3a0-0000-7000-8000-00000000c41d"
currency = "KES"
provider = "TB/COM/LAKEBANK"
good_account = "LB-000000-100000"
bad_account = "LB-000000-999999"
"#;

/// Somebody who does not exist, with a record and an authenticator: number and secret.
async fn person(world: &World) -> Result<(String, String), StoryError> {
    let hub = &world.registrar;
    let registrar = REGISTRAR.arrive(hub, INSTANCE).await?;
    let born = json!({
        "child": {"full": "Test Person", "given": "Test", "family": "Person"},
        "sex": "female", "born": "1990", "place": "TB-03-114",
    });
    let registered = registrar.post("/civil/births", &key(), &born).await?;
    let desk = DESK.arrive(hub, INSTANCE).await?;
    let enrolled = until_known(&desk, &text(&registered, "/registration")?).await?;
    let number: String = text(&enrolled, "/vid")?.chars().filter(char::is_ascii_digit).collect();
    let record = json!({
        "subject": {"vid": number}, "reason": "for the assessment's probes",
        "data": {"name": "Test Person", "district": "Reed Shore", "household": 1, "phone": "+000 55 0100"},
    });
    desk.post("/registry/registers/residents/records", &key(), &record).await?;
    Ok((number, secret_of(&text(&enrolled, "/otpauth_uri")?)?))
}

/// A data agreement that the person has not answered yet.
async fn agreement(world: &World) -> Result<String, StoryError> {
    let steward = STEWARD.arrive(&world.registrar, INSTANCE).await?;
    let terms = json!({
        "version": "1.0.0", "lawful_basis": "consent", "dpia": "Lakeside DPIA 2026/9", "data_use": "data_using_service",
        "purpose": "to try whether consents hold",
        "controller": {"id": "TB/COM/LAKESIDE", "name": "Lakeside Clinic", "url": "https://lakeside.example"},
        "attributes": [{"name": "phone", "sensitivity": "medium", "category": "contact"}],
        "scope": {"service": "TB/GOV/NIA/residents/records", "clients": ["TB/COM/LAKESIDE/patients"], "purpose": "treatment"},
        "valid_days": 30,
    });
    let made = steward.post("/consent/agreements", &key(), &terms).await?;
    let id = text(&made, "/id")?;
    steward.post(&format!("/consent/agreements/{id}/publish"), &key(), &json!({})).await?;
    Ok(id)
}

fn write_secret(path: &Path, secret: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(true).write(true).mode(0o600);
    options.open(path)?.write_all(secret.as_bytes())
}
