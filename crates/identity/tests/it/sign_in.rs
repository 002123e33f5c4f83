//! People sign in by number and code.

use crate::app::{App, Enrolled};
use crate::browser::{Browser, Page};
use crate::party::{Party, REDIRECT};
use basis::PersonName;
use http::StatusCode;
use testkit::{Store, on_each_engine};

pub struct Scene {
    pub app: App,
    pub party: Party,
    pub asha: Enrolled,
}

pub async fn scene(store: &Store) -> Scene {
    let app = App::new(store).await;
    let party = Party::registered(&app, "portal", "jwt").await;
    let name = PersonName::new("Asha Tumbo").unwrap().with_given("Asha").unwrap();
    let asha = app.enrolled(name.with_family("Tumbo").unwrap(), "1994-06-02").await;
    Scene { app, party, asha }
}

impl Scene {
    /// The code that the app shows now; time moves on, so that the next one is another.
    pub fn code(&self) -> String {
        self.app.time.advance_seconds(30);
        self.asha.totp.code_at(self.app.ctx.clock.now().unix_seconds())
    }

    pub async fn sign_in(&self, browser: &mut Browser, changes: &[(&str, &str)]) -> Page {
        let page = browser.get(&self.party.request(changes)).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        let code = self.code();
        browser.submit(&page, &[("number", &self.asha.vid), ("code", &code)]).await
    }

    /// An authorization code got by signing in anew.
    pub async fn code_for_party(&self, changes: &[(&str, &str)]) -> String {
        let mut browser = Browser::new(&self.app);
        let mut page = self.sign_in(&mut browser, changes).await;
        if page.location().starts_with("/identity/sign-in/claims") {
            let claims = browser.get(page.location()).await;
            page = browser.submit(&claims, &[("answer", "allow")]).await;
        }
        page.answer("code").unwrap_or_else(|| panic!("{}", page.location()))
    }
}

#[tokio::test]
async fn number_and_code_lead_back_to_the_party() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let mut browser = Browser::new(&scene.app);
        let asked = browser.get(&scene.party.request(&[])).await;
        assert!(asked.html.contains("Tumbawe portal"), "{}", asked.html);
        let policy = asked.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.ends_with("form-action 'self' https://portal.example"), "{policy}");
        let page = scene.sign_in(&mut browser, &[]).await;
        assert!(page.location().starts_with(&format!("{REDIRECT}?code=")), "{}", page.location());
        assert_eq!(page.answer("state").as_deref(), Some("state-1"));
        assert_eq!(page.answer("iss").as_deref(), Some("http://127.0.0.1"));
        assert_eq!(page.answer("code").unwrap().len(), 43);
        assert_eq!(page.headers["cache-control"], "no-store");
        let cookie = page.headers["set-cookie"].to_str().unwrap();
        assert!(
            cookie.starts_with("identity-session=") && cookie.contains("HttpOnly; SameSite=Lax"),
            "{cookie}"
        );
    })
    .await;
}

#[tokio::test]
async fn spaces_in_number_and_code_and_the_secret_number_do_as_well() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let spaced = format!("{} {}", &scene.asha.vid[..8], &scene.asha.vid[8..]);
        let uin = uin(&scene.app).await;
        for number in [spaced, uin] {
            let mut browser = Browser::new(&scene.app);
            let page = browser.get(&scene.party.request(&[])).await;
            let code = scene.code();
            let code = format!("{} {}", &code[..3], &code[3..]);
            let page = browser.submit(&page, &[("number", &number), ("code", &code)]).await;
            assert!(page.answer("code").is_some());
        }
    })
    .await;
}

/// The one person's UIN, which no service tells.
async fn uin(app: &App) -> String {
    let fields = app.ctx.fields.clone();
    let opened: Result<String, kernel::fields::FieldsError> = app
        .ctx
        .db
        .read(move |tx| {
            Box::pin(async move {
                let row = tx.one("SELECT id, uin FROM person", &[]).await?;
                let (id, uin): (basis::Id, Vec<u8>) = (row.get("id")?, row.get("uin")?);
                fields.subject(tx, id.as_bytes()).await?.open_text("uin", &uin)
            })
        })
        .await;
    opened.unwrap()
}

#[tokio::test]
async fn a_refusal_is_the_same_for_a_wrong_code_and_an_unknown_number() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let unknown = identity::model::number::Vid::draw(&scene.app.ctx.rng);
        let mut pages = Vec::new();
        for number in [scene.asha.vid.as_str(), unknown.digits()] {
            let mut browser = Browser::new(&scene.app);
            let page = browser.get(&scene.party.request(&[])).await;
            let page = browser.submit(&page, &[("number", number), ("code", "000000")]).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(!page.html.contains("000000"), "a code is not shown again");
            assert!(!browser.has_cookie("identity-session"));
            pages.push(page.stripped().replace(number, "NUMBER"));
        }
        assert_eq!(pages[0], pages[1]);
        assert_eq!(
            scene.app.count("SELECT hour FROM refused_attempt WHERE kind = 'unknown'").await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_mistyped_is_said_beside_its_field() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let mut browser = Browser::new(&scene.app);
        let page = browser.get(&scene.party.request(&[])).await;
        let last = if scene.asha.vid.ends_with('0') { "1" } else { "0" };
        let mistyped = format!("{}{last}", &scene.asha.vid[..15]);
        for (number, code, expected) in [
            (mistyped.as_str(), "123456", "number-error"),
            ("", "123456", "number-error"),
            (scene.asha.vid.as_str(), "12345", "code-error"),
            (scene.asha.vid.as_str(), "12345a", "code-error"),
        ] {
            let page = browser.submit(&page, &[("number", number), ("code", code)]).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.html.contains(&format!("id=\"{expected}\"")), "{number} {code}");
        }
        assert_eq!(scene.app.count("SELECT id FROM authenticator WHERE failures > 0").await, 0);
    })
    .await;
}

#[tokio::test]
async fn five_wrong_codes_lock_for_a_while_and_a_right_one_then_unlocks() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let mut browser = Browser::new(&scene.app);
        let page = browser.get(&scene.party.request(&[])).await;
        let vid = scene.asha.vid.as_str();
        for _ in 0..5 {
            let wrong = browser.submit(&page, &[("number", vid), ("code", "000000")]).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let now = scene.app.ctx.clock.now();
        let right = scene.asha.totp.code_at(now.unix_seconds());
        let locked = browser.submit(&page, &[("number", vid), ("code", &right)]).await;
        assert_eq!(locked.status, StatusCode::UNPROCESSABLE_ENTITY, "locked");
        scene.app.time.advance_seconds(29);
        let right = scene.asha.totp.code_at(scene.app.ctx.clock.now().unix_seconds());
        let locked = browser.submit(&page, &[("number", vid), ("code", &right)]).await;
        assert_eq!(locked.status, StatusCode::UNPROCESSABLE_ENTITY, "still locked");
        scene.app.time.advance_seconds(1);
        let wrong = browser.submit(&page, &[("number", vid), ("code", "000000")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "the sixth");
        scene.app.time.advance_seconds(59);
        let right = scene.asha.totp.code_at(scene.app.ctx.clock.now().unix_seconds());
        let locked = browser.submit(&page, &[("number", vid), ("code", &right)]).await;
        assert_eq!(locked.status, StatusCode::UNPROCESSABLE_ENTITY, "locked for longer");
        scene.app.time.advance_seconds(1);
        let right = scene.asha.totp.code_at(scene.app.ctx.clock.now().unix_seconds());
        let page = browser.submit(&page, &[("number", vid), ("code", &right)]).await;
        assert!(page.answer("code").is_some());
        assert_eq!(scene.app.count("SELECT id FROM authenticator WHERE failures = 0").await, 1);
        let locks =
            scene.app.count("SELECT id FROM audit WHERE event = 'identity.authenticator.locked'");
        assert_eq!(locks.await, 2);
    })
    .await;
}

#[tokio::test]
async fn guesses_sent_at_once_do_not_slip_past_the_lock() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let mut tries = Vec::new();
        for _ in 0..20 {
            let mut browser = Browser::new(&scene.app);
            let page = browser.get(&scene.party.request(&[])).await;
            let vid = scene.asha.vid.clone();
            tries.push(async move {
                browser.submit(&page, &[("number", &vid), ("code", "000000")]).await.status
            });
        }
        for status in join_all(tries).await {
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let row = scene.app.rows("SELECT failures FROM authenticator").await;
        assert_eq!(row[0].get::<i64>("failures").unwrap(), 5, "the others were not looked at");
    })
    .await;
}

async fn join_all<F: Future<Output = StatusCode> + Send + 'static>(all: Vec<F>) -> Vec<StatusCode> {
    let tasks: Vec<_> = all.into_iter().map(tokio::spawn).collect();
    let mut out = Vec::new();
    for task in tasks {
        out.push(task.await.unwrap());
    }
    out
}

#[tokio::test]
async fn a_code_of_the_app_works_once() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let code = scene.code();
        for expected in [StatusCode::SEE_OTHER, StatusCode::UNPROCESSABLE_ENTITY] {
            let mut browser = Browser::new(&scene.app);
            let page = browser.get(&scene.party.request(&[])).await;
            let page = browser.submit(&page, &[("number", &scene.asha.vid), ("code", &code)]).await;
            assert_eq!(page.status, expected);
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_answers_until_it_ends_or_the_party_wants_more() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let mut browser = Browser::new(&scene.app);
        scene.sign_in(&mut browser, &[]).await;
        let again = browser.get(&scene.party.request(&[("state", "2")])).await;
        assert!(again.answer("code").is_some());
        let silent = browser.get(&scene.party.request(&[("prompt", "none")])).await;
        assert!(silent.answer("code").is_some());
        let login = browser.get(&scene.party.request(&[("prompt", "login")])).await;
        assert_eq!(login.status, StatusCode::OK);
        scene.app.time.advance_seconds(60);
        let old = browser.get(&scene.party.request(&[("max_age", "59")])).await;
        assert_eq!(old.status, StatusCode::OK);
        let young = browser.get(&scene.party.request(&[("max_age", "61")])).await;
        assert!(young.answer("code").is_some());
        let silent = browser
            .get(&scene.party.request(&[("prompt", "none"), ("scope", "openid profile")]))
            .await;
        assert_eq!(silent.answer("error").as_deref(), Some("consent_required"));
        scene.app.time.advance_seconds(30 * 60);
        let silent = browser.get(&scene.party.request(&[("prompt", "none")])).await;
        assert_eq!(silent.answer("error").as_deref(), Some("login_required"));
        assert_eq!(silent.answer("state").as_deref(), Some("state-1"));
        assert_eq!(silent.answer("iss").as_deref(), Some("http://127.0.0.1"));
    })
    .await;
}

#[tokio::test]
async fn prompt_login_is_satisfied_by_signing_in_for_it() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let mut browser = Browser::new(&scene.app);
        scene.sign_in(&mut browser, &[]).await;
        let changes = [("prompt", "login"), ("scope", "openid profile"), ("nonce", "n2")];
        let skipped =
            scene.party.request(&changes).replace("/authorize", "/identity/sign-in/claims");
        let skipped = browser.get(&skipped).await;
        assert!(
            skipped.location().starts_with("/authorize?"),
            "the claims page does not skip the login"
        );
        let page = scene.sign_in(&mut browser, &changes).await;
        let claims = browser.get(page.location()).await;
        let page = browser.submit(&claims, &[("answer", "allow")]).await;
        assert!(page.answer("code").is_some());
        assert_eq!(
            scene.app.count("SELECT token FROM login_session").await,
            1,
            "the old one ended"
        );
    })
    .await;
}

#[tokio::test]
async fn claims_go_out_only_when_the_person_says_so() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let mut browser = Browser::new(&scene.app);
        let page = scene.sign_in(&mut browser, &[("scope", "openid profile")]).await;
        let claims = browser.get(page.location()).await;
        for text in ["Your name", "Your date of birth", "Tumbawe portal"] {
            assert!(claims.html.contains(text), "{text}: {}", claims.html);
        }
        assert!(!claims.html.contains("Asha"), "names of claims, not their values");
        let denied = browser.submit(&claims, &[("answer", "deny")]).await;
        assert_eq!(denied.answer("error").as_deref(), Some("access_denied"));
        let silence = browser.submit(&claims, &[]).await;
        assert_eq!(silence.answer("error").as_deref(), Some("access_denied"));
        assert_eq!(scene.app.count("SELECT id FROM code_grant").await, 0);
        let allowed = browser.submit(&claims, &[("answer", "allow")]).await;
        assert!(allowed.answer("code").is_some());
    })
    .await;
}

#[tokio::test]
async fn forms_from_elsewhere_do_nothing() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let mut browser = Browser::new(&scene.app);
        browser.get(&scene.party.request(&[])).await;
        let action = scene.party.request(&[]).replace("/authorize", "/identity/sign-in");
        let code = scene.code();
        let forged = [("number", scene.asha.vid.as_str()), ("code", code.as_str()), ("csrf", "x")];
        assert_eq!(browser.post(&action, &forged).await.status, StatusCode::FORBIDDEN);
        let mut signed_in = Browser::new(&scene.app);
        scene.sign_in(&mut signed_in, &[("scope", "openid profile")]).await;
        let decide = action.replace("/sign-in", "/sign-in/claims");
        let forged = [("answer", "allow"), ("csrf", "x")];
        assert_eq!(signed_in.post(&decide, &forged).await.status, StatusCode::FORBIDDEN);
        assert_eq!(signed_in.post("/identity/sign-out", &[]).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let mut browser = Browser::new(&scene.app);
        scene.sign_in(&mut browser, &[]).await;
        let page = browser.get("/identity/sign-out").await;
        let page = browser.submit(&page, &[]).await;
        assert!(page.html.contains("You are signed out here"), "{}", page.html);
        assert!(!browser.has_cookie("identity-session"));
        assert_eq!(scene.app.count("SELECT token FROM login_session").await, 0);
        let page = browser.get(&scene.party.request(&[])).await;
        assert_eq!(page.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_request_nobody_can_answer_for_ends_on_a_page() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let mut browser = Browser::new(&scene.app);
        for change in [
            ("client_id", "shop"),
            ("client_id", ""),
            ("redirect_uri", "https://evil.example/cb"),
            ("redirect_uri", ""),
        ] {
            let page = browser.get(&scene.party.request(&[change])).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{change:?}");
            assert!(!page.headers.contains_key("location"));
            assert!(!page.html.contains("\"https://evil"), "no link leads there");
        }
        let flawed = browser.get(&scene.party.request(&[("code_challenge_method", "plain")])).await;
        assert_eq!(flawed.answer("error").as_deref(), Some("invalid_request"));
        assert_eq!(flawed.answer("state").as_deref(), Some("state-1"));
    })
    .await;
}

#[tokio::test]
async fn a_request_by_form_and_in_another_language_is_the_same_request() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let mut browser = Browser::new(&scene.app);
        let request = scene.party.request(&[]);
        let query = request.split_once('?').unwrap().1;
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let pairs: Vec<(&str, &str)> =
            pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let page = browser.post("/authorize", &pairs).await;
        assert_eq!(page.location(), request);
        let page = browser.get(&scene.party.request(&[("ui_locales", "sw en")])).await;
        assert!(page.html.contains("Unaingia kwenye Tumbawe portal"), "{}", page.html);
        let page = browser.get(&format!("{request}&lang=fr")).await;
        assert!(page.html.contains("Vous vous connectez"), "{}", page.html);
        let code = scene.code();
        let page = browser.submit(&page, &[("number", &scene.asha.vid), ("code", "000000")]).await;
        assert!(page.html.contains("ne vont pas ensemble"), "{}", page.html);
        let back = browser.get(&request.replace("/authorize", "/identity/sign-in")).await;
        assert_eq!(back.location(), request, "language links of an answered form");
        let page = browser.submit(&page, &[("number", &scene.asha.vid), ("code", &code)]).await;
        assert!(page.answer("code").is_some());
    })
    .await;
}
