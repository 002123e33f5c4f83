//! An issuer that is strict about what the portal sends and can be told to misbehave.

use axum::Router;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use credential::jwt::{self, Expect};
use credential::{JwkSet, SigAlg, SigningKey};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

/// What the issuer does wrong next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    OtherKey,
    OtherNonce,
    OtherAudience,
    OtherPersonInUserinfo,
    NoUserinfo,
    /// No fault: userinfo comes as a JWT.
    SignedUserinfo,
    SignedUserinfoForAnother,
}

#[derive(Clone)]
pub struct Issuer(Arc<Inner>);

struct Inner {
    address: String,
    portal_keys: String,
    clock: basis::Clock,
    state: Mutex<Inside>,
}

struct Inside {
    key: SigningKey,
    subject: String,
    codes: HashMap<String, BTreeMap<String, String>>,
    seen_assertions: Vec<String>,
    fault: Fault,
}

impl Issuer {
    /// `portal` is the base address the portal will have; its keys are fetched when first needed.
    pub async fn start(portal: &str, clock: basis::Clock, subject: &str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        let issuer = Self(Arc::new(Inner {
            address,
            portal_keys: format!("{portal}{}", portal::JWKS_PATH),
            clock,
            state: Mutex::new(Inside {
                key: SigningKey::generate_es256().expect("a key"),
                subject: subject.to_owned(),
                codes: HashMap::new(),
                seen_assertions: Vec::new(),
                fault: Fault::None,
            }),
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discover))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        issuer
    }

    pub fn address(&self) -> &str {
        &self.0.address
    }

    pub fn fail_with(&self, fault: Fault) {
        self.inside().fault = fault;
    }

    pub fn change_key(&self) {
        self.inside().key = SigningKey::generate_es256().expect("a key");
    }

    pub fn change_person(&self, subject: &str) {
        self.inside().subject = subject.to_owned();
    }

    /// What a person's consent at the authorization page leads to: the address they are sent back to.
    pub fn approve(&self, authorization: &str) -> String {
        let url = reqwest::Url::parse(authorization).expect("a URL");
        let asked: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(
            format!("{}{}", url.origin().ascii_serialization(), url.path()),
            format!("{}/authorize", self.0.address)
        );
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["scope"], "openid profile");
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!(asked["prompt"], "login");
        let code = format!("code-{}", self.inside().codes.len());
        let back = format!(
            "{}?code={code}&state={}&iss={}",
            asked["redirect_uri"], asked["state"], self.0.address
        );
        self.inside().codes.insert(code, asked);
        back
    }

    fn inside(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.0.state.lock().expect("no test panicked while it held this")
    }
}

async fn discover(State(issuer): State<Issuer>) -> axum::Json<Value> {
    let at = |path: &str| format!("{}{path}", issuer.0.address);
    axum::Json(json!({
        "issuer": issuer.0.address,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"),
        "userinfo_endpoint": at("/userinfo"),
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn keys(State(issuer): State<Issuer>) -> axum::Json<JwkSet> {
    axum::Json(JwkSet { keys: vec![issuer.inside().key.public_jwk()] })
}

async fn token(
    State(issuer): State<Issuer>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Response {
    let portal_keys =
        crate::town::http_client().get(&issuer.0.portal_keys).send().await.expect("keys");
    let portal_keys = portal_keys.bytes().await.expect("keys");
    let now = issuer.0.clock.now().unix_seconds();
    match redeem(&issuer, &form, &portal_keys, now) {
        Ok(tokens) => axum::Json(tokens).into_response(),
        Err(error) => {
            (StatusCode::BAD_REQUEST, axum::Json(json!({ "error": error }))).into_response()
        }
    }
}

fn redeem(
    issuer: &Issuer,
    form: &BTreeMap<String, String>,
    portal_keys: &[u8],
    now: i64,
) -> Result<Value, &'static str> {
    let endpoint = format!("{}/token", issuer.0.address);
    let audience = [endpoint.as_str()];
    let expect = Expect {
        issuer: Some("portal"),
        subject: Some("portal"),
        audience: &audience,
        max_age: Some(60),
        ..Expect::at(now)
    };
    let keys = JwkSet::from_json(portal_keys).expect("a key set").verifying_keys();
    let proof = jwt::verify(&form["client_assertion"], &keys, &[SigAlg::Es256], &expect)
        .map_err(|_| "invalid_client")?;
    let mut inside = issuer.inside();
    let jti = proof.claims.jti.ok_or("invalid_client")?;
    if inside.seen_assertions.contains(&jti) {
        return Err("invalid_client");
    }
    inside.seen_assertions.push(jti);
    let asked = inside.codes.remove(&form["code"]).ok_or("invalid_grant")?;
    if asked["redirect_uri"] != form["redirect_uri"]
        || !verifier_fits(&form["code_verifier"], &asked["code_challenge"])
    {
        return Err("invalid_grant");
    }
    Ok(tokens(&inside, &issuer.0.address, &asked, now))
}

fn tokens(inside: &Inside, address: &str, asked: &BTreeMap<String, String>, now: i64) -> Value {
    let fault = inside.fault;
    let other = SigningKey::generate_es256().expect("a key");
    let key = if fault == Fault::OtherKey { &other } else { &inside.key };
    let nonce = if fault == Fault::OtherNonce { "other" } else { &asked["nonce"] };
    let audience = if fault == Fault::OtherAudience { "another-shop" } else { "portal" };
    let claims = json!({
        "iss": address, "sub": inside.subject, "aud": audience, "nonce": nonce, "iat": now, "exp": now + 300,
        "at_hash": SigAlg::Es256.left_half_hash("access"),
    });
    let id_token = jwt::sign(key, "JWT", &claims).expect("signs");
    json!({ "access_token": "access", "token_type": "Bearer", "expires_in": 600, "id_token": id_token })
}

fn verifier_fits(verifier: &str, challenge: &str) -> bool {
    use base64::Engine;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes());
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest) == challenge
}

async fn userinfo(State(issuer): State<Issuer>, headers: HeaderMap) -> Response {
    let inside = issuer.inside();
    if headers["authorization"] != "Bearer access" || inside.fault == Fault::NoUserinfo {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let other = inside.fault == Fault::OtherPersonInUserinfo;
    let subject = if other { "somebody-else" } else { &inside.subject };
    let claims = json!({ "sub": subject, "name": "Asha <Tumbo>" });
    let audience = match inside.fault {
        Fault::SignedUserinfo => "portal",
        Fault::SignedUserinfoForAnother => "another-shop",
        _ => return axum::Json(claims).into_response(),
    };
    let claims =
        json!({ "iss": issuer.0.address, "aud": audience, "sub": subject, "name": "Asha Tumbo" });
    jwt::sign(&inside.key, "JWT", &claims).expect("signs").into_response()
}
