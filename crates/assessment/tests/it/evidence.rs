//! The evidence locker, and measurements beside claims.

use crate::app::{App, CHECKER, CLERK, FILE_MAX, LEADER, fields, get, post, put};
use kernel::db::{DbError, Row};
use serde_json::{Value, json};
use testkit::on_each_engine;

fn link() -> Value {
    json!({
        "kind": "document", "title": "Strategy", "source": "https://a.example/strategy",
        "publisher": "Digital Agency", "date": "2025-06"
    })
}

fn with(change: Value) -> Value {
    let mut all = link();
    all.as_object_mut().expect("an object").extend(change.as_object().expect("one").clone());
    all
}

/// "Minutes of the board" in Base64.
const MINUTES: &str = "TWludXRlcyBvZiB0aGUgYm9hcmQ=";
const MINUTES_SHA256: &str = "0c9b92f1a05ee33e9b1a7a2cc4bd1e7ae9b5b5fb1a0bd6cdce5fcbf2d1a3a9d2";

#[tokio::test]
async fn a_file_is_kept_sealed_and_comes_out_as_it_went_in() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let round = app.open().await;
        let path = format!("{round}/evidence");
        let file = with(json!({
            "source": "C:\\fakepath\\minutes 3.txt", "content": MINUTES, "media_type": "text/plain"
        }));
        let added = app.done(CLERK, post(&path, file)).await;
        let evidence = &added["evidence"];
        assert_eq!(
            (&evidence["id"], &evidence["source"]),
            (&json!("E-1"), &json!("minutes 3.txt"))
        );
        assert_eq!(evidence["sha256"].as_str().map(str::len), Some(64));
        assert_eq!((&added["held"], &added["size_bytes"]), (&json!(true), &json!(20)));

        let read = app.by(CHECKER, get(&format!("{path}/E-1/file"))).await;
        assert_eq!((read.status, read.text.as_str()), (200, "Minutes of the board"));
        assert_eq!(read.header("content-disposition"), "attachment; filename=\"minutes.3.txt\"");
        assert_eq!(read.header("x-content-type-options"), "nosniff");
        assert_eq!(app.audited("assessment.evidence.read").await, 1);
        let sql = "SELECT sealed_content FROM evidence_file";
        let rows: Result<Vec<Row>, DbError> =
            app.ctx.db.read(move |tx| Box::pin(async move { tx.all(sql, &[]).await })).await;
        let sealed: Vec<u8> = rows.expect("it reads")[0].get("sealed_content").expect("bytes");
        assert!(!sealed.windows(7).any(|part| part == b"Minutes"), "at rest it is sealed");

        assert_eq!(app.by(CLERK, get(&format!("{path}/E-2/file"))).await.status, 404);
        app.done(CLERK, post(&path, link())).await;
        assert_eq!(app.by(CLERK, get(&format!("{path}/E-2/file"))).await.status, 404, "a link");
        let listed = app.done(CLERK, get(&path)).await;
        assert_eq!(listed.as_array().map(Vec::len), Some(2));
    })
    .await;
}

#[tokio::test]
async fn evidence_names_what_is_wrong_with_it() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let round = app.open().await;
        let path = format!("{round}/evidence");
        let check = async |change: Value, field: &str| {
            let answer = app.by(CLERK, post(&path, with(change))).await;
            assert_eq!((answer.status, fields(&answer)), (400, vec![field.to_owned()]), "{field}");
        };
        check(json!({"kind": "rumour"}), "kind").await;
        check(json!({"title": ""}), "title").await;
        check(json!({"source": "javascript:alert(1)"}), "source").await;
        check(json!({"source": "https://"}), "source").await;
        check(json!({"publisher": " "}), "publisher").await;
        check(json!({"date": "2025-13"}), "date").await;
        check(json!({"expires": "2024"}), "expires").await;
        check(json!({"sha256": "ABC"}), "sha256").await;
        check(json!({"content": "not Base64!"}), "content").await;
        check(json!({"content": ""}), "content").await;
        check(json!({"content": MINUTES, "sha256": MINUTES_SHA256}), "sha256").await;
        let large = "A".repeat((FILE_MAX / 3 + 1) * 4);
        let large = app.by(CLERK, post(&path, with(json!({"content": large})))).await;
        assert_eq!(large.status, 413);
        assert_eq!(app.done(CLERK, get(&path)).await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn measurements_stand_beside_claims_and_contradictions_are_listed() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let round = app.open().await;
        let old = with(json!({"kind": "interview", "date": "2024"}));
        app.done(CLERK, post(&format!("{round}/evidence"), old)).await;
        let answer = json!({"level": 3, "institution": "GOV/NIA", "evidence": ["E-1"]});
        app.done(CLERK, put(&format!("{round}/answers/ID-04"), answer)).await;
        let instrument = maturity::Instrument::built_in();
        let asked = instrument.indicators.iter().find(|one| one.id == "ID-04");
        let probe = asked.expect("it asks").probes[0].clone();
        let found = |indicator: &str, level: u8| {
            json!({"measurements": [{
                "probe": probe, "indicator": indicator, "target": "portal", "says": "It did not answer.",
                "at": "2026-02-27T08:00:00Z", "outcome": {"level": level}
            }]})
        };
        let path = format!("{round}/measurements");
        let wrong = app.by(LEADER, post(&path, found("ID-99", 9))).await;
        assert_eq!(fields(&wrong), ["measurements[0].indicator", "measurements[0].outcome"]);
        let other = app.by(LEADER, post(&path, found("ID-08", 1))).await;
        assert_eq!(fields(&other), ["measurements[0].probe"]);
        assert_eq!(app.done(LEADER, post(&path, found("ID-04", 1))).await["held"], 1);
        let findings = app.done(CHECKER, get(&round)).await["findings"].clone();
        let one = &findings["contradictions"][0];
        assert_eq!((&one["claimed"], &one["measured"]), (&json!(3), &json!(1)));
        assert_eq!(findings["expired"][0]["indicators"], json!(["ID-04"]));
        assert_eq!(findings["unreviewed"], json!(["ID-04"]));
        let whole = app.done(LEADER, get(&format!("{round}/round.json"))).await;
        assert_eq!(whole["answers"]["ID-04"]["level"], 3, "the claim stays");
    })
    .await;
}
