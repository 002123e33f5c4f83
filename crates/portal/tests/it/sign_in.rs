use crate::browser::Browser;
use crate::issuer::Fault;
use crate::town::{PERSON, Town};
use kernel::db::DbError;
use testkit::{Store, on_each_engine};

const SESSION: &str = "portal-session";

/// Rows of a table, for looking into what is stored.
async fn count(town: &Town, sql: &'static str) -> i64 {
    let rows: Result<i64, DbError> =
        town.ctx.db.read(move |tx| Box::pin(async move { tx.one(sql, &[]).await?.get("n") })).await;
    rows.expect("counts")
}

#[tokio::test]
async fn a_resident_signs_in_is_greeted_and_signs_out() {
    on_each_engine(async |store: &Store| {
        let town = Town::start(store).await;
        let mut browser = Browser::new();
        let landing = browser.get(&town.at("/portal")).await;
        assert!(landing.has("Your services and your data, in your hands") && !landing.has("Sign out"));
        assert!(browser.get(&town.at("/gallery")).await.has("Gallery of components"), "this is a sandbox");

        let home = town.sign_in_for(&mut browser, "/portal").await;
        assert!(home.has("Welcome, Asha &lt;Tumbo&gt;"), "{}", home.html);
        assert_eq!(home.headers["cache-control"], "no-store");
        assert!(!home.has(PERSON), "the pseudonym is nobody's business");
        assert_eq!(browser.cookie("portal-sign-in"), None, "its work is done");

        let kept = browser.cookie(SESSION).expect("a session").to_owned();
        let token = home.field("csrf");
        let out = browser.post(&town.at("/portal/sign-out"), &[("csrf", &token)]).await;
        assert_eq!((out.status.as_u16(), out.location.as_str()), (303, "/portal"));
        assert_eq!(browser.cookie(SESSION), None);

        let mut thief = Browser::new();
        thief.set_cookie(SESSION, &kept);
        let after = thief.get(&town.at("/portal/reads")).await;
        assert!(after.location.starts_with("/portal/sign-in"), "a copied cookie is worth nothing after signing out");
        assert_eq!(count(&town, "SELECT COUNT(*) AS n FROM session").await, 0);
        let audited = "SELECT COUNT(*) AS n FROM audit WHERE event IN ('portal.session.created', 'portal.session.ended')";
        assert_eq!(count(&town, audited).await, 2);
    })
    .await;
}

#[tokio::test]
async fn who_is_not_signed_in_signs_in_and_comes_back() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    for page in ["/portal/reads", "/portal/consents", "/portal/applications"] {
        let mut browser = Browser::new();
        let sent = browser.get(&town.at(page)).await;
        assert_eq!(
            (sent.status.as_u16(), sent.location.as_str()),
            (303, format!("/portal/sign-in?next={page}").as_str())
        );
        let asked = browser.get(&town.at(&sent.location)).await;
        let back = browser.get(&town.issuer.approve(&asked.location)).await;
        assert_eq!(back.location, page);
    }
    let mut browser = Browser::new();
    let asked = browser.get(&town.at("/portal/sign-in?next=https://evil.example/portal")).await;
    let back = browser.get(&town.issuer.approve(&asked.location)).await;
    assert_eq!(back.location, "/portal", "an open redirect");
}

#[tokio::test]
async fn an_answer_counts_once_in_its_browser_and_in_time() {
    on_each_engine(async |store: &Store| {
        let town = Town::start(store).await;
        let mut victim = Browser::new();
        let mut attacker = Browser::new();
        victim.get(&town.at("/portal/sign-in")).await;
        let asked = attacker.get(&town.at("/portal/sign-in")).await;
        let back = town.issuer.approve(&asked.location);
        let slipped = victim.get(&back).await;
        assert_eq!(slipped.status, 400, "an attacker's answer in a victim's browser");
        assert!(slipped.has("This sign-in has run out"));
        assert_eq!(victim.cookie(SESSION), None);
        assert_eq!(attacker.get(&back).await.status, 400, "and it is used up");

        let asked = victim.get(&town.at("/portal/sign-in")).await;
        let back = town.issuer.approve(&asked.location);
        assert_eq!(victim.get(&back).await.status, 303);
        assert_eq!(victim.get(&back).await.status, 400, "a second time");

        let asked = victim.get(&town.at("/portal/sign-in")).await;
        let back = town.issuer.approve(&asked.location);
        store.time.advance_seconds(10 * 60);
        assert_eq!(victim.get(&back).await.status, 400, "too late");
    })
    .await;
}

#[tokio::test]
async fn the_issuer_must_be_who_it_is() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let attempt = async |change: fn(String) -> String| {
        let mut browser = Browser::new();
        let asked = browser.get(&town.at("/portal/sign-in")).await;
        let back = change(town.issuer.approve(&asked.location));
        let seen = browser.get(&back).await;
        assert_eq!(browser.cookie(SESSION), None);
        seen
    };
    let without_name = attempt(|back| back.split("&iss=").next().expect("a part").to_owned()).await;
    assert_eq!(without_name.status, 502);
    let other_name = attempt(|back| {
        format!("{}&iss=https://evil.example", back.split("&iss=").next().expect("a part"))
    })
    .await;
    assert_eq!(other_name.status, 502);
    let other_code = attempt(|back| back.replace("code=code", "code=guess")).await;
    assert!(other_code.has("The sign-in could not be completed"));
    let broken_off =
        attempt(|back| back.replace("code=code", "error=access_denied&code=code")).await;
    assert_eq!(broken_off.status, 403);

    for fault in [Fault::OtherKey, Fault::OtherNonce, Fault::OtherAudience] {
        town.issuer.fail_with(fault);
        assert_eq!(attempt(|back| back).await.status, 502);
    }
    let refused =
        count(&town, "SELECT COUNT(*) AS n FROM audit WHERE event = 'portal.sign-in.refused'")
            .await;
    assert_eq!(refused, 6);
}

#[tokio::test]
async fn a_missing_or_foreign_name_is_not_shown_and_keeps_nobody_out() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    for fault in [Fault::NoUserinfo, Fault::OtherPersonInUserinfo, Fault::SignedUserinfoForAnother]
    {
        town.issuer.fail_with(fault);
        let home = town.sign_in_for(&mut Browser::new(), "/portal").await;
        assert!(home.has("Welcome, a resident"), "{}", home.html);
    }
    town.issuer.fail_with(Fault::SignedUserinfo);
    assert!(town.sign_in_for(&mut Browser::new(), "/portal").await.has("Welcome, Asha Tumbo"));
}

#[tokio::test]
async fn the_issuer_may_change_its_keys() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    town.signed_in().await;
    town.issuer.change_key();
    store.time.advance_seconds(60);
    town.signed_in().await;
}

#[tokio::test]
async fn an_issuer_out_of_reach_is_said() {
    let store = Store::sqlite();
    // Port 9 is for discarding; nobody listens on the loopback interface.
    let lost = Town::start_with_issuer(&store, Some("http://127.0.0.1:9")).await;
    let seen = Browser::new().get(&lost.at("/portal/sign-in")).await;
    assert_eq!(seen.status, 503);
    assert!(seen.has("Signing in is not possible just now"));
}

#[tokio::test]
async fn sessions_end_by_themselves_and_leave_nothing() {
    on_each_engine(async |store: &Store| {
        let town = Town::start(store).await;
        let mut browser = town.signed_in().await;
        browser.get(&town.at("/portal/sign-in")).await;
        store.time.advance_seconds(60 * 60 - 1);
        assert_eq!(browser.get(&town.at("/portal/applications")).await.status, 200);
        store.time.advance_seconds(1);
        assert_eq!(browser.get(&town.at("/portal/applications")).await.status, 303);
        assert_eq!(town.portal.drop_expired().await.expect("drops"), 2);
        assert_eq!(count(&town, "SELECT COUNT(*) AS n FROM session").await, 0);
        assert_eq!(count(&town, "SELECT COUNT(*) AS n FROM sign_in").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_new_sign_in_ends_the_old_session() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let mut browser = town.signed_in().await;
    let old = browser.cookie(SESSION).expect("a session").to_owned();
    town.sign_in_for(&mut browser, "/portal").await;
    assert_ne!(browser.cookie(SESSION), Some(old.as_str()));
    let mut other = Browser::new();
    other.set_cookie(SESSION, &old);
    assert_eq!(other.get(&town.at("/portal/applications")).await.status, 303);
}

#[tokio::test]
async fn the_database_holds_neither_pseudonym_nor_token_nor_name() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let browser = town.signed_in().await;
    let token = browser.cookie(SESSION).expect("a session").to_owned();
    let path = town.ctx.db.path().expect("a file").to_owned();
    let mut stored = std::fs::read(&path).expect("reads");
    stored.extend(std::fs::read(path.with_extension("db-wal")).unwrap_or_default());
    let holds = |needle: &[u8]| stored.windows(needle.len()).any(|window| window == needle);
    let person: basis::Id = PERSON.parse().expect("an id");
    assert!(holds(b"portal.session.created"), "the right file was searched");
    assert!(!holds(token.as_bytes()));
    assert!(!holds(PERSON.as_bytes()));
    assert!(!holds(person.as_bytes()));
    assert!(!holds(b"Tumbo"));
}

#[tokio::test]
async fn a_forged_sign_out_is_refused() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let mut browser = town.signed_in().await;
    let seen = browser.post(&town.at("/portal/sign-out"), &[("csrf", "guess")]).await;
    assert_eq!(seen.status, 403);
    assert_eq!(browser.get(&town.at("/portal/applications")).await.status, 200, "still signed in");
}

#[tokio::test]
async fn a_subject_that_is_no_pseudonym_lets_nobody_in() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    town.issuer.change_person("asha@example.org");
    let mut browser = Browser::new();
    let asked = browser.get(&town.at("/portal/sign-in")).await;
    let back = browser.get(&town.issuer.approve(&asked.location)).await;
    assert_eq!(back.status, 502);
    assert_eq!(browser.cookie(SESSION), None);
}
