//! What a person is called in each sector.

use crate::app::{App, BENEFITS, CIVIL, context};
use basis::Id;
use contracts::CallContext;
use http::StatusCode;
use serde_json::{Value as Json, json};
use testkit::on_each_engine;

const PATIENTS: &str = "TB/COM/LAKESIDE/patients";

async fn translate(
    app: &App,
    ctx: CallContext,
    from: &str,
    to: &str,
    pseudonym: &Json,
) -> (StatusCode, Json) {
    let ask = json!({ "from": from, "to": to, "pseudonym": pseudonym });
    app.call(ctx, "POST", "/identity/translate", Some(ask)).await
}

#[tokio::test]
async fn a_pseudonym_is_made_once_a_sector_and_translates_both_ways() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let registration = app.person("Neema", "2026").await;
        let vid = app.enrol("civil", &registration.to_string()).await.vid;
        let benefits = json!(app.pseudonym(BENEFITS, &vid).await);
        let (status, body) =
            translate(&app, context(BENEFITS, "translate"), "benefits", "patients", &benefits)
                .await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let patients = body["pseudonym"].clone();
        assert_ne!(patients, benefits);
        assert_eq!(json!(app.pseudonym(PATIENTS, &vid).await), patients);
        let (_, again) =
            translate(&app, context(BENEFITS, "translate"), "benefits", "patients", &benefits)
                .await;
        assert_eq!(again["pseudonym"], patients);
        let (_, back) =
            translate(&app, context(PATIENTS, "translate"), "patients", "benefits", &patients)
                .await;
        assert_eq!(back["pseudonym"], benefits);
        let (_, same) =
            translate(&app, context(PATIENTS, "translate"), "patients", "patients", &patients)
                .await;
        assert_eq!(same["pseudonym"], patients);
        assert_eq!(app.count("SELECT person FROM pseudonym").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_translation_starts_from_the_callers_own_sector() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let registration = app.person("Neema", "2026").await;
        let vid = app.enrol("civil", &registration.to_string()).await.vid;
        let benefits = json!(app.pseudonym(BENEFITS, &vid).await);
        let (status, _) =
            translate(&app, context(PATIENTS, "translate"), "benefits", "patients", &benefits)
                .await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (status, _) =
            translate(&app, context(PATIENTS, "translate"), "patients", "benefits", &benefits)
                .await;
        assert_eq!(
            status,
            StatusCode::NOT_FOUND,
            "one sector's pseudonym means nothing in another"
        );
        let (status, body) =
            translate(&app, context(BENEFITS, "translate"), "benefits", "a b", &benefits).await;
        assert_eq!(
            (status, &body["errors"][0]["field"]),
            (StatusCode::BAD_REQUEST, &json!("sector"))
        );
        let mut nowhere = context(BENEFITS, "translate");
        nowhere.client_sector = None;
        let (status, _) = translate(&app, nowhere, "benefits", "patients", &benefits).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn many_first_uses_at_once_agree_on_one_pseudonym() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let registration = app.person("Neema", "2026").await;
        let vid = app.enrol("civil", &registration.to_string()).await.vid;
        let once = async || app.pseudonym(BENEFITS, &vid).await;
        let (a, b, c, d) = tokio::join!(once(), once(), once(), once());
        assert!(a == b && b == c && c == d);
        assert_eq!(app.count("SELECT person FROM pseudonym").await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_registrar_alone_may_ask_by_registration() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let registration = app.person("Neema", "2026").await.to_string();
        let (status, body) = app.resolve(CIVIL, "civil", &registration).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let subject = serde_json::from_value(body["pseudonym"].clone()).unwrap();
        assert!(
            app.read_log(CIVIL, subject).await.is_empty(),
            "its own registration is no look-up"
        );
        let (status, body) = app.resolve(BENEFITS, "civil", &registration).await;
        assert_eq!(
            (status, &body["errors"][0]["field"]),
            (StatusCode::FORBIDDEN, &json!("system"))
        );
        let (status, _) = app.resolve(BENEFITS, "UIN", "1").await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let unknown = Id::random(&app.ctx.rng).to_string();
        for (system, value) in
            [("civil", unknown.as_str()), ("civil", "x"), ("VID", "x"), ("VID", "2363")]
        {
            let (status, body) = app.resolve(CIVIL, system, value).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{system} {value}");
            assert_eq!(body["detail"], "nobody has this identifier");
        }
    })
    .await;
}
