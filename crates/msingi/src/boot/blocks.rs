//! The list of blocks, and how each is built.

use super::instances::{self, Instance};
use super::{BootError, Place, Selection, messages};
use crate::commands::checkpoint_folder;
use crate::country::{Country, Member};
use contracts::{ServiceId, SubsystemId, Wire};
use exchange::Exchange;
use kernel::block::{Block, Ctx};
use kernel::config::Config;
use kernel::db::{Db, Migration};
use std::sync::Arc;
use witness::{Trails, Witness};

/// The blocks that can be chosen, in the order in which they are built. None needs another to be
/// built before it: they find each other through the exchange. The exchange and the keeper of audit
/// trails are always there.
pub const NAMES: [&str; 10] = [
    "identity",
    "civil",
    "consent",
    "registry",
    "registration",
    "payments",
    "messaging",
    "governance",
    "assessment",
    "portal",
];

/// The block that keeps the audit trails.
pub const WITNESS: &str = "witness";

/// Bytes of a request that an evidence file leaves to the form around it.
const FORM_BYTES: usize = 64 * 1024;

/// A block with what it was built from.
pub struct Built {
    /// Which of the blocks it is; its own name says more where there are several.
    pub kind: &'static str,
    /// The subsystem it is.
    pub subsystem: SubsystemId,
    /// What it was built from.
    pub ctx: Ctx,
    /// The block.
    pub block: Block,
}

/// What all blocks are built from.
struct Building<'a> {
    config: &'a Config,
    country: &'a Country,
    place: &'a Place,
    exchange: &'a Exchange,
    wire: Arc<dyn Wire>,
    trails: Trails,
}

/// Builds the blocks of the members hosted here, as far as selected.
///
/// # Errors
/// [`BootError::NothingToRun`], or what stops a block.
pub async fn build(
    config: &Config,
    country: &Country,
    hosted: &[&Member],
    selection: &Selection,
    place: &Place,
    exchange: &Exchange,
    exchange_db: &Db,
) -> Result<(Vec<Built>, Witness), BootError> {
    let wire: Arc<dyn Wire> = Arc::new(exchange.clone());
    let building = Building { config, country, place, exchange, wire, trails: Trails::default() };
    building.trails.add(exchange_db.clone());
    let mut built = Vec::new();
    let instances = instances::of(country, hosted)?;
    for instance in instances.iter().filter(|instance| selection.takes(instance)) {
        if instance.is_simulator() && !config.installation.sandbox {
            return Err(BootError::Simulator(instance.subsystem.clone(), instance.kind));
        }
        let one = building.block(instance).await?;
        building.trails.add(one.ctx.db.clone());
        built.push(one);
    }
    // An institution that only asks runs no block of its own; one that chose blocks wants some.
    if built.is_empty() && !selection.only.is_empty() {
        return Err(BootError::NothingToRun);
    }
    let (witness, keeper) = building.witness().await?;
    built.push(witness);
    Ok((built, keeper))
}

impl Building<'_> {
    async fn block(&self, instance: &Instance) -> Result<Built, BootError> {
        let Instance { kind: name, subsystem, .. } = instance.clone();
        let migrations = migrations(name);
        let ctx = self.place.ctx(instance.name, migrations, subsystem.member().local()).await?;
        let block = match name {
            "identity" => self.identity(&ctx, subsystem.clone())?,
            "civil" => self.civil(&ctx, subsystem.clone())?,
            "consent" => {
                consent::block(&ctx, self.site(&subsystem)).map_err(|error| broken(name, &error))?
            }
            "registry" => self.registry(&ctx, subsystem.clone())?,
            "payments" => payments::block(&ctx, self.payments(&subsystem))
                .map_err(|error| broken(name, &error))?,
            "registration" => registration::block(&ctx, self.registration(&subsystem)?)
                .map_err(|error| broken(name, &error))?,
            "messaging" => messaging::block(&ctx, self.messaging(&subsystem)?),
            "governance" => governance::block(&ctx, self.governance(&subsystem)?)
                .map_err(|error| broken(name, &error))?,
            "assessment" => assessment::block(&ctx, self.assessment(&subsystem))
                .map_err(|error| broken(name, &error))?,
            "portal" => self.portal(&ctx, subsystem.clone())?,
            simulator::BANK => simulator::bank(&ctx, self.simulator(instance)),
            simulator::SMS_GATEWAY => simulator::sms_gateway(&ctx, self.simulator(instance)),
            other => return Err(BootError::UnknownBlock(other.to_owned())),
        };
        Ok(Built { kind: name, subsystem, ctx, block })
    }

    fn identity(&self, ctx: &Ctx, subsystem: SubsystemId) -> Result<Block, BootError> {
        let births = self.anywhere("civil")?.service(contracts::civil::BIRTHS);
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        let deps = identity::Deps {
            wire: self.wire.clone(),
            births: births.map_err(|error| broken("identity", &error))?,
            law: self.mandate(&subsystem),
            name: self.country.names.get("en").cloned().unwrap_or_default(),
            site: self.site(&subsystem),
            http: http.map_err(|error| broken("identity", &error))?,
            subsystem,
        };
        identity::block(ctx, deps).map_err(|error| broken("identity", &error))
    }

    fn registry(&self, ctx: &Ctx, subsystem: SubsystemId) -> Result<Block, BootError> {
        // A registry block keeps the register its subsystem is named after.
        let register = subsystem.code().parse().map_err(|error| broken("registry", &error))?;
        let deps = registry::Deps {
            wire: self.wire.clone(),
            identity: self.anywhere("identity")?,
            register,
            law: self.mandate(&subsystem),
            subsystem,
        };
        Ok(registry::block(ctx, deps))
    }

    fn registration(&self, subsystem: &SubsystemId) -> Result<registration::Deps, BootError> {
        Ok(registration::Deps {
            wire: self.wire.clone(),
            identity: self.anywhere("identity")?,
            consent: self.anywhere("consent")?,
            payments: self.anywhere("payments")?,
            messages: self.anywhere("messaging")?,
            packages: self.country.service_packages.clone(),
            site: self.site(subsystem),
            subsystem: subsystem.clone(),
        })
    }

    fn payments(&self, subsystem: &SubsystemId) -> payments::Deps {
        payments::Deps {
            wire: self.wire.clone(),
            rails: Arc::new(super::rails::Providers::new(self.exchange, subsystem)),
            site: self.site(subsystem),
            subsystem: subsystem.clone(),
        }
    }

    fn messaging(&self, subsystem: &SubsystemId) -> Result<messaging::Deps, BootError> {
        Ok(messaging::Deps {
            wire: self.wire.clone(),
            templates: messages::templates(&self.config.country)?,
            sms: messages::sms_route(self.country, subsystem),
            mail: messages::mail(self.config)?,
            subsystem: subsystem.clone(),
        })
    }

    fn governance(&self, subsystem: &SubsystemId) -> Result<governance::Deps, BootError> {
        let messages = self.anywhere("messaging")?.service(contracts::messaging::MESSAGES);
        let mandates = self.country.members.iter().filter_map(|member| {
            let reference = member.mandate.clone()?;
            let (member, allows) = (member.id.clone(), member.allows.clone());
            Some(governance::MandateSeed { member, reference, allows })
        });
        Ok(governance::Deps {
            wire: self.wire.clone(),
            law: self.mandate(subsystem),
            messages: messages.map_err(|error| broken("governance", &error))?,
            answer_days: self.country.grievance_days,
            mandates: mandates.collect(),
            directory: Arc::new(super::agreements::Agreements(self.exchange.clone())),
            site: self.site(subsystem),
            subsystem: subsystem.clone(),
        })
    }

    fn assessment(&self, subsystem: &SubsystemId) -> assessment::Deps {
        let english = |names: &exchange::Names| names.get("en").cloned().unwrap_or_default();
        let institution = |member: &Member| maturity::round::Institution {
            id: member.id.local().to_owned(),
            name: english(&member.names),
            sector: String::new(),
        };
        assessment::Deps {
            country: maturity::round::Country {
                code: self.country.instance.clone(),
                name: english(&self.country.names),
                invented: self.config.installation.sandbox,
            },
            institutions: self.country.members.iter().map(institution).collect(),
            // What is told beside a file needs room in the request, too.
            file_bytes_max: self.config.limits.body_bytes.saturating_sub(FORM_BYTES),
            site: self.site(subsystem),
        }
    }

    fn simulator(&self, instance: &Instance) -> simulator::Deps {
        let (member, subsystem) = (instance.subsystem.member(), instance.subsystem.code());
        let path = instances::keep(format!("/simulator/{}/{subsystem}", member.local()));
        simulator::Deps {
            wire: self.wire.clone(),
            subsystem: instance.subsystem.clone(),
            name: instance.name,
            path,
            service: instances::keep(simulator::service_path(instance.kind, path)),
        }
    }

    /// The law that the subsystem's member acts under.
    fn mandate(&self, subsystem: &SubsystemId) -> String {
        let member = self.country.members.iter().find(|member| member.id == subsystem.member());
        member.and_then(|member| member.mandate.clone()).unwrap_or_default()
    }

    fn civil(&self, ctx: &Ctx, subsystem: SubsystemId) -> Result<Block, BootError> {
        let identity = self.anywhere("identity")?;
        // Whoever is not the registrar works for it.
        let registrar = Some(self.anywhere("civil")?).filter(|central| *central != subsystem);
        let (wire, law) = (self.wire.clone(), self.mandate(&subsystem));
        let site = self.site(&subsystem);
        let deps = civil::Deps { wire, law, subsystem, identity, registrar, site };
        civil::block(ctx, deps).map_err(|error| broken("civil", &error))
    }

    /// The keeper of the installation's audit trails, which is always there: trails that nobody
    /// seals protect nothing.
    async fn witness(&self) -> Result<(Built, Witness), BootError> {
        let subsystem = audit_subsystem(self.country, self.config);
        let ctx = self.place.ctx(WITNESS, witness::MIGRATIONS, subsystem.member().local()).await?;
        self.trails.add(ctx.db.clone());
        let installation = self.config.installation.name.clone();
        let witnesses = self.country.installation(&installation).map(|entry| &entry.witness);
        let service = |witness: &SubsystemId| witness.service(contracts::witness::CHECKPOINTS).ok();
        let deps = witness::Deps {
            wire: self.wire.clone(),
            subsystem: subsystem.clone(),
            law: self.country.audit_law.clone(),
            installation,
            trails: self.trails.clone(),
            checkpoints: checkpoint_folder(&self.place.directory),
            witnesses: witnesses.and_then(service).into_iter().collect(),
        };
        let keeper = Witness::new(&ctx, deps);
        Ok((Built { kind: WITNESS, subsystem, block: witness::block(&keeper), ctx }, keeper))
    }

    fn portal(&self, ctx: &Ctx, subsystem: SubsystemId) -> Result<Block, BootError> {
        let consent = self.anywhere("consent")?.service(contracts::consent::MY_CONSENTS);
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        let deps = portal::Deps {
            wire: self.wire.clone(),
            my_consents: consent.map_err(|error| broken("portal", &error))?,
            my_messages: self
                .country
                .anywhere("messaging")
                .and_then(|messages| messages.id.service(contracts::messaging::MY_MESSAGES).ok()),
            my_sign_ins: self.anywhere("identity")?.service(contracts::identity::MY_SIGN_INS).ok(),
            directory: Arc::new(Labels(self.exchange.clone())),
            site: self.site(&subsystem),
            issuer: self.issuer(ctx),
            client_id: "portal".to_owned(),
            http: http.map_err(|error| broken("portal", &error))?,
            subsystem,
        };
        portal::block(ctx, &deps).map_err(|error| broken("portal", &error))
    }

    /// The identity authority's issuer: this installation, where it hosts the authority.
    fn issuer(&self, ctx: &Ctx) -> String {
        ctx.issuer.to_string()
    }

    /// What pages say about who runs them.
    fn site(&self, subsystem: &SubsystemId) -> ui::Site {
        site(self.country, self.config, subsystem)
    }

    /// The subsystem of a block that may run anywhere in the country.
    fn anywhere(&self, block: &'static str) -> Result<SubsystemId, BootError> {
        let found = self.country.anywhere(block).map(|subsystem| subsystem.id.clone());
        found.ok_or_else(|| {
            BootError::Block(block, "no subsystem of the country pack is this block".to_owned())
        })
    }
}

/// What pages say about who runs them.
pub fn site(country: &Country, config: &Config, subsystem: &SubsystemId) -> ui::Site {
    let english = |names: &exchange::Names| names.get("en").cloned().unwrap_or_default();
    let operator = country.members.iter().find(|member| member.id == subsystem.member());
    let issuer = config.installation.issuer.as_deref();
    ui::Site {
        service: english(&country.names),
        operator: operator.map(|member| english(&member.names)).unwrap_or_default(),
        home: "/portal".to_owned(),
        sandbox: config.installation.sandbox,
        secure: issuer.is_some_and(|issuer| issuer.starts_with("https")),
        utc_offset_minutes: country.utc_offset_minutes,
    }
}

fn broken(block: &'static str, error: &dyn std::error::Error) -> BootError {
    BootError::Block(block, error.to_string())
}

/// The tables of each block.
pub fn migrations(block: &str) -> &'static [Migration] {
    match block {
        "identity" => identity::MIGRATIONS,
        "civil" => civil::MIGRATIONS,
        "consent" => consent::MIGRATIONS,
        "registry" => registry::MIGRATIONS,
        "registration" => registration::MIGRATIONS,
        "payments" => payments::MIGRATIONS,
        "messaging" => messaging::MIGRATIONS,
        "governance" => governance::MIGRATIONS,
        "assessment" => assessment::MIGRATIONS,
        "portal" => portal::MIGRATIONS,
        "witness" => witness::MIGRATIONS,
        "exchange" => exchange::MIGRATIONS,
        simulator::BANK => simulator::BANK_MIGRATIONS,
        simulator::SMS_GATEWAY => simulator::SMS_MIGRATIONS,
        _ => &[],
    }
}

/// The subsystem that keeps this installation's audit trails; the hub's where the whole country
/// runs in one.
pub fn audit_subsystem(country: &Country, config: &Config) -> SubsystemId {
    let own = country.installation(&config.installation.name);
    let entry = own.or_else(|| country.installation(&country.hub));
    entry
        .map(|entry| entry.audit.clone())
        .expect("a checked country has its hub among its installations")
}

/// What the portal asks of the directory.
pub(super) struct Labels(pub Exchange);

impl portal::Directory for Labels {
    fn services(&self, kind: &str) -> Vec<ServiceId> {
        let snapshot = self.0.snapshot();
        let found =
            snapshot.services.values().filter(|service| service.is(kind) && service.entry.enabled);
        let mut services: Vec<ServiceId> = found.map(|service| service.entry.id.clone()).collect();
        services.sort();
        services
    }

    fn label(&self, id: &str, language: &str) -> Option<String> {
        let snapshot = self.0.snapshot();
        let member =
            id.parse().ok().and_then(|id| snapshot.members.get(&id)).map(|member| &member.names);
        let subsystem = || {
            id.parse().ok().and_then(|id| snapshot.subsystems.get(&id)).map(|found| &found.names)
        };
        let service = || {
            id.parse()
                .ok()
                .and_then(|id| snapshot.services.get(&id))
                .map(|found| &found.entry.names)
        };
        let names = member.or_else(subsystem).or_else(service)?;
        names.get(language).or_else(|| names.get("en")).cloned()
    }

    fn reference(
        &self,
        service: &ServiceId,
        client: &SubsystemId,
        purpose: &str,
    ) -> Option<String> {
        let snapshot = self.0.snapshot();
        let agreements = &snapshot.services.get(service)?.clients.get(client)?.agreements;
        let agreed = agreements.iter().find(|agreement| agreement.purpose == purpose)?;
        Some(agreed.reference.clone())
    }
}
