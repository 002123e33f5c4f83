//! Use cases. Each has the same shape: ask others first if need be, then in one transaction load,
//! decide (in `model`), store, audit, emit. Nothing else in the block opens a transaction.

mod admission;
mod authenticators;
mod challenges;
mod clients;
mod codes;
mod facts;
mod foreign;
mod history;
mod imports;
mod login;
mod many;
mod passkeys;
mod persons;
mod providers;
mod pseudonyms;
mod reconciliation;
mod signing;
mod tokens;
mod userinfo;
mod vids;

pub use admission::{Arrival, SignedIn, Target};
pub use authenticators::{EnrolIn, Enrolled};
pub use clients::ClientOut;
pub use codes::Credentials;
pub(crate) use foreign::{Callback, Leaving, Returned};
pub(crate) use login::SESSION_SECONDS;
pub use login::{Asked, Authorized, Judged};
pub use many::{ListVidsIn, VidOfRegistration, VidsOut};
pub(crate) use passkeys::{Changed, Enrolment, PasskeyOut, Question};
pub use persons::CIVIL;
pub use providers::ProviderOut;
pub(crate) use providers::{CLIENT_KEYS, ProviderName};
pub use reconciliation::{DifferenceOut, Reconciliation, RunOut};
pub use tokens::TokenOut;
pub use userinfo::{Userinfo, UserinfoError};
pub use vids::{ReplaceVidIn, VidOut};

use crate::Deps;
use crate::model::home::Home;
use aws_lc_rs::digest;
use basis::{Clock, Id, Rng};
use contracts::civil::BirthClient;
use credential::base64url;
use credential::totp::{Algorithm, Totp};
use kernel::block::Ctx;
use kernel::db::Db;
use kernel::fields::Fields;
use kernel::keys::KeyStore;
use relying_party::RelyingParty;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Purpose of the ES256 keys that sign tokens.
const TOKEN_KEY: &str = "oidc";
/// Who acts, in audit rows, where it is the person.
const PERSON: &str = "person";
/// Where other providers send people back to, below our base URL.
pub(crate) const FOREIGN_CALLBACK: &str = "/identity/foreign-callback";

/// The identity block's use cases. Cheap to clone; the state of every handler.
#[derive(Clone)]
pub struct Identity(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    rng: Rng,
    keys: Arc<KeyStore>,
    fields: Fields,
    issuer: Arc<str>,
    sandbox: bool,
    deps: Deps,
    births: BirthClient,
    /// Holds leases for this process.
    node: String,
    /// What the codes of nobody are compared with.
    decoy: Totp,
    /// Where passkeys belong; none where they cannot be had.
    home: Option<Home>,
    /// Us as a relying party of other providers, by issuer and client id.
    parties: Mutex<HashMap<String, RelyingParty>>,
}

impl Identity {
    /// The use cases over a block's context.
    #[must_use]
    pub fn new(ctx: &Ctx, deps: Deps) -> Self {
        Self(Arc::new(Inner {
            db: ctx.db.clone(),
            clock: ctx.clock.clone(),
            rng: ctx.rng.clone(),
            keys: Arc::clone(&ctx.keys),
            fields: ctx.fields.clone(),
            issuer: Arc::clone(&ctx.issuer),
            sandbox: ctx.sandbox,
            births: BirthClient::new(Arc::clone(&deps.wire)),
            node: Id::random(&ctx.rng).to_string(),
            home: Home::of(&ctx.issuer),
            parties: Mutex::default(),
            decoy: Totp::draw(Algorithm::Sha1),
            deps,
        }))
    }

    /// Our own name in tokens (`iss`).
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// Where passkeys belong.
    pub(crate) fn home(&self) -> Option<&Home> {
        self.0.home.as_ref()
    }

    /// 256 random bits in base64url, for codes and cookies.
    fn secret_text(&self) -> String {
        base64url::encode(self.0.rng.bytes::<32>())
    }
}

/// What of a secret is stored: SHA-256. It has 256 random bits, so that nothing is to be guessed.
fn sha256(text: &str) -> [u8; 32] {
    sha256_of(text.as_bytes())
}

fn sha256_of(bytes: &[u8]) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, bytes);
    <[u8; 32]>::try_from(digest.as_ref()).expect("SHA-256 gives 32 bytes")
}
