//! A person sees when, how and where somebody signed in as them, or tried to.

use crate::app::{App, BENEFITS, context};
use crate::browser::Browser;
use crate::sign_in::{Scene, scene};
use contracts::Pseudonym;
use http::StatusCode;
use kernel::db::Value;
use serde_json::{Value as Json, json};
use testkit::on_each_engine;

async fn my_sign_ins(app: &App, subject: Pseudonym, query: &str) -> Json {
    let ctx = context(BENEFITS, "my-sign-ins").about(subject);
    let (status, body) = app.call(ctx, "GET", &format!("/identity/my-sign-ins{query}"), None).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

async fn wrong_code(scene: &Scene) {
    let mut browser = Browser::new(&scene.app);
    let page = browser.get(&scene.party.request(&[])).await;
    browser.submit(&page, &[("number", &scene.asha.vid), ("code", "000000")]).await;
    scene.app.time.advance_seconds(1);
}

#[tokio::test]
async fn sign_ins_and_attempts_are_shown_to_the_person_newest_first() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        let subject = scene.app.pseudonym(BENEFITS, &scene.asha.vid).await;
        for _ in 0..5 {
            wrong_code(&scene).await;
        }
        scene.app.time.advance_seconds(30);
        scene.sign_in(&mut Browser::new(&scene.app), &[]).await;
        let told = my_sign_ins(&scene.app, subject, "").await;
        let entries = told["entries"].as_array().unwrap();
        let outcomes: Vec<&Json> = entries.iter().map(|entry| &entry["outcome"]).collect();
        let expected = ["signed-in", "locked-out", "refused", "refused", "refused", "refused"];
        assert_eq!(outcomes, expected);
        let newest = &entries[0];
        assert_eq!(
            (&newest["method"], &newest["acr"], &newest["party"], &newest["device"]),
            (
                &json!("code"),
                &json!("idbb:acr:generated-code"),
                &json!("Tumbawe portal"),
                &json!("Firefox, Android")
            )
        );
        let page = my_sign_ins(&scene.app, subject, "?limit=2").await;
        assert_eq!((page["entries"].as_array().unwrap().len(), &page["more"]), (2, &json!(true)));
        let before = page["entries"][1]["at"].as_str().unwrap();
        let rest = my_sign_ins(&scene.app, subject, &format!("?before={before}")).await;
        assert_eq!(rest["entries"].as_array().unwrap(), &entries[2..]);
    })
    .await;
}

#[tokio::test]
async fn nobody_else_sees_them_and_the_rows_tell_nothing() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        scene.sign_in(&mut Browser::new(&scene.app), &[]).await;
        let registration = scene.app.person("Neema", "2026").await;
        let other = scene.app.enrol("civil", &registration.to_string()).await;
        let other = scene.app.pseudonym(BENEFITS, &other.vid).await;
        assert_eq!(my_sign_ins(&scene.app, other, "").await["entries"], json!([]));
        let rows = scene.app.rows("SELECT entry FROM sign_in").await;
        let entry: Vec<u8> = rows[0].get("entry").unwrap();
        assert!(!String::from_utf8_lossy(&entry).contains("portal"));
        let told = scene.app.all_values().await;
        let knows = |value: &Value| matches!(value, Value::Text(text) if text.contains("Firefox"));
        assert!(!told.iter().any(|(_, value)| knows(value)));
    })
    .await;
}

#[tokio::test]
async fn our_own_page_shows_them_after_signing_in_for_it() {
    on_each_engine(async |store| {
        let scene = scene(store).await;
        wrong_code(&scene).await;
        let mut browser = Browser::new(&scene.app);
        let page = browser.get("/identity/sign-ins").await;
        assert!(!page.html.contains("Firefox"), "{}", page.html);
        let code = scene.code();
        let page = browser.submit(&page, &[("number", &scene.asha.vid), ("code", &code)]).await;
        assert_eq!(page.location(), "/identity/sign-ins");
        let page = browser.get("/identity/sign-ins").await;
        assert_eq!(page.html.matches("Firefox, Android").count(), 2, "{}", page.html);
        assert!(page.html.contains("Tumbawe portal") && page.html.contains("Refused"));
        let page = browser.get("/identity/enter?to=sign-ins").await;
        assert_eq!(page.location(), "/identity/sign-ins");
    })
    .await;
}
