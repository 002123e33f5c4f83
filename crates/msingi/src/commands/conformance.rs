//! `msingi conformance`: a throw-away, seeded instance where a GovStack suite expects it.
//!
//! All bends that a suite asks for live here and nowhere else; each is said when it starts.

use super::{Failure, say};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use basis::{Clock, Rng};
use clap::ValueEnum;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use kernel::auth::{AuthState, OwnerMember, Permissions, TokenIssuer, TokenVerifier};
use kernel::block::Ctx;
use kernel::config::Limits;
use kernel::db::{Db, Storage};
use kernel::fields::Fields;
use kernel::keys::KeyStore;
use kernel::serve::{Server, Shutdown, Tls, bind, server_config};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use tower::ServiceExt;

/// Which suite, and where.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The building block whose suite will be run
    block: Suite,
    /// The port on loopback, if not the one the suite expects
    #[arg(long)]
    port: Option<u16>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Suite {
    /// GovStackWorkingGroup/bb-consent, test/gherkin: <https://localhost:8888>
    Consent,
}

const ISSUER: &str = "https://localhost";

pub async fn run(args: Args) -> Result<(), Failure> {
    let Suite::Consent = args.block;
    let stop = Shutdown::on_signals()?;
    let directory = std::env::temp_dir().join(format!("msingi-conformance-{}", std::process::id()));
    let outcome = consent(&directory, args.port.unwrap_or(8_888), stop).await;
    // The instance is a throw-away; what cannot be removed lies in the temporary folder.
    let _ = std::fs::remove_dir_all(&directory);
    outcome
}

async fn consent(directory: &Path, port: u16, stop: Shutdown) -> Result<(), Failure> {
    let ctx = throw_away(directory, consent::NAME, consent::MIGRATIONS).await?;
    let (auth, token) = officer(&ctx)?;
    let paths = consent::govstack::pages("").with_state(consent::Consent::new(&ctx)).into_router();
    let router = paths.layer(axum::Extension(ctx.owner.clone())).layer(auth.layer());
    let router = signed_in(router, &token)?;
    seed(&router).await?;
    let socket = bind("--port", SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    say(
        "Bends for this suite: every request without a token counts as a consent officer's (the suite sends none); \
         paths at the root; a certificate of our own making; policy and data agreement with code `1`.",
    );
    say(format!("ready: https://localhost:{}", socket.local_addr()?.port()));
    Server::new(router, &Limits::default()).with_tls(self_signed()?).run(socket, stop).await;
    Ok(())
}

async fn throw_away(
    directory: &Path,
    block: &str,
    migrations: &[kernel::db::Migration],
) -> Result<Ctx, Failure> {
    let (clock, rng) = (Clock::system(), Rng::system());
    let keys = Arc::new(KeyStore::in_memory(clock.clone(), rng.clone()));
    let storage = Storage::Sqlite { directory: directory.to_owned(), cache_kib: 1_024 };
    Ok(Ctx {
        db: Db::open(&storage, block, migrations, clock.clone(), rng.clone()).await?,
        fields: Fields::new(block, keys.clone(), rng.clone()),
        clock,
        rng,
        keys,
        instance: Arc::from("TB"),
        owner: OwnerMember::new("GOV/NIA"),
        issuer: Arc::from(ISSUER),
        sandbox: true,
    })
}

/// An officer with every role of the block, and the layer that lets them in.
fn officer(ctx: &Ctx) -> Result<(AuthState, String), Failure> {
    let key = ctx.keys.signing_key("token")?;
    let verifier = TokenVerifier::new(ISSUER, &[key.public_jwk()], ctx.clock.clone())?;
    let permissions = consent::permissions::PERMISSIONS;
    let roles: Vec<&str> = permissions.iter().flat_map(|row| row.roles.iter().copied()).collect();
    let issuer = TokenIssuer::new(ISSUER, key, ctx.clock.clone(), ctx.rng.clone());
    let day = 24 * 3_600;
    let token = issuer.mint("conformance", &ctx.owner.0, &roles, day)?;
    Ok((AuthState::new(verifier, Permissions::new(permissions.iter().copied())?), token))
}

/// The bend: requests that bring no token get the officer's.
fn signed_in(router: Router, token: &str) -> Result<Router, Failure> {
    let value = HeaderValue::from_str(&format!("Bearer {token}"))?;
    let add = move |mut request: Request, next: Next| {
        let value = value.clone();
        async move {
            request.headers_mut().entry(AUTHORIZATION).or_insert(value);
            next.run(request).await
        }
    };
    Ok(router.layer(from_fn(add)))
}

/// Enters the suite's fixtures through the API, as anyone would.
async fn seed(router: &Router) -> Result<(), Failure> {
    let policy = json!({"policy": {
        "id": "1", "name": "Conformance policy", "version": "1.0.0", "url": "https://localhost/policy",
        "jurisdiction": "TB", "industrySector": "health", "dataRetentionPeriodDays": 365,
        "geographicRestriction": "none", "storageLocation": "TB",
    }});
    post(router, "/config/policy/", &policy).await?;
    let agreement = json!({"dataAgreement": {
        "id": "1", "version": "1.0.0", "controller": {"id": "1", "name": "Conformance clinic", "url": "https://localhost"},
        "policy": {"id": "1"}, "purpose": "conformance", "lawfulBasis": "consent", "dataUse": "data_source",
        "dpia": "https://localhost/dpia", "active": true, "forgettable": false,
    }});
    post(router, "/config/data-agreement/", &agreement).await
}

async fn post(router: &Router, path: &str, body: &Value) -> Result<(), Failure> {
    let request = Request::post(path)
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))?;
    let answer: Response = router.clone().oneshot(request).await?;
    let status: StatusCode = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 100_000).await?;
    match status.is_success() {
        true => Ok(()),
        false => {
            Err(format!("the fixture for {path} was refused: {}", String::from_utf8_lossy(&body))
                .into())
        }
    }
}

fn self_signed() -> Result<Tls, Failure> {
    let made =
        rcgen::generate_simple_self_signed(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    let key = made.signing_key.serialize_der();
    let key = rustls::pki_types::PrivateKeyDer::try_from(key)?;
    Ok(Tls::new(server_config(vec![made.cert.der().clone()], key, None)?))
}
