//! Codes become tokens once, and tokens tell what was allowed.

use crate::app::App;
use crate::browser::Browser;
use crate::party::{Answer, Party, send};
use crate::sign_in::scene;
use axum::body::Body;
use axum::extract::Request;
use credential::SigAlg;
use http::StatusCode;
use serde_json::{Value as Json, json};
use testkit::on_each_engine;

const ISSUER: &str = "http://127.0.0.1";

#[track_caller]
fn refused(answer: &Answer, error: &str) {
    assert_eq!(answer.json()["error"], error, "{}", answer.text);
    let status =
        if error == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    assert_eq!(answer.status, status);
    assert_eq!(answer.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn the_id_token_names_the_person_in_the_partys_sector() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let (app, party) = (&scene.app, &scene.party);
        let code = scene.code_for_party(&[]).await;
        let signed_in = app.ctx.clock.now().unix_seconds();
        app.time.advance_seconds(7);
        let tokens = party.tokens(app, &code).await;
        assert_eq!(
            (&tokens["token_type"], &tokens["expires_in"], &tokens["scope"]),
            (&json!("Bearer"), &json!(600), &json!("openid"))
        );
        let access = tokens["access_token"].as_str().unwrap();
        let claims =
            party.verified(app, tokens["id_token"].as_str().unwrap(), "JWT", "portal").await;
        let subject = app.pseudonym("TB/GOV/NIA/portal", &scene.asha.vid).await;
        assert_eq!(claims.sub, Some(subject.0.to_string()));
        let told = |name: &str| claims.other[name].clone();
        assert_eq!(
            (told("nonce"), told("acr")),
            (json!("nonce-1"), json!("idbb:acr:generated-code"))
        );
        assert_eq!((told("amr"), told("auth_time")), (json!(["otp"]), json!(signed_in)));
        assert_eq!(told("at_hash"), json!(SigAlg::Es256.left_half_hash(access)));
        assert_eq!(claims.exp.unwrap() - claims.iat.unwrap(), 300);
        let claims = party.verified(app, access, "at+jwt", ISSUER).await;
        assert_eq!(
            (claims.sub, &claims.other["client_id"], &claims.other["scope"]),
            (Some(subject.0.to_string()), &json!("portal"), &json!("openid"))
        );
        let info = party.userinfo(app, access).await;
        let claims = party.verified(app, &info.text, "JWT", "portal").await;
        assert_eq!((claims.sub, claims.other.len()), (Some(subject.0.to_string()), 0));
        assert!(
            app.read_log("TB/GOV/NIA/portal", subject)
                .await
                .iter()
                .all(|entry| entry["purpose"] != "sign-in"),
            "no fact was read"
        );
    })
    .await;
}

#[tokio::test]
async fn a_party_that_asked_for_rs256_gets_it_and_access_tokens_stay_es256() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let (app, party) = (&scene.app, &scene.party);
        assert_eq!(published_types(app).await, ["EC"], "no RSA key before one is wanted");
        // Each choice by itself; what is not chosen is ES256.
        for (id_alg, info_alg) in
            [("RS256", "RS256"), ("RS256", "ES256"), ("ES256", "RS256"), ("ES256", "ES256")]
        {
            let mut form = party.form("jwt");
            for (field, alg) in [
                ("id_token_signed_response_alg", id_alg),
                ("userinfo_signed_response_alg", info_alg),
            ] {
                if alg != "ES256" {
                    form[field] = json!(alg);
                }
            }
            party.register(app, form).await;
            assert_eq!(published_types(app).await, ["EC", "RSA"]);
            let code = scene.code_for_party(&[]).await;
            let tokens = party.tokens(app, &code).await;
            let access = tokens["access_token"].as_str().unwrap();
            let claims = party.verified(app, access, "at+jwt", ISSUER).await;
            let (alg, token) =
                (SigAlg::from_name(id_alg).unwrap(), tokens["id_token"].as_str().unwrap());
            let told = party.verified_by(alg, app, token, "JWT", "portal").await;
            assert_eq!(told.other["at_hash"], json!(alg.left_half_hash(access)));
            assert_eq!(told.sub, claims.sub);
            let info = party.userinfo(app, access).await;
            let alg = SigAlg::from_name(info_alg).unwrap();
            let info = party.verified_by(alg, app, &info.text, "JWT", "portal").await;
            assert_eq!(info.sub, claims.sub);
            let answer = party.userinfo(app, token).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "an ID token opens nothing");
        }
    })
    .await;
}

/// `kty` of each published key.
async fn published_types(app: &App) -> Vec<String> {
    let request = Request::get("/.well-known/jwks.json").body(Body::empty()).unwrap();
    let set = send(app, request).await.json();
    let types = set["keys"].as_array().unwrap().iter().map(|key| key["kty"].as_str().unwrap());
    types.map(str::to_owned).collect()
}

#[tokio::test]
async fn two_parties_know_a_person_by_different_names() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let shop = Party::registered(&scene.app, "shop", "jwt").await;
        let mut browser = Browser::new(&scene.app);
        let first = scene.sign_in(&mut browser, &[]).await.answer("code").unwrap();
        let second = browser.get(&shop.request(&[])).await.answer("code").unwrap();
        let mut subjects = Vec::new();
        for (party, code) in [(&scene.party, first), (&shop, second)] {
            let tokens = party.tokens(&scene.app, &code).await;
            let token = tokens["id_token"].as_str().unwrap();
            subjects.push(party.verified(&scene.app, token, "JWT", &party.id).await.sub.unwrap());
        }
        assert_ne!(subjects[0], subjects[1]);
    })
    .await;
}

#[tokio::test]
async fn userinfo_tells_what_was_allowed_and_the_person_sees_who_asked() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let (app, party) = (&scene.app, &scene.party);
        let code = scene.code_for_party(&[("scope", "openid profile")]).await;
        let tokens = party.tokens(app, &code).await;
        let answer = party.userinfo(app, tokens["access_token"].as_str().unwrap()).await;
        assert_eq!((answer.status, answer.headers["content-type"].to_str().unwrap()), (StatusCode::OK, "application/jwt"));
        let claims = party.verified(app, &answer.text, "JWT", "portal").await;
        let expected = json!({ "name": "Asha Tumbo", "given_name": "Asha", "family_name": "Tumbo", "birthdate": "1994-06-02" });
        assert_eq!(Json::Object(claims.other), expected);
        let subject = app.pseudonym("TB/GOV/NIA/portal", &scene.asha.vid).await;
        let log = app.read_log("TB/GOV/NIA/portal", subject).await;
        let reads: Vec<&Json> = log.iter().filter(|entry| entry["purpose"] == "sign-in").collect();
        assert_eq!(reads.len(), 1);
        assert_eq!((&reads[0]["reader"], &reads[0]["basis"]), (&json!("TB/GOV/NIA/portal"), &json!("consent")));
        assert_eq!(reads[0]["fields"], json!(["name", "given_name", "family_name", "birthdate"]));
    })
    .await;
}

#[tokio::test]
async fn a_party_that_wants_plain_json_gets_it() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let app = &scene.app;
        let plain = Party::registered(app, "plain", "json").await;
        let mut browser = Browser::new(app);
        scene.sign_in(&mut browser, &[]).await;
        let page = browser.get(&plain.request(&[("scope", "openid profile")])).await;
        let claims = browser.get(page.location()).await;
        let page = browser.submit(&claims, &[("answer", "allow")]).await;
        let tokens = plain.tokens(app, &page.answer("code").unwrap()).await;
        let token = tokens["access_token"].as_str().unwrap();
        let answer = plain.userinfo(app, token).await;
        assert_eq!(answer.headers["content-type"], "application/json");
        assert_eq!(answer.json()["family_name"], "Tumbo");
        let post = Request::post("/userinfo").header("authorization", format!("Bearer {token}"));
        let answer = send(app, post.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.json()["birthdate"], "1994-06-02");
    })
    .await;
}

#[tokio::test]
async fn a_code_that_comes_twice_voids_what_was_made_from_it() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let (app, party) = (&scene.app, &scene.party);
        let code = scene.code_for_party(&[("scope", "openid profile")]).await;
        let tokens = party.tokens(app, &code).await;
        let access = tokens["access_token"].as_str().unwrap();
        assert_eq!(party.userinfo(app, access).await.status, StatusCode::OK);
        refused(&party.exchange(app, &code, &[]).await, "invalid_grant");
        let answer = party.userinfo(app, access).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.headers["www-authenticate"], "Bearer error=\"invalid_token\"");
        refused(&party.exchange(app, &code, &[]).await, "invalid_grant");
        assert_eq!(
            app.count("SELECT id FROM audit WHERE event = 'identity.code.replayed'").await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn of_many_exchanges_at_once_one_succeeds_and_none_lasts() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let (app, party) = (&scene.app, &scene.party);
        let code = scene.code_for_party(&[]).await;
        let once = async || party.exchange(app, &code, &[]).await;
        let (a, b, c) = tokio::join!(once(), once(), once());
        let good: Vec<&Answer> =
            [&a, &b, &c].into_iter().filter(|x| x.status == StatusCode::OK).collect();
        assert_eq!(good.len(), 1);
        let access = good[0].json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(party.userinfo(app, &access).await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn each_flaw_of_an_exchange_is_refused_and_costs_no_code() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let (app, party) = (&scene.app, &scene.party);
        let shop = Party::registered(app, "shop", "jwt").await;
        let code = scene.code_for_party(&[]).await;
        refused(&shop.exchange(app, &code, &[]).await, "invalid_grant");
        refused(&party.exchange(app, "unknown", &[]).await, "invalid_grant");
        refused(
            &party.exchange(app, &code, &[("code_verifier", &"a".repeat(43))]).await,
            "invalid_grant",
        );
        refused(
            &party.exchange(app, &code, &[("redirect_uri", "https://portal.example/")]).await,
            "invalid_grant",
        );
        refused(&party.exchange(app, &code, &[("code_verifier", "")]).await, "invalid_request");
        refused(
            &party.exchange(app, &code, &[("grant_type", "password")]).await,
            "unsupported_grant_type",
        );
        refused(&party.exchange(app, &code, &[("client_id", "shop")]).await, "invalid_client");
        refused(&party.exchange(app, &code, &[("client_secret", "s")]).await, "invalid_client");
        refused(
            &party.exchange(app, &code, &[("client_assertion", "a.b.c")]).await,
            "invalid_client",
        );
        let used = party.assertion(app);
        let foreign = shop.assertion(app).replace("shop", "portal");
        refused(
            &party.exchange(app, &code, &[("client_assertion", &foreign)]).await,
            "invalid_grant",
        );
        refused(
            &party.exchange(app, "unknown", &[("client_assertion", &used)]).await,
            "invalid_grant",
        );
        refused(
            &party.exchange(app, &code, &[("client_assertion", &used)]).await,
            "invalid_client",
        );
        let json = Request::post("/oauth/token").header("content-type", "application/json");
        refused(&send(app, json.body(Body::from("{}")).unwrap()).await, "invalid_request");
        assert_eq!(
            party.exchange(app, &code, &[("client_id", "portal")]).await.status,
            StatusCode::OK
        );
    })
    .await;
}

#[tokio::test]
async fn codes_and_tokens_run_out() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let (app, party) = (&scene.app, &scene.party);
        let code = scene.code_for_party(&[]).await;
        app.time.advance_seconds(60);
        refused(&party.exchange(app, &code, &[]).await, "invalid_grant");
        let code = scene.code_for_party(&[]).await;
        app.time.advance_seconds(59);
        let access = party.tokens(app, &code).await["access_token"].as_str().unwrap().to_owned();
        app.time.advance_seconds(599);
        assert_eq!(party.userinfo(app, &access).await.status, StatusCode::OK);
        app.time.advance_seconds(1);
        assert_eq!(party.userinfo(app, &access).await.status, StatusCode::UNAUTHORIZED);
        app.time.advance_seconds(2 * 24 * 60 * 60);
        assert!(app.identity().purge().await.unwrap() > 0);
        for table in [
            "SELECT id FROM code_grant",
            "SELECT jti FROM used_assertion",
            "SELECT token FROM login_session",
        ] {
            assert_eq!(app.count(table).await, 0, "{table}");
        }
    })
    .await;
}

#[tokio::test]
async fn userinfo_is_for_our_access_tokens_alone() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let (app, party) = (&scene.app, &scene.party);
        let code = scene.code_for_party(&[]).await;
        let tokens = party.tokens(app, &code).await;
        let id_token = tokens["id_token"].as_str().unwrap();
        for token in ["", "a.b.c", id_token, &party.assertion(app)] {
            let answer = party.userinfo(app, token).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{token}");
        }
        let bare = send(app, Request::get("/userinfo").body(Body::empty()).unwrap()).await;
        assert_eq!(
            (bare.status, bare.headers["www-authenticate"].to_str().unwrap()),
            (StatusCode::UNAUTHORIZED, "Bearer")
        );
    })
    .await;
}

#[tokio::test]
async fn the_provider_says_what_it_can_and_publishes_public_keys() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let get = async |path: &str| {
            let answer = send(&app, Request::get(path).body(Body::empty()).unwrap()).await;
            assert_eq!(
                (answer.status, answer.headers["cache-control"].to_str().unwrap()),
                (StatusCode::OK, "public, max-age=3600")
            );
            answer.json()
        };
        let metadata = get("/.well-known/openid-configuration").await;
        assert_eq!(
            (&metadata["issuer"], &metadata["jwks_uri"]),
            (&json!(ISSUER), &json!(format!("{ISSUER}/.well-known/jwks.json")))
        );
        let keys = get("/.well-known/jwks.json").await;
        let key = &keys["keys"][0];
        assert_eq!(
            (&key["kty"], &key["use"], &key["alg"]),
            (&json!("EC"), &json!("sig"), &json!("ES256"))
        );
        assert!(key["kid"].is_string() && key.get("d").is_none(), "{key}");
        for member in ["id_token", "userinfo"] {
            let algs = &metadata[format!("{member}_signing_alg_values_supported")];
            assert_eq!(*algs, json!(["ES256", "RS256"]), "{member}");
        }
        // As the job does after each start.
        app.identity().make_rsa_key().await.unwrap();
        let keys = get("/.well-known/jwks.json").await;
        app.identity().make_rsa_key().await.unwrap();
        assert_eq!(get("/.well-known/jwks.json").await, keys, "made once");
        let key = &keys["keys"][1];
        assert_eq!(
            (&key["kty"], &key["use"], &key["alg"]),
            (&json!("RSA"), &json!("sig"), &json!("RS256"))
        );
        assert!(key["kid"].is_string() && key.get("d").is_none(), "{key}");
    })
    .await;
}
