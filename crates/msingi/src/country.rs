//! The country pack: what a country decides, as data.
//!
//! A pack names everything without the instance (`GOV/CRO/civil`); here it gets it in front. Each
//! reference is checked when the pack is read, so that a slip is one clear error at start and not a
//! refused call a month later.

use contracts::context::BasisKind;
use contracts::{MemberId, ServiceId, SubsystemId};
use exchange::Names;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The demo country, which every binary carries.
const DEMO: &str = include_str!("../../../countries/demo/country.toml");

/// The demo country's neighbour, whose log-in its residents may use.
const NEIGHBOUR: &str = include_str!("../../../countries/neighbour/country.toml");

/// The demo country's service packages.
const DEMO_SERVICES: [&str; 1] =
    [include_str!("../../../countries/demo/services/child-benefit.toml")];

/// Where a pack keeps its service packages.
const SERVICES_FOLDER: &str = "services";

/// A country pack as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    instance: String,
    currency: String,
    hub: String,
    utc_offset_minutes: i32,
    audit_law: String,
    #[serde(default = "default_grievance_days")]
    grievance_days: u32,
    names: Names,
    installation: Vec<WrittenInstallation>,
    member: Vec<WrittenMember>,
    subsystem: Vec<WrittenSubsystem>,
    service: Vec<WrittenService>,
    agreement: Vec<WrittenAgreement>,
    right: Vec<WrittenRight>,
    subscription: Vec<WrittenSubscription>,
}

/// A month, where the pack does not say.
fn default_grievance_days() -> u32 {
    30
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenInstallation {
    name: String,
    operator: String,
    audit: String,
    witness: String,
    #[serde(default)]
    apart: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenMember {
    id: String,
    installation: String,
    #[serde(default)]
    mandate: Option<String>,
    #[serde(default)]
    allows: Names,
    names: Names,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSubsystem {
    id: String,
    sector: String,
    #[serde(default)]
    block: Option<String>,
    names: Names,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenService {
    id: String,
    #[serde(default)]
    kinds: Vec<String>,
    names: Names,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAgreement {
    service: String,
    client: String,
    purpose: String,
    basis: BasisKind,
    #[serde(default)]
    reference: String,
    #[serde(default)]
    fields: Vec<String>,
    #[serde(default)]
    case: Option<String>,
    #[serde(default)]
    valid_days: Option<u32>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRight {
    service: String,
    client: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSubscription {
    topic: String,
    service: String,
}

/// A country pack, read and checked.
#[derive(Clone, Debug)]
pub struct Country {
    /// The instance code, `TB`.
    pub instance: String,
    /// ISO 4217 code of the currency.
    pub currency: String,
    /// The installation that runs the directory and the certificate authority.
    pub hub: String,
    /// How far the country's clocks are ahead of UTC, in minutes.
    pub utc_offset_minutes: i32,
    /// The law that installations witness each other's audit trails under.
    pub audit_law: String,
    /// Within how many days a resident's complaint is to be answered.
    pub grievance_days: u32,
    /// The country's name.
    pub names: Names,
    /// Who operates what.
    pub installations: Vec<Installation>,
    /// Institutions.
    pub members: Vec<Member>,
    /// Their information systems.
    pub subsystems: Vec<Subsystem>,
    /// Their services.
    pub services: Vec<Service>,
    /// Who may ask what.
    pub agreements: Vec<Agreement>,
    /// Access to the exchange's own services.
    pub rights: Vec<(ServiceId, SubsystemId)>,
    /// Topics and the services their events go to.
    pub subscriptions: Vec<(String, ServiceId)>,
    /// The texts of the service packages that residents apply under.
    pub service_packages: Vec<String>,
}

/// An installation of the split country.
#[derive(Clone, Debug)]
pub struct Installation {
    /// Its name.
    pub name: String,
    /// Who operates it.
    pub operator: MemberId,
    /// The subsystem that keeps its audit trails.
    pub audit: SubsystemId,
    /// The subsystem of another installation that witnesses them.
    pub witness: SubsystemId,
    /// Always a process of its own, such as a village post: its members are not hosted where the rest
    /// of the country runs in one.
    pub apart: bool,
}

/// A member.
#[derive(Clone, Debug)]
pub struct Member {
    /// Identifier.
    pub id: MemberId,
    /// The installation that hosts it.
    pub installation: String,
    /// The law or decision it acts under.
    pub mandate: Option<String>,
    /// What the mandate allows, in a sentence by language.
    pub allows: Names,
    /// Name.
    pub names: Names,
}

/// A subsystem.
#[derive(Clone, Debug)]
pub struct Subsystem {
    /// Identifier.
    pub id: SubsystemId,
    /// Sector of its pseudonyms.
    pub sector: String,
    /// The block that is behind it, if it is one of ours.
    pub block: Option<String>,
    /// Name.
    pub names: Names,
}

/// A service.
#[derive(Clone, Debug)]
pub struct Service {
    /// Identifier.
    pub id: ServiceId,
    /// Tags.
    pub kinds: Vec<String>,
    /// Name.
    pub names: Names,
}

/// An agreement.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// The service.
    pub service: ServiceId,
    /// Who may call it.
    pub client: SubsystemId,
    /// Purpose code.
    pub purpose: String,
    /// Kind of legal basis.
    pub basis: BasisKind,
    /// The law relied on; empty where any will do.
    pub reference: String,
    /// Fields of the answer; empty for all.
    pub fields: Vec<String>,
    /// The service that says whether an officer's case stands; none where no case is demanded.
    pub case: Option<ServiceId>,
    /// For how many days it is agreed, from when it is first entered; none for without end.
    pub valid_days: Option<u32>,
}

/// Why a pack cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CountryError {
    /// The file cannot be read.
    #[error("country pack {path}: {reason}")]
    File {
        /// Where it should be.
        path: String,
        /// What the file system said.
        reason: String,
    },
    /// It is not TOML of this form.
    #[error("country pack: {0}")]
    Form(#[from] toml::de::Error),
    /// An entry names something wrongly or something that is not there.
    #[error("country pack: {0}")]
    Entry(String),
}

impl Country {
    /// The pack named by the configuration: `demo`, its `neighbour`, or a folder with a `country.toml`.
    ///
    /// # Errors
    /// [`CountryError`], naming the entry.
    pub fn load(name: &str) -> Result<Self, CountryError> {
        if name == "demo" {
            let service_packages = DEMO_SERVICES.map(str::to_owned).to_vec();
            return Ok(Self { service_packages, ..Self::parse(DEMO)? });
        }
        if name == "neighbour" {
            return Self::parse(NEIGHBOUR);
        }
        let path = Path::new(name).join("country.toml");
        let text = std::fs::read_to_string(&path).map_err(|error| CountryError::File {
            path: path.display().to_string(),
            reason: format!("{error}; set `country` to `demo` or to a folder with a country.toml"),
        })?;
        let service_packages = service_packages(&Path::new(name).join(SERVICES_FOLDER))?;
        Ok(Self { service_packages, ..Self::parse(&text)? })
    }

    fn parse(text: &str) -> Result<Self, CountryError> {
        let written: Written = toml::from_str(text)?;
        let ids = Ids { instance: &written.instance };
        let country = Self {
            installations: each(&written.installation, |entry| ids.installation(entry))?,
            members: each(&written.member, |entry| ids.member_entry(entry))?,
            subsystems: each(&written.subsystem, |entry| ids.subsystem_entry(entry))?,
            services: each(&written.service, |entry| ids.service_entry(entry))?,
            agreements: each(&written.agreement, |entry| ids.agreement(entry))?,
            rights: each(&written.right, |entry| {
                Ok((ids.service(&entry.service)?, ids.subsystem(&entry.client)?))
            })?,
            subscriptions: each(&written.subscription, |entry| {
                Ok((entry.topic.clone(), ids.service(&entry.service)?))
            })?,
            instance: written.instance,
            currency: written.currency,
            hub: written.hub,
            audit_law: written.audit_law,
            grievance_days: written.grievance_days,
            utc_offset_minutes: written.utc_offset_minutes,
            names: written.names,
            service_packages: Vec::new(),
        };
        country.check()?;
        Ok(country)
    }

    /// Every reference must lead somewhere.
    fn check(&self) -> Result<(), CountryError> {
        let installations: Vec<&str> =
            self.installations.iter().map(|entry| entry.name.as_str()).collect();
        let subsystems: Vec<&SubsystemId> = self.subsystems.iter().map(|entry| &entry.id).collect();
        let services: Vec<&ServiceId> = self.services.iter().map(|entry| &entry.id).collect();
        let member = |id: &MemberId| self.members.iter().any(|member| member.id == *id);
        let missing =
            |what: String| Err(CountryError::Entry(format!("{what} is used but not defined")));
        if !installations.contains(&self.hub.as_str()) {
            return missing(format!("hub `{}`", self.hub));
        }
        if self.is_apart(&self.hub) {
            let text =
                format!("hub `{}` cannot be apart: every other installation joins it", self.hub);
            return Err(CountryError::Entry(text));
        }
        for entry in &self.members {
            if !installations.contains(&entry.installation.as_str()) {
                return missing(format!("installation `{}` of {}", entry.installation, entry.id));
            }
        }
        if let Some(entry) = self.subsystems.iter().find(|entry| !member(&entry.id.member())) {
            return missing(format!("member of subsystem {}", entry.id));
        }
        if let Some(entry) = services.iter().find(|id| !subsystems.contains(&&id.subsystem())) {
            return missing(format!("subsystem of service {entry}"));
        }
        let agreed = self.agreements.iter().map(|entry| (&entry.service, &entry.client));
        for (service, client) in
            agreed.chain(self.rights.iter().map(|(service, client)| (service, client)))
        {
            if !services.contains(&service) {
                return missing(format!("service {service}"));
            }
            if !subsystems.contains(&client) {
                return missing(format!("subsystem {client}"));
            }
        }
        let mut cases = self.agreements.iter().filter_map(|entry| entry.case.as_ref());
        if let Some(service) = cases.find(|service| !services.contains(service)) {
            return missing(format!("service {service} for cases"));
        }
        match self.subscriptions.iter().find(|(_, service)| !services.contains(&service)) {
            Some((topic, service)) => missing(format!("service {service} of topic {topic}")),
            None => Ok(()),
        }
    }

    /// Members that `installation` hosts. When it is not one of the pack's, as in the demo that runs
    /// the country in one process, all members but those of installations that are always apart.
    #[must_use]
    pub fn hosted_by(&self, installation: &str) -> Vec<&Member> {
        let split = self.installations.iter().any(|entry| entry.name == installation);
        let hosts = |member: &&Member| match split {
            true => member.installation == installation,
            false => !self.is_apart(&member.installation),
        };
        self.members.iter().filter(hosts).collect()
    }

    fn is_apart(&self, installation: &str) -> bool {
        self.installation(installation).is_some_and(|entry| entry.apart)
    }

    /// The installation of the split country with this name.
    #[must_use]
    pub fn installation(&self, name: &str) -> Option<&Installation> {
        self.installations.iter().find(|entry| entry.name == name)
    }

    /// The subsystem that stands for `block` among the members hosted.
    #[must_use]
    pub fn subsystem_of(&self, block: &str, hosted: &[&Member]) -> Option<&Subsystem> {
        self.subsystems.iter().find(|subsystem| {
            subsystem.block.as_deref() == Some(block)
                && hosted.iter().any(|member| member.id == subsystem.id.member())
        })
    }

    /// Every subsystem that stands for `block` among the members hosted, in the pack's order.
    #[must_use]
    pub fn subsystems_of(&self, block: &str, hosted: &[&Member]) -> Vec<&Subsystem> {
        let all = self.subsystems.iter().filter(|entry| entry.block.as_deref() == Some(block));
        all.filter(|entry| hosted.iter().any(|member| member.id == entry.id.member())).collect()
    }

    /// The subsystem that stands for `block` anywhere in the country: the central one, where posts
    /// that are apart have the same block.
    #[must_use]
    pub fn anywhere(&self, block: &str) -> Option<&Subsystem> {
        let mut found =
            self.subsystems.iter().filter(|entry| entry.block.as_deref() == Some(block)).peekable();
        let first = found.peek().copied();
        let is_central = |entry: &&Subsystem| {
            let member = self.members.iter().find(|member| member.id == entry.id.member());
            member.is_none_or(|member| !self.is_apart(&member.installation))
        };
        found.find(is_central).or(first)
    }
}

/// The texts of `*.toml` in a folder, by name; none where there is no folder.
fn service_packages(folder: &Path) -> Result<Vec<String>, CountryError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let unreadable = |path: &Path, error: &std::io::Error| CountryError::File {
        path: path.display().to_string(),
        reason: error.to_string(),
    };
    let entries = std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let paths: Result<Vec<PathBuf>, std::io::Error> = paths.collect();
    let mut paths = paths.map_err(|error| unreadable(folder, &error))?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let read =
        |path: &PathBuf| std::fs::read_to_string(path).map_err(|error| unreadable(path, &error));
    paths.iter().map(read).collect()
}

fn each<W, T>(
    written: &[W],
    read: impl Fn(&W) -> Result<T, CountryError>,
) -> Result<Vec<T>, CountryError> {
    written.iter().map(read).collect()
}

/// Reads identifiers, putting the instance in front.
struct Ids<'a> {
    instance: &'a str,
}

impl Ids<'_> {
    fn parse<T: std::str::FromStr>(&self, text: &str) -> Result<T, CountryError>
    where
        T::Err: std::fmt::Display,
    {
        format!("{}/{text}", self.instance)
            .parse()
            .map_err(|error| CountryError::Entry(format!("`{text}`: {error}")))
    }

    fn member(&self, text: &str) -> Result<MemberId, CountryError> {
        self.parse(text)
    }

    fn subsystem(&self, text: &str) -> Result<SubsystemId, CountryError> {
        self.parse(text)
    }

    fn service(&self, text: &str) -> Result<ServiceId, CountryError> {
        self.parse(text)
    }

    fn installation(&self, entry: &WrittenInstallation) -> Result<Installation, CountryError> {
        Ok(Installation {
            name: entry.name.clone(),
            operator: self.member(&entry.operator)?,
            audit: self.subsystem(&entry.audit)?,
            witness: self.subsystem(&entry.witness)?,
            apart: entry.apart,
        })
    }

    fn member_entry(&self, entry: &WrittenMember) -> Result<Member, CountryError> {
        Ok(Member {
            id: self.member(&entry.id)?,
            installation: entry.installation.clone(),
            mandate: entry.mandate.clone(),
            allows: entry.allows.clone(),
            names: entry.names.clone(),
        })
    }

    fn subsystem_entry(&self, entry: &WrittenSubsystem) -> Result<Subsystem, CountryError> {
        Ok(Subsystem {
            id: self.subsystem(&entry.id)?,
            sector: entry.sector.clone(),
            block: entry.block.clone(),
            names: entry.names.clone(),
        })
    }

    fn service_entry(&self, entry: &WrittenService) -> Result<Service, CountryError> {
        Ok(Service {
            id: self.service(&entry.id)?,
            kinds: entry.kinds.clone(),
            names: entry.names.clone(),
        })
    }

    fn agreement(&self, entry: &WrittenAgreement) -> Result<Agreement, CountryError> {
        Ok(Agreement {
            service: self.service(&entry.service)?,
            client: self.subsystem(&entry.client)?,
            purpose: entry.purpose.clone(),
            basis: entry.basis,
            reference: entry.reference.clone(),
            fields: entry.fields.clone(),
            case: entry.case.as_deref().map(|id| self.service(id)).transpose()?,
            valid_days: entry.valid_days,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_country_is_whole_and_can_be_split() {
        let country = Country::load("demo").expect("the demo pack is right");
        let apart = country.members.iter().filter(|member| member.installation == "post").count();
        assert_eq!(country.hosted_by("everything").len(), country.members.len() - apart);
        let split: usize =
            country.installations.iter().map(|entry| country.hosted_by(&entry.name).len()).sum();
        assert_eq!(split, country.members.len(), "every member is hosted once");
        for installation in &country.installations {
            let witness = installation.witness.member();
            assert!(
                country.hosted_by(&installation.name).iter().all(|member| member.id != witness)
            );
        }
    }

    #[test]
    fn a_post_is_always_apart_and_never_taken_for_the_registrar() {
        // The order of the entries must not matter.
        let mut country = Country::load("demo").expect("the demo pack is right");
        country.subsystems.reverse();
        let id = |text: &str| text.parse::<SubsystemId>().expect("a subsystem");
        let here = |installation: &str| {
            let hosted = country.hosted_by(installation);
            country.subsystem_of("civil", &hosted).map(|entry| entry.id.clone())
        };
        let (registrar, post) = (id("TB/GOV/CRO/civil"), id("TB/GOV/POST114/civil"));
        assert_eq!(
            country.anywhere("civil").map(|entry| entry.id.clone()),
            Some(registrar.clone())
        );
        assert_eq!(here("everything"), Some(registrar.clone()));
        assert_eq!(here("registrar"), Some(registrar));
        assert_eq!(here("post"), Some(post));
        assert_eq!(country.hosted_by("post").len(), 1);
    }

    #[test]
    fn the_hub_cannot_be_apart() {
        let broken = DEMO.replacen("name = \"registrar\"", "name = \"registrar\"\napart = true", 1);
        let error = Country::parse(&broken).expect_err("refused");
        assert!(error.to_string().contains("hub `registrar` cannot be apart"), "{error}");
    }

    #[test]
    fn the_template_to_start_from_is_whole() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../countries/template");
        let country = Country::load(folder).expect("the template is right");
        let split: usize =
            country.installations.iter().map(|entry| country.hosted_by(&entry.name).len()).sum();
        assert_eq!(split, country.members.len(), "every member is hosted once");
        for entry in &country.installations {
            let hosted = country.hosted_by(&entry.name);
            let own = |id: &SubsystemId| hosted.iter().any(|member| member.id == id.member());
            let known = |id: &SubsystemId| country.subsystems.iter().any(|one| one.id == *id);
            assert!(known(&entry.audit) && own(&entry.audit), "{}", entry.audit);
            assert!(known(&entry.witness) && !own(&entry.witness), "{}", entry.witness);
        }
    }

    #[test]
    fn a_reference_that_leads_nowhere_is_named() {
        let broken =
            DEMO.replacen("client = \"GOV/NIA/identity\"", "client = \"GOV/NIA/identify\"", 1);
        let error = Country::parse(&broken).expect_err("refused");
        assert!(error.to_string().contains("TB/GOV/NIA/identify"), "{error}");
    }

    #[test]
    fn an_unknown_key_is_named() {
        let broken = DEMO.replacen("currency =", "currrency =", 1);
        assert!(Country::parse(&broken).expect_err("refused").to_string().contains("currrency"));
    }
}
