//! The enrolment desk and the administrator.

use crate::app::{App, BENEFITS};
use crate::party::Party;
use credential::SigningKey;
use http::StatusCode;
use serde_json::{Value as Json, json};
use testkit::on_each_engine;

#[tokio::test]
async fn each_officer_route_is_for_its_role_of_its_member_alone() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let routes = [
            ("POST", "/identity/authenticators/totp", "identity-desk"),
            ("POST", "/identity/vids/replace", "identity-desk"),
            ("POST", "/identity/vids", "identity-desk"),
            ("POST", "/identity/clients", "identity-admin"),
            ("POST", "/identity/providers", "identity-admin"),
            ("GET", "/identity/reconciliation", "identity-admin"),
            ("POST", "/identity/reconciliation", "identity-admin"),
        ];
        for (method, path, role) in routes {
            let body = || Some(json!({}));
            let (status, _) = app.anybody(method, path, body()).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
            let other = if role == "identity-desk" { "identity-admin" } else { "identity-desk" };
            let (status, problem) = app.officer(&[other], method, path, body()).await;
            assert_eq!(
                (status, &problem["type"]),
                (StatusCode::FORBIDDEN, &json!("urn:msingi:problem:wrong-role")),
                "{method} {path}"
            );
            let (status, problem) = app.officer_of("GOV/CRO", &[role], method, path, body()).await;
            assert_eq!(
                (status, &problem["type"]),
                (StatusCode::FORBIDDEN, &json!("urn:msingi:problem:wrong-member")),
                "{method} {path}"
            );
            let (status, _) = app.officer(&[role], method, path, body()).await;
            let passed = status == StatusCode::OK || status == StatusCode::BAD_REQUEST;
            assert!(passed, "{method} {path}: {status}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_replaced_vid_means_nobody_and_the_new_one_the_same_person() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let registration = app.person("Neema", "2026").await;
        let old = app.enrol("civil", &registration.to_string()).await.vid;
        let before = app.pseudonym(BENEFITS, &old).await;
        let ask = json!({ "system": "VID", "value": old });
        let (status, body) =
            app.officer(&["identity-desk"], "POST", "/identity/vids/replace", Some(ask)).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
        let new = body["vid"].as_str().unwrap();
        assert_eq!(app.resolve(BENEFITS, "VID", &old).await.0, StatusCode::NOT_FOUND);
        assert_eq!(app.pseudonym(BENEFITS, new).await, before);
    })
    .await;
}

#[tokio::test]
async fn enrolling_again_revokes_what_was_there() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let registration = app.person("Neema", "2026").await;
        let first = app.enrol("civil", &registration.to_string()).await;
        let second = app.enrol("VID", &first.vid).await;
        assert_eq!(first.vid, second.vid);
        assert_ne!(first.totp.secret(), second.totp.secret());
        assert_eq!(app.count("SELECT id FROM authenticator WHERE revoked IS NULL").await, 1);
        assert_eq!(app.count("SELECT id FROM authenticator WHERE revoked IS NOT NULL").await, 1);
        let unknown = json!({ "system": "VID", "value": "2363" });
        let (status, _) = app
            .officer(&["identity-desk"], "POST", "/identity/authenticators/totp", Some(unknown))
            .await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let strange = json!({ "system": "VID", "value": "2363", "pin": "1" });
        let (status, body) = app
            .officer(&["identity-desk"], "POST", "/identity/authenticators/totp", Some(strange))
            .await;
        assert_eq!((status, &body["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("pin")));
    })
    .await;
}

#[tokio::test]
async fn a_bad_registration_names_its_field_and_leaves_nothing() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let party = Party::registered(&app, "portal", "jwt").await;
        let other = SigningKey::generate_es256().unwrap().public_jwk();
        let changes: [(&str, Json); 7] = [
            ("client_id", json!("a/b")),
            ("redirect_uris", json!(["http://shop.example/cb"])),
            ("jwks", json!({ "keys": [other, {}] })),
            ("scopes", json!(["email"])),
            ("sector", json!("")),
            ("id_token_signed_response_alg", json!("none")),
            ("userinfo_signed_response_alg", json!("PS256")),
        ];
        for (field, value) in changes {
            let mut form = party.form("jwt");
            form["client_id"] = json!("shop");
            form[field] = value;
            let (status, body) =
                app.officer(&["identity-admin"], "POST", "/identity/clients", Some(form)).await;
            assert_eq!(
                (status, &body["errors"][0]["field"]),
                (StatusCode::BAD_REQUEST, &json!(field)),
                "{body}"
            );
            if field.ends_with("_alg") {
                let remedy = body["errors"][0]["remedy"].as_str().unwrap();
                assert!(remedy.contains("`ES256`") && remedy.contains("`RS256`"), "{remedy}");
            }
        }
        assert_eq!(app.count("SELECT id FROM relying_party").await, 1);
        let (status, body) = app
            .officer(&["identity-admin"], "POST", "/identity/clients", Some(party.form("json")))
            .await;
        assert_eq!((status, &body["keys"]), (StatusCode::OK, &json!([party.key.kid()])));
        let rows = app.rows("SELECT event FROM audit ORDER BY id").await;
        let events: Vec<String> = rows.iter().map(|row| row.get("event").unwrap()).collect();
        assert_eq!(events, ["identity.client.registered", "identity.client.updated"]);
    })
    .await;
}

/// A new route has to be put here, and so into somebody's mind: who may call it?
#[tokio::test]
async fn every_route_is_on_the_list() {
    let store = testkit::Store::sqlite();
    let app = App::new(&store).await;
    let for_officers = [
        "GET /identity/reconciliation",
        "POST /identity/authenticators/totp",
        "POST /identity/clients",
        "POST /identity/providers",
        "POST /identity/reconciliation",
        "POST /identity/vids",
        "POST /identity/vids/replace",
    ];
    let through_the_exchange = [
        "GET /identity/my-sign-ins",
        "GET /identity/persons/facts",
        "GET /identity/read-log",
        "POST /identity/events",
        "POST /identity/persons/resolve",
        "POST /identity/persons/resolve-many",
        "POST /identity/read-log/attempts",
        "POST /identity/translate",
    ];
    let for_everyone = [
        "GET /.well-known/jwks.json",
        "GET /.well-known/openid-configuration",
        "GET /authorize",
        "GET /identity/enter",
        "GET /identity/enter/passkey",
        "GET /identity/foreign-callback",
        "GET /identity/foreign/{provider}",
        "GET /identity/foreign/{provider}/own",
        "GET /identity/providers/jwks.json",
        "GET /identity/unlink",
        "GET /identity/passkey.js",
        "GET /identity/passkeys",
        "GET /identity/passkeys/remove",
        "GET /identity/sign-in/passkey",
        "GET /identity/sign-ins",
        "GET /identity/sign-in",
        "GET /identity/sign-in/claims",
        "GET /identity/sign-out",
        "GET /userinfo",
        "POST /authorize",
        "POST /identity/enter",
        "POST /identity/enter/passkey",
        "POST /identity/passkeys",
        "POST /identity/passkeys/remove",
        "POST /identity/unlink",
        "POST /identity/sign-in/passkey",
        "POST /identity/sign-in",
        "POST /identity/sign-in/claims",
        "POST /identity/sign-out",
        "POST /oauth/token",
        "POST /userinfo",
    ];
    let mut listed = [&for_officers[..], &through_the_exchange, &for_everyone].concat();
    listed.sort_unstable();
    assert_eq!(app.routes, listed);
    for route in through_the_exchange {
        let (method, path) = route.split_once(' ').unwrap();
        let (status, _) = app.anybody(method, path, Some(json!({}))).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{route}");
    }
}
