//! Putting an installation together: the one place that sees all blocks.
//!
//! [`start`] is the whole boot, top to bottom: place, exchange, blocks, permissions, routers,
//! listeners, background work.

mod agreements;
mod blocks;
mod desk;
mod instances;
mod messages;
mod place;
mod rails;
mod run;
mod seed;

pub use place::Place;

use crate::country::{Country, CountryError, Member};
use axum::Router;
use blocks::Built;
use contracts::SubsystemId;
use exchange::{Binding, Exchange};
use instances::Instance;
use kernel::auth::{AuthState, OPERATOR, PermissionRow, Permissions, TokenIssuer, TokenVerifier};
use kernel::block::{Block, Ctx, component_routes};
use kernel::config::Config;
use kernel::db::{DbError, Migration};
use kernel::pages::Pages;
use kernel::serve::{Server, Shutdown, ShutdownTrigger, bind};
use kernel::telemetry::{HealthCheck, Metrics, health_routes, observe};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;

/// Which blocks run here.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only these; empty for all that the members hosted here have.
    pub only: Vec<String>,
    /// Not these.
    pub without: Vec<String>,
}

impl Selection {
    /// # Errors
    /// [`BootError::UnknownBlock`], naming the blocks that can be chosen.
    fn check(&self, country: &Country) -> Result<(), BootError> {
        let everybody: Vec<&Member> = country.members.iter().collect();
        let instances = instances::of(country, &everybody)?;
        let known = |name: &str| {
            choosable().any(|block| block == name)
                || instances.iter().any(|instance| instance.name == name)
        };
        let unknown = self.only.iter().chain(&self.without).find(|name| !known(name));
        unknown.map_or(Ok(()), |name| Err(BootError::UnknownBlock(name.clone())))
    }

    /// Chosen by the block's name, or by the instance's own.
    fn takes(&self, instance: &Instance) -> bool {
        let named = |list: &[String]| {
            list.iter().any(|name| name == instance.kind || name == instance.name)
        };
        (self.only.is_empty() || named(&self.only)) && !named(&self.without)
    }
}

/// The blocks that can be chosen.
fn choosable() -> impl Iterator<Item = &'static str> {
    blocks::NAMES.into_iter().chain(instances::SIMULATORS)
}

/// A running installation. Dropping it stops it.
pub struct Running {
    /// Where people and officers reach it.
    pub public: SocketAddr,
    /// Where other installations reach it.
    pub wire: SocketAddr,
    /// Its exchange.
    pub exchange: Exchange,
    /// Names of the blocks that run here.
    pub blocks: Vec<&'static str>,
    /// Method and path of every route, by block; what the installation answers by itself stands under
    /// `installation`.
    pub routes: Vec<(&'static str, http::Method, String)>,
    operator: Operator,
    keeper: witness::Witness,
    trigger: ShutdownTrigger,
    servers: Vec<tokio::task::JoinHandle<()>>,
}

impl Running {
    /// A token for whoever holds the installation's keys: what `msingi operator` prints.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn operator_token(&self, seconds: i64) -> Result<String, BootError> {
        self.operator.token(seconds)
    }

    /// Stops: running requests finish, then everything is flushed.
    pub async fn stop(self) {
        self.trigger.stop();
        for server in self.servers {
            // A server that panicked has stopped, too.
            let _ = server.await;
        }
        self.exchange.flush().await;
        // What the last requests did is sealed now and not at the next start. A witness that is
        // stopping, too, gets the checkpoint then.
        if let Err(error) = self.keeper.keep().await {
            tracing::info!("Audit trails were kept without their witness: {error}");
        }
    }
}

/// Why an installation cannot start; each text names the remedy.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The data folder cannot be used.
    #[error("storage.path {0}: {1}; choose a folder this user may write to")]
    Folder(String, String),
    /// PostgreSQL without a URL.
    #[error(
        "storage.engine is postgres: set storage.url (or MSINGI__STORAGE__URL) to postgres://user:password@host/database"
    )]
    NoPostgresUrl,
    /// No such block.
    #[error("there is no block `{0}` to choose; there are: {names}", names = choosable().collect::<Vec<_>>().join(", "))]
    UnknownBlock(String),
    /// No block is left to run.
    #[error(
        "no block is left to run: none of those chosen belongs to a member hosted by this installation"
    )]
    NothingToRun,
    /// A simulated institution where people rely on what they are told.
    #[error(
        "{0} is a simulated institution (block `{1}`) and runs in a sandbox only: take `block` off it in the country pack, start with --without {1}, or set installation.sandbox = true"
    )]
    Simulator(SubsystemId, &'static str),
    /// Two subsystems whose databases would be one.
    #[error("{1} and {2} would both be called `{0}`: give one another code in the country pack")]
    SameName(&'static str, SubsystemId, SubsystemId),
    /// A block's database.
    #[error("database of {0}: {1}")]
    Database(String, DbError),
    /// The country pack.
    #[error(transparent)]
    Country(#[from] CountryError),
    /// The key store.
    #[error(transparent)]
    Keys(#[from] kernel::keys::KeyError),
    /// The exchange.
    #[error(transparent)]
    Exchange(#[from] exchange::ExchangeError),
    /// Binding services.
    #[error(transparent)]
    Bind(#[from] exchange::BindError),
    /// Two blocks define one permission.
    #[error(transparent)]
    Permission(#[from] kernel::auth::DuplicatePermission),
    /// A listener.
    #[error(transparent)]
    Serve(#[from] kernel::serve::ServeError),
    /// A token or certificate.
    #[error(transparent)]
    Jose(#[from] credential::JoseError),
    /// A block could not be built.
    #[error("block {0}: {1}")]
    Block(&'static str, String),
}

/// Starts an installation and answers once it listens.
///
/// # Errors
/// The first [`BootError`]; nothing is left running.
pub async fn start(config: &Config, selection: &Selection) -> Result<Running, BootError> {
    let country = Country::load(&config.country)?;
    selection.check(&country)?;
    // Listeners first: with port 0 only they know the address that everything else is told.
    let public = bind("listen.public", config.listen.public).await?;
    let wire = bind("listen.wire", config.listen.wire).await?;
    let metrics = match config.listen.metrics {
        Some(address) => Some(bind("listen.metrics", address).await?),
        None => None,
    };
    let (public_address, wire_address) = (local(&public)?, local(&wire)?);
    let issuer =
        config.installation.issuer.clone().unwrap_or_else(|| format!("http://{public_address}"));
    let place = Place::open(config, &country.instance, &issuer)?;
    let hosted = country.hosted_by(&config.installation.name);

    let ctx = place.ctx(EXCHANGE, exchange::MIGRATIONS, &operator_member(&country, config)).await?;
    let exchange =
        Exchange::open(ctx.clone(), exchange_config(config, &country, wire_address)).await?;
    seed::seed(&exchange, &country, &hosted, place.clock.now()).await?;
    introduce(&exchange).await;
    let (mut built, keeper) =
        blocks::build(config, &country, &hosted, selection, &place, &exchange, &ctx.db).await?;
    let own = exchange_block(&exchange, ctx, &country, config, &built)?;
    built.insert(0, own);

    let operator = Operator::new(&place, &issuer, operator_member(&country, config))?;
    let auth = auth(&place, &issuer, &built)?;
    subscribe(&country, &built);
    let own = own_pages(config, &country, &built);
    let of_own = own.routes().iter().cloned();
    let of_own = of_own.map(|(method, path)| ("installation", method, path));
    let routes = built.iter().flat_map(routes_of).chain(of_own).collect();
    let names = built.iter().map(|built| built.block.name).collect();
    let (trigger, shutdown) = ShutdownTrigger::new();
    let router = assemble(config, own, built, &exchange, &auth, &shutdown)?;
    let mut servers = vec![
        tokio::spawn(Server::new(router, &config.limits).run(public, shutdown.clone())),
        tokio::spawn(serve_wire(exchange.clone(), wire, shutdown.clone())),
    ];
    if let Some(listener) = metrics {
        let router = kernel::problem::with_fallbacks(Metrics::install().routes().into_router());
        servers.push(tokio::spawn(Server::new(router, &config.limits).run(listener, shutdown)));
    }
    Ok(Running {
        public: public_address,
        wire: wire_address,
        exchange,
        blocks: names,
        routes,
        operator,
        keeper,
        trigger,
        servers,
    })
}

/// Tells the hub what stands here before the first call can come, so that neighbours find it. A hub
/// that is away hears of it later, from the exchange's own job.
async fn introduce(exchange: &Exchange) {
    const PATIENCE: Duration = Duration::from_secs(1);
    match tokio::time::timeout(PATIENCE, exchange.synchronise()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::info!("The hub was not told of this installation yet: {error}"),
        Err(_) => tracing::info!("The hub was not told of this installation yet: no answer"),
    }
}

fn local(listener: &tokio::net::TcpListener) -> Result<SocketAddr, BootError> {
    listener
        .local_addr()
        .map_err(|error| BootError::Folder("listener".to_owned(), error.to_string()))
}

/// Name of the exchange's database and metrics.
const EXCHANGE: &str = "exchange";

fn exchange_config(config: &Config, country: &Country, wire: SocketAddr) -> exchange::Config {
    let name = &config.installation.name;
    let split = country.installation(name).is_some();
    exchange::Config {
        installation: name.clone(),
        hub: !split || country.hub == *name,
        address: config.listen.wire_url.clone().unwrap_or_else(|| format!("https://{wire}")),
        timeout_seconds: config.limits.timeout_seconds,
        body_limit_bytes: config.limits.body_bytes,
        name: country.names.get("en").cloned().unwrap_or_default(),
        ..exchange::Config::default()
    }
}

/// The exchange as a block; its desk shows how the others are.
fn exchange_block(
    exchange: &Exchange,
    ctx: Ctx,
    country: &Country,
    config: &Config,
    others: &[Built],
) -> Result<Built, BootError> {
    let subsystem = blocks::audit_subsystem(country, config);
    let site = blocks::site(country, config, &subsystem);
    let deps = exchange::Deps {
        site: ui::Site { home: ui::desk::HOME.to_owned(), ..site },
        surroundings: std::sync::Arc::new(desk::Around::new(country, &ctx, others)),
    };
    let block = exchange::block(exchange, deps)?;
    Ok(Built { kind: EXCHANGE, subsystem, ctx, block })
}

/// The member that operates this installation, as `CLASS/MEMBER`.
fn operator_member(country: &Country, config: &Config) -> String {
    let entry = country
        .installation(&config.installation.name)
        .or_else(|| country.installation(&country.hub));
    entry.map_or_else(String::new, |entry| entry.operator.local().to_owned())
}

/// Whoever holds the installation's keys.
pub struct Operator {
    tokens: TokenIssuer,
    member: String,
}

impl Operator {
    fn new(place: &Place, issuer: &str, member: String) -> Result<Self, BootError> {
        let key = place.keys.signing_key("token")?;
        let tokens = TokenIssuer::new(issuer, key, place.clock.clone(), place.rng.clone());
        Ok(Self { tokens, member })
    }

    /// A token that administers the installation for `seconds`.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn token(&self, seconds: i64) -> Result<String, BootError> {
        Ok(self.tokens.mint("operator", &self.member, &[OPERATOR], seconds)?)
    }
}

/// The operator of an installation that may be running or not.
///
/// # Errors
/// As [`Place::open`].
pub fn operator(config: &Config) -> Result<Operator, BootError> {
    let country = Country::load(&config.country)?;
    let issuer = config.base_url();
    let place = Place::open(config, &country.instance, &issuer)?;
    Operator::new(&place, &issuer, operator_member(&country, config))
}

fn auth(place: &Place, issuer: &str, all: &[Built]) -> Result<AuthState, BootError> {
    let first = |built: &&Built| is_first_of_its_kind(all, built);
    let rows: Vec<PermissionRow> = all
        .iter()
        .filter(first)
        .flat_map(|built| built.block.permissions.iter().copied())
        .collect();
    let verifier =
        TokenVerifier::new(issuer, &place.keys.public_keys("token"), place.clock.clone())?;
    Ok(AuthState::new(verifier, Permissions::new(rows)?))
}

/// What a block says of itself, all its instances say alike.
fn is_first_of_its_kind(all: &[Built], one: &Built) -> bool {
    let first = all.iter().find(|built| built.kind == one.kind);
    first.is_some_and(|first| first.block.name == one.block.name)
}

/// Tells each database where its block's events go.
fn subscribe(country: &Country, built: &[Built]) {
    for entry in built {
        let all = country.subscriptions.iter();
        // A block's topics begin with its name.
        let own = all.filter(|(topic, _)| topic.split('.').next() == Some(entry.block.name));
        entry
            .ctx
            .db
            .subscribe(own.map(|(topic, service)| (topic.clone(), service.to_string())).collect());
    }
}

fn routes_of(built: &Built) -> Vec<(&'static str, http::Method, String)> {
    let name = built.block.name;
    built.block.routes().into_iter().map(|(method, path)| (name, method, path)).collect()
}

/// What the installation answers by itself: health, components, style sheet, the entrance.
fn own_pages(config: &Config, country: &Country, built: &[Built]) -> Pages {
    let checks = built
        .iter()
        .map(|entry| HealthCheck::database(entry.block.name, entry.ctx.db.clone()))
        .collect();
    let components = built.iter().map(|entry| component(entry, country)).collect();
    let pages = health_routes(checks)
        .merge(component_routes(components))
        .merge(entrance(built))
        .get("/assets/{file}", ui::assets::serve);
    match config.installation.sandbox {
        true => pages.merge(Metrics::install().routes()),
        false => pages,
    }
}

/// Everything that HTTP sees, with permissions and limits; starts the background work.
fn assemble(
    config: &Config,
    own: Pages,
    built: Vec<Built>,
    exchange: &Exchange,
    auth: &AuthState,
    shutdown: &Shutdown,
) -> Result<Router, BootError> {
    let (clock, rng) = (built[0].ctx.clock.clone(), built[0].ctx.rng.clone());
    let frame = desk::frame(exchange, &built);
    let mut router = own.into_router();
    let (mut bindings, mut background, mut outboxes) = (Vec::new(), Vec::new(), Vec::new());
    for Built { subsystem, ctx, mut block, .. } in built {
        let jobs = std::mem::take(&mut block.jobs).into_iter().chain([run::sweeper()]);
        background.extend(jobs.map(|job| (block.name, job, ctx.clone())));
        outboxes.push((ctx.clone(), subsystem.clone()));
        let services = std::mem::take(&mut block.services);
        let routes = block.into_router(ctx.owner.clone()).layer(frame.layer()).layer(auth.layer());
        bindings.push(Binding { subsystem, services, router: routes.clone() });
        router = router.merge(routes);
    }
    exchange.bind(bindings)?;
    // Only now: the first thing a job may do is to call another block.
    for (block, job, ctx) in background {
        run::start_job(block, job, ctx, shutdown.clone());
    }
    for (ctx, subsystem) in outboxes {
        run::start_outbox(&ctx, exchange, subsystem, shutdown.clone());
    }
    let router = kernel::problem::with_fallbacks(router);
    Ok(observe(kernel::limits::bound(router, &config.limits, clock.clone()), clock, rng))
}

/// Where somebody lands who types the bare address.
fn entrance(built: &[Built]) -> Pages {
    let has_pages = built.iter().any(|entry| entry.block.name == "portal");
    let target = if has_pages { "/portal" } else { "/.well-known/dpi-component" };
    Pages::new().get("/", async move || axum::response::Redirect::to(target))
}

fn component(
    built: &Built,
    country: &Country,
) -> (kernel::block::Component, utoipa::openapi::OpenApi) {
    let member = country.members.iter().find(|member| member.id == built.subsystem.member());
    let mandate = member.and_then(|member| member.mandate.clone());
    (built.block.component(&built.ctx.owner, mandate), built.block.openapi())
}

async fn serve_wire(exchange: Exchange, socket: TcpListener, mut shutdown: Shutdown) {
    if let Err(error) = exchange.serve_wire(socket, async move { shutdown.stopped().await }).await {
        tracing::warn!("No other installation can reach this one: {error}");
    }
}

/// Keys and storage of an installation that need not run.
///
/// # Errors
/// As [`Place::open`].
pub fn place(config: &Config) -> Result<Place, BootError> {
    let country = Country::load(&config.country)?;
    Place::open(config, &country.instance, &config.base_url())
}

/// The databases of an installation: block and tables.
///
/// # Errors
/// [`BootError::Country`].
pub fn databases(config: &Config) -> Result<Vec<(&'static str, &'static [Migration])>, BootError> {
    let country = Country::load(&config.country)?;
    let hosted = country.hosted_by(&config.installation.name);
    let instances = instances::of(&country, &hosted)?;
    let chosen = instances.iter().map(|instance| (instance.name, instance.kind));
    let names = std::iter::once((EXCHANGE, EXCHANGE))
        .chain(chosen)
        .chain([(blocks::WITNESS, blocks::WITNESS)]);
    Ok(names.map(|(name, kind)| (name, blocks::migrations(kind))).collect())
}

/// Makes a token with which the installation `name` of the country pack can join this hub, which
/// may be running or not.
///
/// # Errors
/// [`BootError::Country`] for a name the pack does not have; whatever the exchange refuses.
pub async fn invite(config: &Config, name: &str, seconds: i64) -> Result<String, BootError> {
    let country = Country::load(&config.country)?;
    if country.installation(name).is_none() {
        let names: Vec<&str> =
            country.installations.iter().map(|entry| entry.name.as_str()).collect();
        let text = format!("there is no installation `{name}`; there are: {}", names.join(", "));
        return Err(CountryError::Entry(text).into());
    }
    let members = country.hosted_by(name).iter().map(|member| member.id.clone()).collect();
    let exchange = offline_exchange(config, &country).await?;
    Ok(exchange.create_join_token("operator", name, members, seconds).await?)
}

/// Joins the country's hub with a token, before the first start.
///
/// # Errors
/// Whatever the exchange or the hub refuses.
pub async fn join(config: &Config, token: &str) -> Result<(), BootError> {
    let country = Country::load(&config.country)?;
    Ok(offline_exchange(config, &country).await?.join(token).await?)
}

/// The exchange without blocks or listeners.
async fn offline_exchange(config: &Config, country: &Country) -> Result<Exchange, BootError> {
    let place = Place::open(config, &country.instance, &config.base_url())?;
    let ctx = place.ctx(EXCHANGE, exchange::MIGRATIONS, &operator_member(country, config)).await?;
    Ok(Exchange::open(ctx, exchange_config(config, country, config.listen.wire)).await?)
}

/// All blocks of a country that nobody will run, one of each kind with the kind's name, built in a
/// folder that can be removed afterwards: for documents that are made from them.
///
/// # Errors
/// As [`start`].
pub async fn blocks_in(
    directory: &std::path::Path,
) -> Result<Vec<(&'static str, Block)>, BootError> {
    let mut config = Config::default();
    directory.clone_into(&mut config.storage.path);
    let country = Country::load(&config.country)?;
    let place = Place::open(&config, &country.instance, &config.base_url())?;
    let hosted = country.hosted_by(&config.installation.name);
    let ctx =
        place.ctx(EXCHANGE, exchange::MIGRATIONS, &operator_member(&country, &config)).await?;
    let exchange =
        Exchange::open(ctx.clone(), exchange_config(&config, &country, config.listen.wire)).await?;
    let all = Selection::default();
    let (built, _) =
        blocks::build(&config, &country, &hosted, &all, &place, &exchange, &ctx.db).await?;
    let mut kinds: Vec<(&'static str, Block)> =
        vec![(EXCHANGE, exchange_block(&exchange, ctx, &country, &config, &built)?.block)];
    for Built { kind, block, .. } in built {
        if kinds.iter().all(|(known, _)| *known != kind) {
            kinds.push((kind, block));
        }
    }
    Ok(kinds)
}
