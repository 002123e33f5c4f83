//! Who gets in: no token, a bad token, the wrong role, the wrong member, the right officer, the operator.

use crate::{Answer, send};
use axum::body::Body;
use axum::{Extension, Router, routing};
use basis::{Clock, MockClock, Rng, Timestamp};
use http::{Request, StatusCode};
use kernel::auth::{
    AuthState, OPERATOR, Officer, OwnerMember, Permission, PermissionRow, Permissions, TokenIssuer,
    TokenVerifier,
};
use kernel::keys::KeyStore;

struct Register;

impl Permission for Register {
    const NAME: &'static str = "civil.birth.register";
}

struct Configure;

impl Permission for Configure {
    const NAME: &'static str = "civil.office.configure";
}

struct Forgotten;

impl Permission for Forgotten {
    const NAME: &'static str = "civil.forgotten";
}

const ROWS: [PermissionRow; 2] = [
    PermissionRow { name: Register::NAME, roles: &["registrar", "chief"] },
    PermissionRow { name: Configure::NAME, roles: &[OPERATOR] },
];

struct House {
    router: Router,
    issuer: TokenIssuer,
    time: MockClock,
}

fn house() -> House {
    let (clock, time) = Clock::mock(Timestamp::from_micros(1_773_475_200_000_000));
    let keys = KeyStore::in_memory(clock.clone(), Rng::seeded(1));
    let key = keys.signing_key("token").expect("a key");
    let verifier = TokenVerifier::new("urn:a", &keys.public_keys("token"), clock.clone());
    let auth = AuthState::new(verifier.expect("keys"), Permissions::new(ROWS).expect("rows"));
    let register = async |who: Officer<Register>| format!("{} {:?}", who.actor(), who.case);
    let router = Router::new()
        .route("/register", routing::post(register))
        .route("/configure", routing::post(async |who: Officer<Configure>| who.actor()))
        .route("/forgotten", routing::post(async |who: Officer<Forgotten>| who.actor()))
        .layer(Extension(OwnerMember::new("GOV/CRO")))
        .route("/unowned", routing::post(async |who: Officer<Register>| who.actor()))
        .route("/unowned-configure", routing::post(async |who: Officer<Configure>| who.actor()))
        .layer(auth.layer());
    House { router, issuer: TokenIssuer::new("urn:a", key, clock, Rng::seeded(2)), time }
}

impl House {
    async fn ask(&self, path: &str, authorization: &str, case: Option<&str>) -> Answer {
        let mut request = Request::post(path);
        if !authorization.is_empty() {
            request = request.header("authorization", authorization);
        }
        if let Some(case) = case {
            request = request.header("x-case-reference", case);
        }
        send(&self.router, request.body(Body::empty()).expect("a request")).await
    }

    fn token(&self, member: &str, roles: &[&str]) -> String {
        format!("Bearer {}", self.issuer.mint("r-17", member, roles, 60).expect("a token"))
    }

    async fn refused(&self, path: &str, authorization: &str) -> (u16, String, String) {
        let answer = self.ask(path, authorization, None).await;
        let challenge = answer.headers.get("www-authenticate").map(|v| v.to_str().expect("text"));
        let challenge = challenge.unwrap_or_default().to_owned();
        (answer.status.as_u16(), answer.problem().slug().to_owned(), challenge)
    }
}

#[tokio::test]
async fn the_right_officer_gets_in() {
    let house = house();
    let token = house.token("GOV/CRO", &["clerk", "chief"]);
    let answer = house.ask("/register", &token, Some("C-2026-1")).await;
    assert_eq!(answer.body, "officer:GOV/CRO/r-17 Some(\"C-2026-1\")");
    let lower = token.replace("Bearer", "bearer");
    assert_eq!(house.ask("/register", &lower, None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn without_a_good_token_it_is_401_with_a_challenge() {
    let house = house();
    for missing in ["", "Basic cjE3OngK", "Bearer"] {
        let (status, slug, challenge) = house.refused("/register", missing).await;
        assert_eq!((status, slug.as_str()), (401, "unauthorized"), "{missing}");
        assert_eq!(challenge, "Bearer realm=\"msingi\"");
    }
    let (status, slug, challenge) = house.refused("/register", "Bearer a.b.c").await;
    assert_eq!((status, slug.as_str()), (401, "invalid-token"));
    assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
    let token = house.token("GOV/CRO", &["registrar"]);
    house.time.advance_seconds(60);
    let (status, slug, challenge) = house.refused("/register", &token).await;
    assert_eq!((status, slug.as_str()), (401, "invalid-token"));
    assert!(challenge.contains("has expired"), "{challenge}");
}

#[tokio::test]
async fn the_wrong_role_and_the_wrong_member_are_403() {
    let house = house();
    let (status, slug, challenge) =
        house.refused("/register", &house.token("GOV/CRO", &["clerk"])).await;
    assert_eq!((status, slug.as_str()), (403, "wrong-role"));
    assert!(challenge.contains("insufficient_scope"), "{challenge}");
    let (status, slug, _) = house.refused("/register", &house.token("GOV/CRO", &[])).await;
    assert_eq!((status, slug.as_str()), (403, "wrong-role"));
    let (status, slug, _) = house.refused("/register", &house.token("GOV/NIA", &["chief"])).await;
    assert_eq!((status, slug.as_str()), (403, "wrong-member"));
}

#[tokio::test]
async fn the_operator_is_bound_to_no_member_and_to_the_table() {
    let house = house();
    let operator = house.token("GOV/NIA", &[OPERATOR]);
    assert_eq!(house.ask("/configure", &operator, None).await.status, StatusCode::OK);
    let (_, slug, _) = house.refused("/register", &operator).await;
    assert_eq!(slug, "wrong-role");
    // A role named operator does not lend its freedom to another role.
    let (_, slug, _) =
        house.refused("/register", &house.token("GOV/NIA", &[OPERATOR, "registrar"])).await;
    assert_eq!(slug, "wrong-member");
}

#[tokio::test]
async fn what_is_not_set_up_is_closed() {
    let house = house();
    let token = house.token("GOV/CRO", &["registrar"]);
    let (_, slug, _) = house.refused("/unowned", &token).await;
    assert_eq!(slug, "wrong-member");
    let operator = house.token("GOV/NIA", &[OPERATOR]);
    assert_eq!(house.ask("/unowned-configure", &operator, None).await.status, StatusCode::OK);
    let (status, slug, _) = house.refused("/forgotten", &token).await;
    assert_eq!((status, slug.as_str()), (500, "internal"));
    let bare = Router::new().route("/x", routing::get(async |who: Officer<Register>| who.actor()));
    let request = Request::get("/x").header("authorization", token);
    let answer = send(&bare, request.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn a_bad_case_reference_names_the_header() {
    let house = house();
    let token = house.token("GOV/CRO", &["registrar"]);
    let long = "x".repeat(65);
    for case in ["", &long] {
        let answer = house.ask("/register", &token, Some(case)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.problem().errors[0].field, "x-case-reference");
    }
}
