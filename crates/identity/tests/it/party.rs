//! A relying party: it asks for sign-ins, exchanges codes and verifies what it gets.

use crate::app::App;
use axum::body::Body;
use axum::extract::Request;
use credential::jwt::{self, Claims, Expect};
use credential::{JwkSet, SigAlg, SigningKey};
use http::{HeaderMap, StatusCode};
use identity::model::pkce;
use serde_json::{Value as Json, json};
use tower::ServiceExt;

pub const REDIRECT: &str = "https://portal.example/callback";
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const ISSUER: &str = "http://127.0.0.1";

pub struct Party {
    pub id: String,
    pub key: SigningKey,
    count: std::cell::Cell<u32>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{}", self.text))
    }
}

impl Party {
    /// A registered party whose sector is its name.
    pub async fn registered(app: &App, id: &str, userinfo: &str) -> Self {
        let party =
            Self { id: id.to_owned(), key: SigningKey::generate_es256().unwrap(), count: 0.into() };
        party.register(app, party.form(userinfo)).await;
        party
    }

    /// Registers the party, or changes its registration.
    pub async fn register(&self, app: &App, form: Json) {
        let (status, body) =
            app.officer(&["identity-admin"], "POST", "/identity/clients", Some(form)).await;
        assert_eq!(status, StatusCode::OK, "{body}");
    }

    pub fn form(&self, userinfo: &str) -> Json {
        json!({
            "client_id": self.id,
            "name": "Tumbawe portal",
            "subsystem": format!("TB/GOV/NIA/{}", self.id),
            "sector": self.id,
            "redirect_uris": [REDIRECT],
            "jwks": { "keys": [self.key.public_jwk()] },
            "scopes": ["openid", "profile"],
            "userinfo": userinfo,
        })
    }

    /// The path that starts a sign-in, with some parameters changed or added.
    pub fn request(&self, changes: &[(&str, &str)]) -> String {
        let challenge = pkce::challenge_of(VERIFIER);
        let mut pairs = vec![
            ("response_type", "code"),
            ("client_id", self.id.as_str()),
            ("redirect_uri", REDIRECT),
            ("scope", "openid"),
            ("state", "state-1"),
            ("nonce", "nonce-1"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        pairs.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        pairs.extend(changes);
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("/authorize?{query}")
    }

    pub fn assertion(&self, app: &App) -> String {
        self.count.set(self.count.get() + 1);
        let claims = json!({
            "iss": self.id, "sub": self.id, "aud": ISSUER,
            "exp": app.ctx.clock.now().unix_seconds() + 60, "jti": format!("jti-{}", self.count.get()),
        });
        jwt::sign(&self.key, "JWT", &claims).unwrap()
    }

    /// Exchanges a code with some parameters changed.
    pub async fn exchange(&self, app: &App, code: &str, changes: &[(&str, &str)]) -> Answer {
        let assertion = self.assertion(app);
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion.as_str()),
        ];
        pairs.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        pairs.extend(changes);
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let request = Request::post("/oauth/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body));
        send(app, request.unwrap()).await
    }

    pub async fn tokens(&self, app: &App, code: &str) -> Json {
        let answer = self.exchange(app, code, &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()
    }

    pub async fn userinfo(&self, app: &App, token: &str) -> Answer {
        let request = Request::get("/userinfo").header("authorization", format!("Bearer {token}"));
        send(app, request.body(Body::empty()).unwrap()).await
    }

    /// Claims of an ES256 token of the provider for this party, verified with the published keys.
    pub async fn verified(&self, app: &App, token: &str, typ: &str, audience: &str) -> Claims {
        self.verified_by(SigAlg::Es256, app, token, typ, audience).await
    }

    /// As [`Party::verified`], for a token that `alg` signed.
    pub async fn verified_by(
        &self,
        alg: SigAlg,
        app: &App,
        token: &str,
        typ: &str,
        audience: &str,
    ) -> Claims {
        let published =
            send(app, Request::get("/.well-known/jwks.json").body(Body::empty()).unwrap());
        let keys = JwkSet::from_json(published.await.text.as_bytes()).unwrap().verifying_keys();
        let expect = Expect {
            typ: Some(typ),
            issuer: Some(ISSUER),
            audience: &[audience],
            require_exp: false,
            ..Expect::at(app.ctx.clock.now().unix_seconds())
        };
        jwt::verify(token, &keys, &[alg], &expect).unwrap().claims
    }
}

pub async fn send(app: &App, request: Request) -> Answer {
    let answer = app.router.clone().oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    Answer { status: parts.status, headers: parts.headers, text }
}
