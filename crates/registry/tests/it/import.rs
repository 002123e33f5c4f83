//! Entering many records at once.

use crate::desk::{Desk, amina, benefits, person};
use basis::Clock;
use serde_json::{Value, json};
use testkit::on_each_engine;

fn vid(number: usize) -> String {
    format!("1{number:015}")
}

fn line(number: usize) -> Value {
    json!({ "vid": vid(number), "data": amina(&format!("Village {number}")) })
}

#[tokio::test]
async fn imported_records_read_and_change_like_others() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let lines: Vec<Value> = (1..=103).map(line).collect();
        let out = desk.import("k-1", &lines).await.good();
        let records = out["records"].as_array().expect("a list");
        assert_eq!((records.len(), &out["refused"]), (103, &json!([])));
        assert!(records.iter().zip(1..).all(|(record, number)| record["line"] == json!(number)));
        assert_eq!(desk.count("SELECT COUNT(*) AS n FROM revision").await, 103);
        let audited = "SELECT COUNT(*) AS n FROM audit WHERE event = 'registry.records.imported'";
        assert_eq!(desk.count(audited).await, 1);
        let shown = desk.call(&benefits(person(&vid(103))), "/registry/records").await.good();
        assert_eq!(shown["data"], amina("Village 103"));
        let record = records[102]["record"].as_str().expect("an id");
        assert_eq!(shown["record"], json!(record));
        assert_eq!(desk.update(record, 1, amina("Mlima")).await.good()["revision"], 2);
    })
    .await;
}

#[tokio::test]
async fn bad_lines_are_told_by_line_and_field_and_the_others_are_entered() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let mut lines: Vec<Value> = (1..=6).map(line).collect();
        lines[0]["data"] = json!({ "name": "Amina Wanjiru" });
        lines[2]["vid"] = json!("9999999999999999");
        lines[3]["nonsense"] = json!(1);
        lines[4]["vid"] = json!(vid(2));
        let out = desk.import("k-1", &lines).await.good();
        let told = |list: &Value, what: &str| -> Vec<Value> {
            list.as_array().expect("a list").iter().map(|one| one[what].clone()).collect()
        };
        assert_eq!(told(&out["records"], "line"), [2, 6]);
        assert_eq!(told(&out["refused"], "line"), [1, 3, 4, 5]);
        assert_eq!(told(&out["refused"], "field"), ["/data/village", "vid", "nonsense", "vid"]);
        assert_eq!(desk.count("SELECT COUNT(*) AS n FROM record").await, 2);
    })
    .await;
}

#[tokio::test]
async fn the_same_import_and_the_same_record_are_entered_once() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let lines: Vec<Value> = (1..=50).map(line).collect();
        let first = desk.import("k-1", &lines).await.good();
        assert_eq!(desk.import("k-1", &lines).await.good(), first);
        assert_eq!(desk.import("k-2", &lines).await.good(), first, "another key, the same records");
        let other = json!({ "vid": vid(7), "data": amina("Mlima") });
        let refused = desk.import("k-3", &[other]).await;
        assert_eq!(refused.refusal(), (400, "import-refused"));
        assert_eq!(refused.fields(), ["lines[1].vid"]);
        assert_eq!(desk.import("k-1", &lines[1..]).await.refusal(), (409, "idempotency-mismatch"));
        assert_eq!(desk.count("SELECT COUNT(*) AS n FROM revision").await, 50);
        let many: Vec<Value> = (0..1_001).map(line).collect();
        assert_eq!(desk.import("k-4", &many).await.refusal(), (413, "too-many-lines"));
    })
    .await;
}

/// `cargo test --release -p registry --test it -- --ignored --nocapture figures`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures; means something only in a release build on a quiet machine"]
async fn figures_of_twenty_thousand_records() {
    on_each_engine(async |store| {
        let (desk, clock) = (Desk::open(store).await, Clock::system());
        let lines: Vec<Value> = (0..20_000).map(line).collect();
        let start = clock.monotonic_micros();
        for (number, portion) in lines.chunks(1_000).enumerate() {
            desk.import(&format!("k-{number}"), portion).await.good();
        }
        let millis = (clock.monotonic_micros() - start) / 1_000;
        println!("{}: 20,000 records imported in {millis} ms", store.engine());
    })
    .await;
}
