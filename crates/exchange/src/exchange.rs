//! The exchange of one installation: its state and how it starts.

use std::sync::{Arc, PoisonError, RwLock};

use contracts::{MemberId, ServiceId, WireError};
use credential::totp::{Algorithm, Totp};
use credential::{Curve, DecryptionKey, DecryptionKind};
use kernel::auth::TokenIssuer;
use kernel::block::Ctx;
use kernel::keys::Signer;

use crate::error::ExchangeError;
use crate::hops::HopLog;
use crate::local::{BindError, Binding, LocalWire};
use crate::message::first_id_at;
use crate::model::Snapshot;
use crate::remote::Peers;
use crate::replay::{Seen, SeenUntil};
use crate::store;
use crate::subject::Caches;
use crate::tls::OwnCertificate;

/// Purpose of the key that signs this installation's part of the directory.
pub(crate) const SIGN_KEY: &str = "exchange:sign";
/// Purpose of the key that opens sealed pseudonyms.
pub(crate) const SEAL_KEY: &str = "exchange:seal";
/// Purpose of the TLS key.
pub(crate) const TLS_KEY: &str = "exchange:tls";
/// Purpose of the secret that keys digests of persons in the hop log.
pub(crate) const HOP_SECRET: &str = "exchange:hop";
/// Purpose of the key that signs officers' tokens; the kernel verifies with its public half.
pub(crate) const TOKEN_KEY: &str = "token";

/// What the operator decides about an installation's exchange.
#[derive(Debug, Clone)]
pub struct Config {
    /// Name of the installation, unique in the instance: `registrar`.
    pub installation: String,
    /// True for the one installation that runs the authority and the directory.
    pub hub: bool,
    /// Base URL under which peers reach the wire listener: `https://10.0.0.1:8443`. Empty for an
    /// installation that has no peers.
    pub address: String,
    /// How long a provider may take, in seconds.
    pub timeout_seconds: u64,
    /// Largest request or answer body, in bytes.
    pub body_limit_bytes: usize,
    /// How long an officer's token lives, in seconds.
    pub token_seconds: i64,
    /// How long an officer stays signed in at the desk, in seconds.
    pub desk_seconds: i64,
    /// What authenticator apps call the installation's desk.
    pub name: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            installation: "main".to_owned(),
            hub: true,
            address: String::new(),
            timeout_seconds: 30,
            body_limit_bytes: 2 * 1024 * 1024,
            token_seconds: 900,
            // Half a working day.
            desk_seconds: 4 * 60 * 60,
            name: "Msingi".to_owned(),
        }
    }
}

/// The exchange. Cheap to clone; every clone is the same exchange.
#[derive(Clone)]
pub struct Exchange(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) ctx: Ctx,
    pub(crate) config: Config,
    snapshot: RwLock<Arc<Snapshot>>,
    certificate: RwLock<Option<Arc<OwnCertificate>>>,
    pub(crate) local: LocalWire,
    pub(crate) hops: HopLog,
    /// Ids from here on belong to this run.
    pub(crate) started: basis::Id,
    pub(crate) seen: Seen,
    pub(crate) assertions: SeenUntil,
    /// Sessions at the desk that were signed out before their end.
    pub(crate) ended: SeenUntil,
    /// Makes codes for nobody.
    pub(crate) decoy: Totp,
    pub(crate) caches: Caches,
    pub(crate) peers: Peers,
    pub(crate) seal: DecryptionKey,
    pub(crate) sign: Arc<dyn Signer>,
    pub(crate) tokens: TokenIssuer,
    /// When the directory was fetched last because a call needed it, in monotonic microseconds.
    pub(crate) refreshed: tokio::sync::Mutex<Option<i64>>,
    /// Held while the directory is read and swapped in, so that a slow reader of an older state
    /// never takes the place of a newer one.
    pub(crate) reloading: tokio::sync::Mutex<()>,
}

impl Exchange {
    /// Opens the exchange on its database. Makes keys and, on the hub, the root certificate on
    /// the first start.
    ///
    /// # Errors
    /// Database, key store or certificate errors; nothing is left half-made.
    pub async fn open(ctx: Ctx, config: Config) -> Result<Self, ExchangeError> {
        if !contracts::ids::is_part(&config.installation) {
            return Err(ExchangeError::invalid(
                "exchange.installation",
                "write 1 to 64 of A-Z a-z 0-9 - _ . + =",
            ));
        }
        let (_, secret) = ctx.keys.secret(HOP_SECRET)?;
        let pkcs8 = ctx.keys.pkcs8(SEAL_KEY)?;
        let seal = DecryptionKey::from_pkcs8(DecryptionKind::Ec(Curve::P256), &pkcs8)?;
        let key = ctx.keys.signing_key(TOKEN_KEY)?;
        let tokens =
            TokenIssuer::new(ctx.issuer.to_string(), key, ctx.clock.clone(), ctx.rng.clone());
        let snapshot = Snapshot::new(config.installation.clone(), 0);
        let exchange = Self(Arc::new(Inner {
            hops: HopLog::start(ctx.db.clone(), &secret),
            started: first_id_at(ctx.clock.now()),
            sign: ctx.keys.signing_key(SIGN_KEY)?,
            snapshot: RwLock::new(Arc::new(snapshot)),
            certificate: RwLock::new(None),
            local: LocalWire::default(),
            seen: Seen::default(),
            assertions: SeenUntil::default(),
            ended: SeenUntil::default(),
            decoy: Totp::draw(Algorithm::Sha1),
            caches: Caches::default(),
            peers: Peers::default(),
            refreshed: tokio::sync::Mutex::new(None),
            reloading: tokio::sync::Mutex::new(()),
            seal,
            tokens,
            ctx,
            config,
        }));
        exchange.prepare_hub().await?;
        exchange.remember_received().await?;
        exchange.remember_ended().await?;
        exchange.reload().await?;
        Ok(exchange)
    }

    /// Binds the providers that run in this installation. Once, after all blocks are built.
    ///
    /// # Errors
    /// [`BindError`] if it was done before or two blocks offer one service.
    pub fn bind(&self, bindings: Vec<Binding>) -> Result<(), BindError> {
        self.0.local.bind(bindings)
    }

    /// Services of members hosted here that the directory offers and no block here provides, for
    /// `msingi doctor`. Calls to them fail until the block runs or the directory is corrected.
    pub fn unbound(&self) -> Vec<ServiceId> {
        let snapshot = self.snapshot();
        let offered = snapshot
            .services
            .values()
            .filter(|s| s.entry.enabled && snapshot.is_own(&s.entry.id.member()));
        let mut missing: Vec<ServiceId> =
            offered.map(|s| s.entry.id.clone()).filter(|id| !self.0.local.provides(id)).collect();
        missing.sort();
        missing
    }

    /// The directory as this installation sees it now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.0.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn swap(&self, snapshot: Snapshot) {
        *self.0.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }

    /// The TLS certificate of this installation.
    pub(crate) fn own_certificate(&self) -> Result<Arc<OwnCertificate>, WireError> {
        let own = self.0.certificate.read().unwrap_or_else(PoisonError::into_inner).clone();
        own.ok_or_else(|| {
            WireError::Internal(
                "this installation has no certificate: run `msingi join`".to_owned(),
            )
        })
    }

    pub(crate) fn set_certificate(&self, own: OwnCertificate) {
        *self.0.certificate.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(own));
    }

    /// Waits until everything in the hop log is durable; for a graceful end and for tests.
    pub async fn flush(&self) {
        self.0.hops.flush().await;
    }

    /// The key with which a member hosted here signs its messages; made on first use.
    pub(crate) fn member_key(&self, member: &MemberId) -> Result<Arc<dyn Signer>, ExchangeError> {
        Ok(self.0.ctx.keys.signing_key(&format!("member:{member}"))?)
    }

    /// Refuses after a restart what was received just before it.
    async fn remember_received(&self) -> Result<(), ExchangeError> {
        let window = crate::message::WINDOW_SECONDS * 2;
        let from = first_id_at(self.0.ctx.clock.now().plus_seconds(-window));
        let read = self.0.ctx.db.read(move |tx| Box::pin(store::hops::received_since(tx, from)));
        let ids: Vec<basis::Id> = read.await?;
        self.0.seen.fill(ids);
        Ok(())
    }
}
