//! Histories: what was changed behind the block's back is found.

use crate::app::App;
use serde_json::{Value, json};
use testkit::on_each_engine;

async fn tampered(store: &testkit::Store, sql: &'static str) -> Value {
    let app = App::start(store).await;
    let person = app.person();
    let agreement = app.published(&App::clinics_agreement()).await;
    let record = app.answer(person, agreement, true).await.record;
    app.client.withdraw(app.as_person(person), record).await.expect("it is withdrawn");
    let path = format!("/consent/records/{record}/history");
    let before = app.by("auditor", "GET", &path, None).await.json();
    assert_eq!(
        (&before["intact"], before["revisions"].as_array().map(Vec::len)),
        (&json!(true), Some(2))
    );
    app.tamper(sql).await;
    app.by("auditor", "GET", &path, None).await.json()
}

#[tokio::test]
async fn a_changed_snapshot_is_found() {
    on_each_engine(async |store| {
        let history = tampered(
            store,
            "UPDATE revision SET snapshot = REPLACE(snapshot, 'withdrawn', 'given')
                WHERE schema_name = 'ConsentRecord' AND number = 2",
        );
        let history = history.await;
        assert_eq!(history["intact"], false);
        assert_eq!(history["fault"], "the snapshot of revision 2 was changed");
    })
    .await;
}

#[tokio::test]
async fn a_deleted_first_revision_is_found() {
    on_each_engine(async |store| {
        let sql = "DELETE FROM revision WHERE schema_name = 'ConsentRecord' AND number = 1";
        assert_eq!(tampered(store, sql).await["fault"], "revision 1 is missing");
    })
    .await;
}

#[tokio::test]
async fn a_deleted_last_revision_is_found() {
    on_each_engine(async |store| {
        let sql = "DELETE FROM revision WHERE schema_name = 'ConsentRecord' AND number = 2";
        let fault = "the history ends before the revision the object names as its latest";
        assert_eq!(tampered(store, sql).await["fault"], fault);
    })
    .await;
}

#[tokio::test]
async fn an_agreement_that_was_rewritten_is_found() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let (agreement, _) = app.published(&App::clinics_agreement()).await;
        let path = format!("/consent/agreements/{agreement}/history");
        assert_eq!(app.by("auditor", "GET", &path, None).await.json()["intact"], true);
        app.tamper("UPDATE revision SET snapshot = REPLACE(snapshot, 'birth_date', 'hiv_status')")
            .await;
        let history = app.by("auditor", "GET", &path, None).await.json();
        assert_eq!(history["fault"], "the snapshot of revision 1 was changed");
    })
    .await;
}

#[tokio::test]
async fn a_retired_key_still_vouches_for_what_it_sealed() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let person = app.person();
        let agreement = app.published(&App::clinics_agreement()).await;
        let record = app.answer(person, agreement, true).await.record;
        app.ctx.keys.rotate("consent").expect("a new key");
        app.client.withdraw(app.as_person(person), record).await.expect("it is withdrawn");
        let path = format!("/consent/records/{record}/history");
        assert_eq!(app.by("auditor", "GET", &path, None).await.json()["intact"], true);
    })
    .await;
}
