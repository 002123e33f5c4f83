//! People who can sign in, and the relying party they sign in to.

use super::stage::context_at;
use basis::{Clock, Id, MockClock, PersonName, Timestamp};
use contracts::{CallContext, Wire, WireError, WireRequest, WireResponse};
use credential::totp::{STEP_SECONDS, Totp};
use credential::{JoseError, SigningKey, jwt};
use futures_util::future::{self, BoxFuture};
use identity::model::person::Facts;
use identity::model::pkce;
use identity::service::EnrolIn;
use identity::{Deps, Error, Identity};
use kernel::block::Ctx;
use kernel::db::Storage;
use reqwest::Url;
use serde_json::json;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Enough that a lap of all of them takes longer than any request of it.
const PEOPLE: usize = 2_048;
/// People entered at a time.
const AT_ONCE: usize = 64;
const CLIENT: &str = "bench";
const REDIRECT: &str = "https://bench.example/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

type Failure = Box<dyn std::error::Error>;

/// Somebody at the door.
pub struct Visitor {
    /// The number to sign in with.
    pub vid: String,
    /// The code that the app shows now.
    pub code: String,
}

/// The identity block with people in it.
#[derive(Clone)]
pub struct Town(Arc<Inner>);

struct Inner {
    ctx: Ctx,
    identity: Identity,
    people: Vec<(String, Totp)>,
    key: SigningKey,
    time: Mutex<Time>,
}

/// Codes work once in half a minute. So that nobody has to wait for the next, the clock of what is
/// measured jumps by half a minute whenever everybody has signed in; in between it runs as the real
/// one does.
struct Time {
    real: Clock,
    mock: MockClock,
    drawn: usize,
    jumped_seconds: i64,
}

impl Time {
    fn follow(&mut self) {
        self.mock.set(self.real.now().plus_seconds(self.jumped_seconds));
    }
}

impl Town {
    /// Enters the people and the relying party.
    ///
    /// # Errors
    /// Whatever the block says.
    pub async fn settle(storage: &Storage) -> Result<Self, Failure> {
        let real = Clock::system();
        let (clock, mock) = Clock::mock(real.now());
        let ctx = context_at(storage, "identity", identity::MIGRATIONS, clock).await?;
        let identity = Identity::new(&ctx, deps()?);
        let key = SigningKey::generate_es256()?;
        let party = json!({
            "client_id": CLIENT, "name": "Bench", "subsystem": "BM/GOV/READER/desk", "sector": "reading",
            "redirect_uris": [REDIRECT], "jwks": { "keys": [key.public_jwk()] }, "scopes": ["openid"],
        });
        identity.register_client("bench".to_owned(), serde_json::from_value(party)?).await?;
        let mut people = Vec::with_capacity(PEOPLE);
        while people.len() < PEOPLE {
            let some = (0..AT_ONCE).map(|_| enter(&identity, &ctx));
            people.extend(future::try_join_all(some).await?);
        }
        let time = Mutex::new(Time { real, mock, drawn: 0, jumped_seconds: 0 });
        let town = Self(Arc::new(Inner { ctx, identity, people, key, time }));
        tokio::spawn(keep_time(Arc::downgrade(&town.0)));
        Ok(town)
    }

    /// The block's use cases.
    pub fn identity(&self) -> &Identity {
        &self.0.identity
    }

    /// What the block is built from.
    pub fn ctx(&self) -> &Ctx {
        &self.0.ctx
    }

    /// The next person, with a code that was not used yet.
    pub fn next(&self) -> Visitor {
        let mut time = self.0.time.lock().unwrap_or_else(PoisonError::into_inner);
        let place = time.drawn % self.0.people.len();
        if place == 0 && time.drawn > 0 {
            time.jumped_seconds += STEP_SECONDS;
        }
        time.drawn += 1;
        time.follow();
        let (vid, totp) = &self.0.people[place];
        Visitor { vid: vid.clone(), code: totp.code_at(self.now().unix_seconds()) }
    }

    /// The query of a relying party's request (OpenID Connect Core section 3.1.2.1).
    pub fn request(&self) -> String {
        let challenge = pkce::challenge_of(VERIFIER);
        query(&[
            ("response_type", "code"),
            ("client_id", CLIENT),
            ("redirect_uri", REDIRECT),
            ("scope", "openid"),
            ("state", "state"),
            ("nonce", "nonce"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ])
    }

    /// The form with which the relying party exchanges the code in the address it was sent.
    ///
    /// # Errors
    /// When the address has no code.
    pub fn exchange_form(&self, location: &str) -> Result<String, Error> {
        let address = Url::parse(location).map_err(|_| Error::Damaged("address"))?;
        let code = address.query_pairs().find(|(name, _)| name == "code");
        let (_, code) = code.ok_or(Error::Damaged("code"))?;
        let assertion = self.assertion()?;
        Ok(query(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &assertion),
        ]))
    }

    fn assertion(&self) -> Result<String, JoseError> {
        let claims = json!({
            "iss": CLIENT, "sub": CLIENT, "aud": self.0.identity.issuer(),
            "exp": self.now().unix_seconds() + 60, "jti": Id::random(&self.0.ctx.rng),
        });
        jwt::sign(&self.0.key, "JWT", &claims)
    }

    fn now(&self) -> Timestamp {
        self.0.ctx.clock.now()
    }
}

/// Lets the block's clock run while the town stands.
async fn keep_time(town: std::sync::Weak<Inner>) {
    while let Some(town) = town.upgrade() {
        town.time.lock().unwrap_or_else(PoisonError::into_inner).follow();
        drop(town);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn enter(identity: &Identity, ctx: &Ctx) -> Result<(String, Totp), Failure> {
    let facts = Facts {
        name: PersonName::new("Zawadi Tamba")?,
        born: "1994-06-02".parse()?,
        sex: Some("female".to_owned()),
    };
    let registration = Id::mint(&ctx.clock, &ctx.rng);
    let vid = identity.create_person(registration, facts, "bench").await?.digits().to_owned();
    let ask = EnrolIn { system: "VID".to_owned(), value: vid.clone(), algorithm: None };
    let enrolled = identity.enrol_totp("bench".to_owned(), None, ask).await?;
    let totp = Totp::from_uri(&enrolled.otpauth_uri).ok_or("an unreadable otpauth address")?;
    Ok((vid, totp))
}

/// Form encoding.
pub fn query(pairs: &[(&str, &str)]) -> String {
    let mut url = Url::parse("http://x/").expect("a fixed address");
    url.query_pairs_mut().extend_pairs(pairs);
    url.query().unwrap_or_default().to_owned()
}

/// What the identity block needs besides its context; it calls nobody here.
pub fn deps() -> Result<Deps, Failure> {
    Ok(Deps {
        wire: Arc::new(Nobody),
        subsystem: "BM/GOV/KEEPER/identity".parse()?,
        births: "BM/GOV/KEEPER/civil/births".parse()?,
        law: "law of the bench".to_owned(),
        name: "Bench".to_owned(),
        site: ui::Site {
            service: "Bench".to_owned(),
            operator: "Bench".to_owned(),
            home: "/".to_owned(),
            sandbox: true,
            secure: false,
            utc_offset_minutes: 0,
        },
        http: reqwest::Client::new(),
    })
}

struct Nobody;

impl Wire for Nobody {
    fn call(
        &self,
        ctx: CallContext,
        _req: WireRequest,
    ) -> BoxFuture<'_, Result<WireResponse, WireError>> {
        let error = WireError::NotBound {
            service: ctx.service,
            remedy: "nobody is called here".to_owned(),
        };
        Box::pin(future::ready(Err(error)))
    }
}
