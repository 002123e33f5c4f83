//! The HTTP API: signing in, calling, administering; and who may not.

use axum::Router;
use axum::body::Body;
use contracts::LegalBasis;
use credential::{SigningKey, jwt};
use exchange::{PERMISSIONS, block};
use http::{Method, Request, StatusCode};
use kernel::auth::{OwnerMember, TokenIssuer};
use serde_json::{Value, json};
use testkit::on_each_engine;
use tower::ServiceExt;

use crate::fixture::*;

struct Api {
    site: Site,
    router: Router,
    issuer: TokenIssuer,
}

impl Api {
    async fn open(store: &testkit::Store) -> Self {
        let site = one_house(store).await;
        let (auth, issuer) = testkit::officer_layer(&site.ctx, PERMISSIONS);
        let block = block(&site.exchange, crate::desk::deps()).unwrap();
        let router = block.into_router(OwnerMember::new("GOV/NIA")).layer(auth.layer());
        Self { site, router, issuer }
    }

    fn token(&self, member: &str, roles: &[&str]) -> String {
        self.issuer.mint("r-1", member, roles, 600).unwrap()
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Value,
    ) -> (StatusCode, Value) {
        let mut request =
            Request::builder().method(method).uri(path).header("content-type", "application/json");
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    async fn sign_in(&self, assertion: &str) -> (StatusCode, Value) {
        let kind = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
        let form = format!(
            "grant_type=client_credentials&client_assertion_type={kind}&client_assertion={assertion}"
        );
        let request = Request::post("/exchange/v1/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form));
        self.send(request.unwrap()).await
    }

    fn assertion(&self, key: &SigningKey, bend: impl FnOnce(&mut Value)) -> String {
        let now = self.site.ctx.clock.now().micros() / 1_000_000;
        let mut claims = json!({
            "iss": "GOV/MSP/amina", "sub": "GOV/MSP/amina", "aud": "http://127.0.0.1/exchange/v1/token",
            "exp": now + 120, "iat": now, "jti": basis::Id::mint(&self.site.ctx.clock, &self.site.ctx.rng),
        });
        bend(&mut claims);
        jwt::sign(key, "JWT", &claims).unwrap()
    }
}

fn call(service: &str, token: &str, headers: &[(&str, &str)]) -> Request<Body> {
    // Only the records service has paths below it.
    let below = if service == RECORDS { "/a?x=1" } else { "" };
    let mut request = Request::get(format!("/exchange/r1/{service}{below}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn an_officer_signs_in_with_a_registered_key_and_calls() {
    on_each_engine(async |store| {
        let api = Api::open(store).await;
        let key = api.site.officer("TB/GOV/MSP", "amina", &["exchange-user"]).await;
        let (status, answer) = api.sign_in(&api.assertion(&key, |_| ())).await;
        assert_eq!(status, 200, "{answer}");
        let token = answer["access_token"].as_str().unwrap();
        let subject = person("social").0.to_string();
        let headers = [
            ("msingi-client", BENEFITS),
            ("msingi-purpose", "benefit-eligibility"),
            ("msingi-legal-basis", "law:Social Protection Act s.4"),
            ("msingi-subject", subject.as_str()),
            ("msingi-case", "CASE-9"),
            ("idempotency-key", "k-1"),
            ("cookie", "secret"),
        ];
        let (status, seen) = api.send(call(RECORDS, token, &headers)).await;
        assert_eq!(status, 200, "{seen}");
        assert_eq!((&seen["officer"], &seen["uri"]), (&json!("amina"), &json!("/shown/a?x=1")));
        assert_eq!(seen["subject"], json!(person("population")));
        assert_eq!(seen["headers"], json!(["idempotency-key"]));
        let hops = api.site.exchange.hops(None, 5, None, None).await.unwrap();
        assert_eq!(
            (hops[0].officer.as_deref(), hops[0].case.as_deref()),
            (Some("amina"), Some("CASE-9"))
        );
    })
    .await;
}

#[tokio::test]
async fn assertions_that_do_not_stand_are_refused_alike() {
    on_each_engine(async |store| {
        let api = Api::open(store).await;
        let key = api.site.officer("TB/GOV/MSP", "amina", &["exchange-user"]).await;
        let stranger = SigningKey::generate_es256().unwrap();
        let now = api.site.ctx.clock.now().micros() / 1_000_000;
        let good = api.assertion(&key, |_| ());
        assert_eq!(api.sign_in(&good).await.0, 200);
        let bad = [
            ("used twice", good),
            ("another key", api.assertion(&stranger, |_| ())),
            ("expired", api.assertion(&key, |claims| claims["exp"] = (now - 60).into())),
            ("valid too long", api.assertion(&key, |claims| claims["exp"] = (now + 3600).into())),
            (
                "another audience",
                api.assertion(&key, |claims| claims["aud"] = "https://elsewhere".into()),
            ),
            (
                "iss is not sub",
                api.assertion(&key, |claims| claims["iss"] = "GOV/MSP/other".into()),
            ),
            (
                "unknown officer",
                api.assertion(&key, |claims| claims["sub"] = "GOV/MSP/nobody".into()),
            ),
            ("no jti", api.assertion(&key, |claims| claims["jti"] = Value::Null)),
            ("no token at all", "x".to_owned()),
        ];
        let mut texts = std::collections::HashSet::new();
        for (why, assertion) in bad {
            let (status, answer) = api.sign_in(&assertion).await;
            assert_eq!(
                (status.as_u16(), answer["error"].as_str()),
                (401, Some("invalid_client")),
                "{why}"
            );
            texts.insert(answer["error_description"].to_string());
        }
        assert_eq!(texts.len(), 1, "the text does not tell which officers exist");
        api.site.exchange.dismiss_officer(&actor(), &member("TB/GOV/MSP"), "amina").await.unwrap();
        assert_eq!(api.sign_in(&api.assertion(&key, |_| ())).await.0, 401);
    })
    .await;
}

#[tokio::test]
async fn a_call_without_a_header_names_it_and_the_remedy() {
    on_each_engine(async |store| {
        let api = Api::open(store).await;
        api.site.officer("TB/GOV/MSP", "r-1", &["exchange-user"]).await;
        let token = api.token("GOV/MSP", &["exchange-user"]);
        let all = [
            ("msingi-client", BENEFITS),
            ("msingi-purpose", "benefit-eligibility"),
            ("msingi-legal-basis", "law:Social Protection Act s.4"),
        ];
        assert_eq!(api.send(call(RECORDS, &token, &all)).await.0, 200);
        for missing in 0..all.len() {
            let some: Vec<_> =
                all.iter().enumerate().filter(|(i, _)| *i != missing).map(|(_, h)| *h).collect();
            let (status, problem) = api.send(call(RECORDS, &token, &some)).await;
            assert_eq!(status, 400);
            assert_eq!(problem["errors"][0]["field"], all[missing].0);
            assert!(
                problem["errors"][0]["remedy"].as_str().unwrap().starts_with("send "),
                "{problem}"
            );
        }
        for (name, value) in [
            ("msingi-client", "TB/GOV/MSP"),
            ("msingi-legal-basis", "whim:today"),
            ("msingi-legal-basis", "self-access"),
            ("msingi-subject", "4711"),
            ("msingi-agreement", "x"),
        ] {
            let mut some: Vec<_> = all.iter().filter(|(n, _)| *n != name).copied().collect();
            some.push((name, value));
            let (status, problem) = api.send(call(RECORDS, &token, &some)).await;
            assert_eq!(
                (status.as_u16(), &problem["errors"][0]["field"]),
                (400, &json!(name)),
                "{problem}"
            );
            assert!(!problem.to_string().contains("4711"), "values are not repeated");
        }
        let (status, problem) = api.send(call("TB/GOV/NIA/residents", &token, &all)).await;
        assert_eq!(status, 404, "five parts name a service: {problem}");
    })
    .await;
}

#[tokio::test]
async fn refusals_and_errors_have_their_slug() {
    on_each_engine(async |store| {
        let api = Api::open(store).await;
        api.site.officer("TB/GOV/MSP", "r-1", &["exchange-user"]).await;
        let token = api.token("GOV/MSP", &["exchange-user"]);
        let law = "law:Social Protection Act s.4";
        let cases = [
            (RECORDS, BENEFITS, "curiosity", 403, "no-agreement"),
            ("TB/GOV/NIA/residents/none", BENEFITS, "benefit-eligibility", 404, "unknown-service"),
            (RECORDS, CLINIC, "treatment", 403, "wrong-member"),
            ("TB/GOV/NIA/residents/fail", BENEFITS, "benefit-eligibility", 500, "internal"),
        ];
        for (service, client, purpose, status, slug) in cases {
            let headers = [
                ("msingi-client", client),
                ("msingi-purpose", purpose),
                ("msingi-legal-basis", law),
            ];
            let response =
                api.router.clone().oneshot(call(service, &token, &headers)).await.unwrap();
            assert_eq!(response.status().as_u16(), status, "{service} {client}");
            assert_eq!(response.headers()["msingi-error"], slug);
            assert_eq!(response.headers()["content-type"], "application/problem+json");
        }
    })
    .await;
}

/// Every route of the block with a body that is right in form.
fn routes() -> Vec<(Method, String, Value)> {
    let key = SigningKey::generate_es256().unwrap().public_jwk();
    let names = json!({ "en": "Name" });
    let agreement =
        json!({ "service": RECORDS, "client": BENEFITS, "purpose": "p", "basis": "self-access" });
    let officer = json!({ "member": "TB/GOV/NIA", "id": "x", "key": key, "roles": ["clerk"] });
    vec![
        (Method::GET, "/exchange/v1/directory".into(), json!(null)),
        (Method::PUT, "/exchange/v1/members".into(), json!({ "id": "TB/GOV/NIA", "names": names })),
        (
            Method::PUT,
            "/exchange/v1/subsystems".into(),
            json!({ "id": "TB/GOV/NIA/new", "sector": "s", "names": names }),
        ),
        (
            Method::PUT,
            "/exchange/v1/services".into(),
            json!({ "id": RECORDS, "names": names, "kinds": [], "enabled": true }),
        ),
        (
            Method::PUT,
            "/exchange/v1/access-rights".into(),
            json!({ "service": RECORDS, "client": "TB/GOV/MSP/new" }),
        ),
        (
            Method::DELETE,
            format!("/exchange/v1/access-rights?service={RECORDS}&client=TB/GOV/MSP/new"),
            json!(null),
        ),
        (Method::POST, "/exchange/v1/agreements".into(), agreement),
        (Method::PUT, "/exchange/v1/officers".into(), officer),
        (Method::DELETE, "/exchange/v1/officers/GOV/NIA/x".into(), json!(null)),
        (
            Method::POST,
            "/exchange/v1/join-tokens".into(),
            json!({ "installation": "b", "members": ["TB/GOV/NEW"] }),
        ),
        (Method::GET, "/exchange/v1/hops?limit=5".into(), json!(null)),
    ]
}

#[tokio::test]
async fn each_route_knows_who_may_not() {
    on_each_engine(async |store| {
        let api = Api::open(store).await;
        let operator = api.token("GOV/NIA", &["operator"]);
        let expired = api.issuer.mint("r-1", "GOV/NIA", &["operator"], -1).unwrap();
        let clerk = api.token("GOV/NIA", &["clerk"]);
        let foreign = api.token("GOV/ELSEWHERE", &["member-admin", "auditor", "exchange-user"]);
        let open_to_operators_only = ["/exchange/v1/join-tokens"];
        for (method, path, body) in routes() {
            let ask = async |token: &str| api.ask(method.clone(), &path, token, body.clone()).await;
            assert_eq!(ask("").await.0, 401, "{method} {path} anonymous");
            assert_eq!(ask(&expired).await.0, 401, "{method} {path} expired");
            assert_eq!(ask("not.a.token").await.0, 401, "{method} {path} garbage");
            assert_eq!(
                ask(&clerk).await.1["type"],
                "urn:msingi:problem:wrong-role",
                "{method} {path}"
            );
            let wanted = if open_to_operators_only.contains(&path.as_str()) {
                "wrong-role"
            } else {
                "wrong-member"
            };
            assert_eq!(
                ask(&foreign).await.1["type"],
                format!("urn:msingi:problem:{wanted}"),
                "{method} {path}"
            );
            let (status, answer) = ask(&operator).await;
            assert!(status.is_success(), "{method} {path} operator: {status} {answer}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_auditor_sees_what_their_own_member_asked_or_answered() {
    on_each_engine(async |store| {
        let api = Api::open(store).await;
        api.site.officer("TB/GOV/MSP", "amina", &["exchange-user"]).await;
        let token = api.issuer.mint("amina", "GOV/MSP", &["exchange-user"], 600).unwrap();
        let headers = [
            ("msingi-client", BENEFITS),
            ("msingi-purpose", "benefit-eligibility"),
            ("msingi-legal-basis", "law:Social Protection Act s.4"),
        ];
        assert_eq!(api.send(call(RECORDS, &token, &headers)).await.0, 200);
        let seen = async |member: &str, role: &str| {
            let token = api.token(member, &[role]);
            let (status, answer) =
                api.ask(Method::GET, "/exchange/v1/hops", &token, json!(null)).await;
            assert_eq!(status, 200, "{answer}");
            answer["hops"].as_array().unwrap().len()
        };
        assert_eq!(seen("GOV/MSP", "auditor").await, 1, "who asked");
        assert_eq!(seen("GOV/NIA", "auditor").await, 1, "who answered");
        assert_eq!(seen("COM/LAKESIDE", "auditor").await, 0, "who has nothing to do with it");
        assert_eq!(seen("COM/LAKESIDE", "operator").await, 1, "who runs it all");
    })
    .await;
}

#[tokio::test]
async fn an_administrator_acts_for_their_own_member_only() {
    on_each_engine(async |store| {
        let api = Api::open(store).await;
        let nia = api.token("GOV/NIA", &["member-admin"]);
        let msp = api.token("GOV/MSP", &["member-admin"]);
        let grant = json!({ "service": RECORDS, "client": "TB/GOV/MSP/new" });
        assert_eq!(api.ask(Method::PUT, "/exchange/v1/access-rights", &msp, grant.clone()).await.0, 403);
        assert_eq!(api.ask(Method::PUT, "/exchange/v1/access-rights", &nia, grant).await.0, 204);
        let agreement = json!({ "service": RECORDS, "client": BENEFITS, "purpose": "p", "basis": "vital-interest" });
        let (status, created) = api.ask(Method::POST, "/exchange/v1/agreements", &nia, agreement).await;
        assert_eq!(status, 201);
        let suspend = format!("/exchange/v1/agreements/{}/suspend", created["id"].as_str().unwrap());
        assert_eq!(api.ask(Method::POST, &suspend, &msp, json!(null)).await.0, 403);
        assert_eq!(api.ask(Method::POST, &suspend, &nia, json!(null)).await.1["suspended"], true);

        let officer = |member: &str, roles: &[&str]| {
            let key = SigningKey::generate_es256().unwrap().public_jwk();
            json!({ "member": member, "id": "x", "key": key, "roles": roles })
        };
        let put = |token: &str, body: Value| {
            let token = token.to_owned();
            let api = &api;
            async move { api.ask(Method::PUT, "/exchange/v1/officers", &token, body).await.0.as_u16() }
        };
        assert_eq!(put(&msp, officer("TB/GOV/MSP", &["exchange-user"])).await, 204);
        assert_eq!(put(&msp, officer("TB/GOV/NIA", &["exchange-user"])).await, 403);
        assert_eq!(put(&msp, officer("TB/GOV/MSP", &["operator"])).await, 403, "nobody makes themselves operator");
        api.site.officer("TB/GOV/MSP", "x", &["operator"]).await;
        assert_eq!(put(&msp, officer("TB/GOV/MSP", &["exchange-user"])).await, 403, "nor takes over an operator's id");
    })
    .await;
}

#[tokio::test]
async fn bad_input_names_its_field() {
    on_each_engine(async |store| {
        let api = Api::open(store).await;
        let operator = api.token("GOV/NIA", &["operator"]);
        let private = json!({ "kty": "EC", "crv": "P-256" });
        let cases = [
            (Method::PUT, "/exchange/v1/members", json!({ "id": "TB/GOV/NIA", "names": {} }), "names"),
            (Method::PUT, "/exchange/v1/members", json!({ "id": "TB/GOV", "names": { "en": "x" } }), "id"),
            (Method::PUT, "/exchange/v1/members", json!({ "id": "ZZ/GOV/NIA", "names": { "en": "x" } }), "id"),
            (
                Method::PUT,
                "/exchange/v1/subsystems",
                json!({ "id": "TB/GOV/NIA/new", "sector": "Big Sector", "names": { "en": "x" } }),
                "sector",
            ),
            (
                Method::POST,
                "/exchange/v1/agreements",
                json!({ "service": RECORDS, "client": BENEFITS, "purpose": "P!", "basis": "law", "reference": "x" }),
                "purpose",
            ),
            (
                Method::POST,
                "/exchange/v1/agreements",
                json!({ "service": RECORDS, "client": BENEFITS, "purpose": "p", "basis": "law" }),
                "reference",
            ),
            (
                Method::POST,
                "/exchange/v1/agreements",
                json!({ "service": RECORDS, "client": BENEFITS, "purpose": "p", "basis": "self-access",
                    "valid_from": "2026-05-01T00:00:00Z", "valid_until": "2026-04-01T00:00:00Z" }),
                "valid_until",
            ),
            (
                Method::PUT,
                "/exchange/v1/officers",
                json!({ "member": "TB/GOV/NIA", "id": "x", "key": private, "roles": ["clerk"] }),
                "key",
            ),
            (Method::POST, "/exchange/v1/join-tokens", json!({ "installation": "a b", "members": [] }), "installation"),
            (Method::GET, "/exchange/v1/hops?limit=0", json!(null), "limit"),
        ];
        for (method, path, body, field) in cases {
            let (status, problem) = api.ask(method.clone(), path, &operator, body).await;
            assert_eq!(status, 400, "{method} {path}: {problem}");
            assert_eq!(problem["errors"][0]["field"], field, "{problem}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_sector_is_kept_for_good() {
    on_each_engine(async |store| {
        let api = Api::open(store).await;
        let operator = api.token("GOV/NIA", &["operator"]);
        let body = json!({ "id": BENEFITS, "sector": "health", "names": { "en": "x" } });
        let (status, problem) =
            api.ask(Method::PUT, "/exchange/v1/subsystems", &operator, body).await;
        assert_eq!(
            (status.as_u16(), &problem["type"]),
            (409, &json!("urn:msingi:problem:conflict"))
        );
    })
    .await;
}

#[tokio::test]
async fn the_directory_shows_what_was_put_into_it() {
    on_each_engine(async |store| {
        let api = Api::open(store).await;
        api.site.agree(RECORDS, BENEFITS, "pension", LegalBasis::law("Pensions Act")).await;
        let token = api.token("GOV/MSP", &["exchange-user"]);
        let (status, directory) =
            api.ask(Method::GET, "/exchange/v1/directory", &token, json!(null)).await;
        assert_eq!(status, 200);
        let text = directory.to_string();
        assert!(text.contains("Pensions Act") && text.contains("TB/COM/LAKESIDE/patients"));
        assert!(!text.contains("\"d\":"), "no private key");
        assert_eq!(directory["installations"][0]["name"], "main");
    })
    .await;
}
