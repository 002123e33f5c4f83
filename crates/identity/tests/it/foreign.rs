//! Signing in by the word of another OpenID provider: a second identity block, over HTTP.

use crate::app::{App, BENEFITS, Enrolled, context};
use crate::browser::{Browser, Page, between, unescape};
use crate::sign_in::{Scene, scene};
use basis::PersonName;
use credential::jwt::Claims;
use http::StatusCode;
use serde_json::{Value as Json, json};
use testkit::{Store, on_each_engine};

/// The provider of another country, with a person in it.
struct Abroad {
    app: App,
    baraka: Enrolled,
    /// Its databases, which go with it.
    _store: Store,
}

/// Both countries; each is registered with the other.
async fn two_countries(store: &Store) -> (Scene, Abroad) {
    let scene = scene(store).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let there = Store::sqlite();
    let app = App::at(&there, Some(&issuer)).await;
    let router = app.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let baraka = app.enrolled(PersonName::new("Baraka").unwrap(), "1990").await;
    let abroad = Abroad { app, baraka, _store: there };
    let ours = offer(&scene, &issuer, true).await;
    let (_, keys) = scene.app.anybody("GET", "/identity/providers/jwks.json", None).await;
    let form = json!({
        "client_id": "tumbawe", "name": "Tumbawe ID", "subsystem": "TB/GOV/NIA/tumbawe",
        "sector": "tumbawe", "redirect_uris": [ours["redirect_uri"]], "jwks": keys,
        "scopes": ["openid"],
    });
    let registered =
        abroad.app.officer(&["identity-admin"], "POST", "/identity/clients", Some(form)).await;
    assert_eq!(registered.0, StatusCode::OK, "{}", registered.1);
    (scene, abroad)
}

async fn offer(scene: &Scene, issuer: &str, enabled: bool) -> Json {
    let form = json!({ "id": "jirani", "issuer": issuer, "client_id": "tumbawe",
        "names": { "en": "Jirani ID", "fr": "Identité de Jirani" }, "enabled": enabled });
    let (status, body) =
        scene.app.officer(&["identity-admin"], "POST", "/identity/providers", Some(form)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

/// Where the sign-in page offers to go.
fn offered(page: &Page) -> String {
    unescape(&format!(
        "/identity/foreign/jirani{}",
        between(&page.html, "/identity/foreign/jirani", "\"")
    ))
}

/// The path of an address, with its query.
fn path_of(address: &str) -> &str {
    let rest = address.split_once("://").unwrap().1;
    &rest[rest.find('/').unwrap()..]
}

/// Goes abroad from the sign-in page of the party and signs in there; where that leads back to.
async fn go_abroad(scene: &Scene, abroad: &Abroad, browser: &mut Browser) -> String {
    let page = browser.get(&scene.party.request(&[])).await;
    let leaving = browser.get(&offered(&page)).await;
    sign_in_abroad(scene, abroad, leaving.location()).await
}

async fn sign_in_abroad(scene: &Scene, abroad: &Abroad, address: &str) -> String {
    // The clocks of two countries agree, and each sign-in needs a new code.
    scene.app.time.advance_seconds(30);
    let behind = scene.app.ctx.clock.now().seconds_since(abroad.app.ctx.clock.now());
    abroad.app.time.advance_seconds(behind);
    let mut there = Browser::new(&abroad.app);
    let page = there.get(path_of(address)).await;
    let code = abroad.baraka.totp.code_at(abroad.app.ctx.clock.now().unix_seconds());
    let page = there.submit(&page, &[("number", &abroad.baraka.vid), ("code", &code)]).await;
    path_of(page.location()).to_owned()
}

/// Comes back for the first time and ties the two together by number and code.
async fn link(scene: &Scene, abroad: &Abroad) -> Page {
    let mut browser = Browser::new(&scene.app);
    let back = go_abroad(scene, abroad, &mut browser).await;
    let unknown = browser.get(&back).await;
    let page = browser.get(unknown.location()).await;
    assert!(page.html.contains("Jirani ID knows you"), "{}", page.html);
    let code = scene.code();
    browser.submit(&page, &[("number", &scene.asha.vid), ("code", &code)]).await
}

async fn claims(scene: &Scene, page: &Page) -> Claims {
    let tokens = scene.party.tokens(&scene.app, &page.answer("code").unwrap()).await;
    let token = tokens["id_token"].as_str().unwrap();
    scene.party.verified(&scene.app, token, "JWT", &scene.party.id).await
}

#[tokio::test]
async fn whom_a_provider_vouches_for_is_linked_once_and_then_let_in() {
    on_each_engine(async |store| {
        let (scene, abroad) = two_countries(store).await;
        let first = claims(&scene, &link(&scene, &abroad).await).await;
        assert_eq!(first.other["acr"], "idbb:acr:generated-code");
        let mut browser = Browser::new(&scene.app);
        let back = go_abroad(&scene, &abroad, &mut browser).await;
        let then = claims(&scene, &browser.get(&back).await).await;
        assert_eq!(then.sub, first.sub, "the same person");
        assert_eq!(then.other["acr"], "urn:msingi:acr:foreign-provider");
        assert!(!then.other.contains_key("amr"));
        let subject = scene.app.pseudonym(BENEFITS, &scene.asha.vid).await;
        let ctx = context(BENEFITS, "my-sign-ins").about(subject);
        let (_, told) = scene.app.call(ctx, "GET", "/identity/my-sign-ins", None).await;
        let newest = &told["entries"][0];
        assert_eq!((&newest["method"], &newest["by"]), (&json!("foreign"), &json!("Jirani ID")));
        let linked = "SELECT id FROM audit WHERE event = 'identity.foreign.linked'";
        assert_eq!(scene.app.count(linked).await, 1);
    })
    .await;
}

#[tokio::test]
async fn our_own_pages_are_entered_that_way_and_the_link_is_undone_there() {
    on_each_engine(async |store| {
        let (scene, abroad) = two_countries(store).await;
        link(&scene, &abroad).await;
        let mut browser = Browser::new(&scene.app);
        let page = browser.get("/identity/passkeys").await;
        let leaving = browser.get(&offered(&page)).await;
        let back = sign_in_abroad(&scene, &abroad, leaving.location()).await;
        assert_eq!(browser.get(&back).await.location(), "/identity/passkeys");
        let page = browser.get("/identity/passkeys").await;
        assert!(page.html.contains("Jirani ID"), "{}", page.html);
        let csrf = between(&page.html, "name=\"csrf\" value=\"", "\"");
        let fields = [("csrf", csrf.as_str()), ("provider", "jirani")];
        let done = browser.post("/identity/unlink", &fields).await;
        assert_eq!(done.location(), "/identity/passkeys");
        let mut other = Browser::new(&scene.app);
        let back = go_abroad(&scene, &abroad, &mut other).await;
        let page = other.get(&back).await;
        assert!(page.location().starts_with("/authorize?"), "not linked any more");
    })
    .await;
}

#[tokio::test]
async fn an_answer_counts_in_its_browser_in_time_and_once() {
    on_each_engine(async |store| {
        let (scene, abroad) = two_countries(store).await;
        link(&scene, &abroad).await;
        let mut browser = Browser::new(&scene.app);
        let back = go_abroad(&scene, &abroad, &mut browser).await;
        let stale = |page: &Page| page.status == StatusCode::BAD_REQUEST;
        assert!(stale(&Browser::new(&scene.app).get(&back).await), "in another browser");
        let other_state = back.replace("state=", "state=x");
        assert!(stale(&browser.get(&other_state).await), "for another sign-in");
        let mut browser = Browser::new(&scene.app);
        let back = go_abroad(&scene, &abroad, &mut browser).await;
        assert!(browser.get(&back).await.answer("code").is_some());
        assert!(stale(&browser.get(&back).await), "a second time");
        let mut browser = Browser::new(&scene.app);
        let back = go_abroad(&scene, &abroad, &mut browser).await;
        scene.app.time.advance_seconds(600);
        assert!(stale(&browser.get(&back).await), "too late");
    })
    .await;
}

#[tokio::test]
async fn what_the_provider_does_not_confirm_lets_nobody_in() {
    on_each_engine(async |store| {
        let (scene, abroad) = two_countries(store).await;
        link(&scene, &abroad).await;
        let issuer = abroad.app.identity().issuer().to_owned();
        let changes = [
            ("a code it did not give", "code=", "code=x"),
            ("an answer in another's name", "iss=http", "iss=https"),
            ("a refusal", "code=", "error=access_denied&nothing="),
        ];
        for (what, sent, changed) in changes {
            let mut browser = Browser::new(&scene.app);
            let back = go_abroad(&scene, &abroad, &mut browser).await;
            let page = browser.get(&back.replace(sent, changed)).await;
            assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{what}");
            assert!(!browser.has_cookie("identity-session"), "{what}");
        }
        let refused = "SELECT id FROM audit WHERE event = 'identity.foreign.refused'";
        assert_eq!(scene.app.count(refused).await, 3);
        let mut browser = Browser::new(&scene.app);
        let page = browser.get(&scene.party.request(&[])).await;
        let way = offered(&page);
        let back = go_abroad(&scene, &abroad, &mut browser).await;
        offer(&scene, &issuer, false).await;
        assert_eq!(browser.get(&back).await.status, StatusCode::BAD_GATEWAY, "switched off");
        assert_eq!(browser.get(&way).await.status, StatusCode::NOT_FOUND);
        let page = browser.get(&scene.party.request(&[])).await;
        assert!(!page.html.contains("Jirani"), "{}", page.html);
    })
    .await;
}

/// Guessing a code while linking is guessing a code.
#[tokio::test]
async fn wrong_codes_while_linking_lock_and_link_nothing() {
    on_each_engine(async |store| {
        let (scene, abroad) = two_countries(store).await;
        let mut browser = Browser::new(&scene.app);
        let back = go_abroad(&scene, &abroad, &mut browser).await;
        let unknown = browser.get(&back).await;
        let page = browser.get(unknown.location()).await;
        for _ in 0..5 {
            let typed = [("number", scene.asha.vid.as_str()), ("code", "000000")];
            let again = browser.submit(&page, &typed).await;
            assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        // The present code; asking the scene for one moves the time on.
        let code = scene.asha.totp.code_at(scene.app.ctx.clock.now().unix_seconds());
        let typed = [("number", scene.asha.vid.as_str()), ("code", code.as_str())];
        let locked = browser.submit(&page, &typed).await;
        assert_eq!(locked.status, StatusCode::UNPROCESSABLE_ENTITY, "locked for 30 seconds");
        let linked = "SELECT person FROM crosswalk WHERE system <> 'civil'";
        assert_eq!(scene.app.count(linked).await, 0);
        scene.app.time.advance_seconds(30);
        let code = scene.code();
        let typed = [("number", scene.asha.vid.as_str()), ("code", code.as_str())];
        assert!(browser.submit(&page, &typed).await.answer("code").is_some());
        assert_eq!(scene.app.count(linked).await, 1);
        let rows = scene.app.rows("SELECT value FROM crosswalk WHERE system <> 'civil'").await;
        let value: Vec<u8> = rows[0].get("value").unwrap();
        let known_as = abroad.app.pseudonym("TB/GOV/NIA/tumbawe", &abroad.baraka.vid).await;
        let known_as = known_as.0.to_string();
        assert!(!String::from_utf8_lossy(&value).contains(&known_as), "the subject is sealed");
    })
    .await;
}
