//! Passkeys, with an authenticator made here. What browsers make of the pages is for `interop`.

use crate::browser::{Browser, Page};
use crate::sign_in::{Scene, scene};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use credential::base64url;
use http::StatusCode;
use serde_json::{Value as Json, json};
use testkit::on_each_engine;

const HOME: &str = "http://localhost";

/// An authenticator that holds one passkey.
struct Authenticator {
    pair: Ed25519KeyPair,
    id: [u8; 16],
    user: String,
    counter: u32,
}

impl Authenticator {
    /// Makes a passkey as the page asks; gives what the script sends.
    fn make(scene: &Scene, page: &Page) -> (Self, String) {
        let made = Self {
            pair: Ed25519KeyPair::generate().unwrap(),
            id: scene.app.ctx.rng.bytes(),
            user: page.data("user"),
            counter: 0,
        };
        let client_data = client_data("webauthn.create", &page.data("challenge"), HOME);
        let sent = json!({ "clientDataJSON": base64url::encode(client_data),
            "attestationObject": base64url::encode(made.attestation_object()) });
        (made, sent.to_string())
    }

    /// Answers as the page asks.
    fn answer(&mut self, page: &Page) -> String {
        self.answer_from(page, HOME)
    }

    fn answer_from(&mut self, page: &Page, origin: &str) -> String {
        self.counter += 1;
        let data = self.data(5);
        let client_data = client_data("webauthn.get", &page.data("challenge"), origin);
        let mut signed = data.clone();
        signed.extend(digest(&SHA256, client_data.as_bytes()).as_ref());
        let signature = self.pair.sign(&signed);
        json!({
            "id": base64url::encode(self.id), "userHandle": self.user,
            "clientDataJSON": base64url::encode(client_data),
            "authenticatorData": base64url::encode(data),
            "signature": base64url::encode(signature.as_ref()),
        })
        .to_string()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, b"localhost").as_ref().to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// CBOR by hand: {"fmt": "none", "attStmt": {}, "authData": bytes}.
    fn attestation_object(&self) -> Vec<u8> {
        let mut data = self.data(0x45);
        data.extend([0; 16]);
        data.extend([0, 16]);
        data.extend(self.id);
        data.extend([0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32]);
        data.extend(self.pair.public_key().as_ref());
        let mut object = vec![0xa3];
        object.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        object
    }
}

fn client_data(kind: &str, challenge: &str, origin: &str) -> String {
    json!({ "type": kind, "challenge": challenge, "origin": origin }).to_string()
}

/// A browser at home, signed in on our own pages; the page of passkeys.
async fn own_page(scene: &Scene) -> (Browser, Page) {
    let mut browser = Browser::at_home(&scene.app);
    let page = browser.get("/identity/passkeys").await;
    assert!(page.html.contains("name=\"code\""), "{}", page.html);
    let code = scene.code();
    let page = browser.submit(&page, &[("number", &scene.asha.vid), ("code", &code)]).await;
    assert_eq!(page.location(), "/identity/passkeys");
    let page = browser.get("/identity/passkeys").await;
    (browser, page)
}

async fn enrolled(scene: &Scene) -> Authenticator {
    let (mut browser, page) = own_page(scene).await;
    let (authenticator, sent) = Authenticator::make(scene, &page);
    let done = browser.submit_passkey(&page, &sent).await;
    assert_eq!(done.location(), "/identity/passkeys");
    authenticator
}

/// The sign-in page of the party, in a browser at home that is new.
async fn sign_in_page(scene: &Scene) -> (Browser, Page) {
    let mut browser = Browser::at_home(&scene.app);
    let page = browser.get(&scene.party.request(&[])).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    (browser, page)
}

async fn signs_in(scene: &Scene, authenticator: &mut Authenticator) -> bool {
    let (mut browser, page) = sign_in_page(scene).await;
    let answer = authenticator.answer(&page);
    let page = browser.submit_passkey(&page, &answer).await;
    page.status == StatusCode::SEE_OTHER && page.answer("code").is_some()
}

#[tokio::test]
async fn a_passkey_made_while_signed_in_signs_in_and_the_token_says_how() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let mut authenticator = enrolled(&scene).await;
        let (mut browser, page) = sign_in_page(&scene).await;
        let answer = authenticator.answer(&page);
        let page = browser.submit_passkey(&page, &answer).await;
        let code = page.answer("code").unwrap();
        let tokens = scene.party.tokens(&scene.app, &code).await;
        let token = tokens["id_token"].as_str().unwrap();
        let claims = scene.party.verified(&scene.app, token, "JWT", &scene.party.id).await;
        assert_eq!(claims.other["acr"], "phr");
        assert_eq!(claims.other["amr"], json!(["pop", "user", "mfa"]));
        let page = browser.get("/identity/passkeys").await;
        assert!(page.html.contains("Firefox, Android"), "named after the browser: {}", page.html);
        assert!(page.html.contains("Last used"), "{}", page.html);
        assert!(signs_in(&scene, &mut authenticator).await, "a second time");
    })
    .await;
}

#[tokio::test]
async fn an_answer_counts_once_for_its_page_and_from_its_place() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let mut authenticator = enrolled(&scene).await;
        let (mut browser, page) = sign_in_page(&scene).await;
        let answer = authenticator.answer(&page);
        assert!(browser.submit_passkey(&page, &answer).await.answer("code").is_some());
        let refused = |page: &Page| page.status == StatusCode::UNPROCESSABLE_ENTITY;
        let (mut other, fresh) = sign_in_page(&scene).await;
        assert!(refused(&other.submit_passkey(&fresh, &answer).await), "sent again");
        let elsewhere = other.get(&scene.party.request(&[("state", "another")])).await;
        let answer = authenticator.answer(&elsewhere);
        assert!(refused(&other.submit_passkey(&fresh, &answer).await), "for another request");
        let answer = authenticator.answer_from(&fresh, "http://evil.localhost");
        assert!(refused(&other.submit_passkey(&fresh, &answer).await), "from another site");
        let answer = authenticator.answer(&fresh);
        scene.app.time.advance_seconds(600);
        assert!(refused(&other.submit_passkey(&fresh, &answer).await), "too late");
        authenticator.counter = 0;
        assert!(!signs_in(&scene, &mut authenticator).await, "a copy that lags behind");
    })
    .await;
}

#[tokio::test]
async fn wrong_answers_lock_a_passkey_and_look_like_those_of_an_unknown_one() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let mut authenticator = enrolled(&scene).await;
        let mut pages = Vec::new();
        for _ in 0..5 {
            let (mut browser, page) = sign_in_page(&scene).await;
            let mut answer: Json = serde_json::from_str(&authenticator.answer(&page)).unwrap();
            answer["userHandle"] = "AAAA".into();
            pages.push(browser.submit_passkey(&page, &answer.to_string()).await.stripped());
        }
        let (mut browser, page) = sign_in_page(&scene).await;
        let mut answer: Json = serde_json::from_str(&authenticator.answer(&page)).unwrap();
        answer["id"] = "AAAA".into();
        pages.push(browser.submit_passkey(&page, &answer.to_string()).await.stripped());
        pages.dedup();
        assert_eq!(pages.len(), 1, "{pages:#?}");
        assert!(!signs_in(&scene, &mut authenticator).await, "locked");
        scene.app.time.advance_seconds(31);
        assert!(signs_in(&scene, &mut authenticator).await, "and free again");
        let locked = "SELECT id FROM audit WHERE event = 'identity.passkey.locked'";
        assert_eq!(scene.app.count(locked).await, 1);
    })
    .await;
}

#[tokio::test]
async fn ways_to_sign_in_are_changed_only_by_who_has_just_signed_in() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let mut authenticator = enrolled(&scene).await;
        let (mut browser, page) = own_page(&scene).await;
        let (_, sent) = Authenticator::make(&scene, &page);
        let mut stranger = Browser::at_home(&scene.app);
        let shown = stranger.get("/identity/passkeys").await;
        let refused = stranger.submit_passkey(&shown, &sent).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "that is no sign-in");
        scene.app.time.advance_seconds(599);
        let made = browser.submit_passkey(&page, &sent).await;
        assert_eq!(made.location(), "/identity/passkeys");
        let again = browser.submit_passkey(&page, &sent).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "a challenge is used once");
        scene.app.time.advance_seconds(1);
        let page = browser.get("/identity/passkeys").await;
        assert!(!page.html.contains("data-challenge"), "{}", page.html);
        assert_eq!(scene.app.count("SELECT id FROM passkey").await, 2);

        let (mut browser, page) = own_page(&scene).await;
        let shown: Vec<String> = page
            .html
            .split("name=\"passkey\" value=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect();
        assert!(signs_in(&scene, &mut authenticator).await);
        let csrf = page.html.split("name=\"csrf\" value=\"").nth(1).unwrap();
        let csrf = csrf.split('"').next().unwrap();
        for id in &shown {
            let fields = [("csrf", csrf), ("passkey", id.as_str())];
            let gone = browser.post("/identity/passkeys/remove", &fields).await;
            assert_eq!(gone.location(), "/identity/passkeys");
        }
        assert!(!signs_in(&scene, &mut authenticator).await, "it was removed");
        let removed = "SELECT id FROM audit WHERE event = 'identity.passkey.removed'";
        assert_eq!(scene.app.count(removed).await, 2);
    })
    .await;
}

#[tokio::test]
async fn script_runs_only_where_passkeys_are_asked_for() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let policy =
            |page: &Page| page.headers["content-security-policy"].to_str().unwrap().to_owned();
        let (mut browser, page) = sign_in_page(&scene).await;
        assert!(policy(&page).contains("script-src 'self';"), "{}", policy(&page));
        assert!(policy(&page).ends_with("form-action 'self' https://portal.example"));
        assert!(page.html.contains("id=\"passkey-script\""), "{}", page.html);
        let address = page.html.split("<script src=\"").nth(1).unwrap().split('"').next().unwrap();
        let script = browser.get(address).await;
        assert_eq!(script.headers["content-type"], "text/javascript; charset=utf-8");
        // Under a number there are no passkeys: a link leads to the name.
        let page = Browser::new(&scene.app).get(&scene.party.request(&[])).await;
        assert!(policy(&page).contains("script-src 'none';"), "{}", policy(&page));
        assert!(!page.html.contains("<script"), "{}", page.html);
        assert!(page.html.contains("href=\"http://localhost/authorize?"), "{}", page.html);
    })
    .await;
}
