//! What lies in the database: no plain text of data or reasons, in any table or file.

use crate::desk::{Desk, MOTHER, VID, amina, benefits};
use http::Method;
use kernel::db::{DbError, Row};
use serde_json::{Value, json};
use testkit::{Store, on_each_engine};

/// Texts and bytes of every table that a record touches, as hexadecimal where the column is bytes.
const DUMPS: &[(&str, &str, bool)] = &[
    ("SELECT content AS x FROM revision", "revision", true),
    ("SELECT wrapped AS x FROM subject_key", "subject_key", true),
    ("SELECT detail AS x FROM audit", "audit", false),
    ("SELECT actor AS x FROM audit", "audit", false),
    ("SELECT object AS x FROM audit", "audit", false),
    ("SELECT payload AS x FROM outbox", "outbox", false),
    ("SELECT answer AS x FROM idempotency", "idempotency", false),
    ("SELECT caller AS x FROM idempotency", "idempotency", false),
    ("SELECT fields AS x FROM read_log", "read_log", false),
    ("SELECT actor AS x FROM revision", "revision", false),
];

async fn written(store: &Store) -> (Desk, String) {
    let desk = Desk::open(store).await;
    desk.db().subscribe(vec![("registry.record.created".to_owned(), "TB/x".to_owned())]);
    let body = json!({ "subject": { "vid": VID }, "data": amina("Kisima-Secret"),
        "reason": "Reason-Secret" });
    let path = "/registry/registers/residents/records";
    let record = desk.clerk(Method::POST, path, &body).await.good();
    desk.call(&benefits(MOTHER), "/registry/records").await.good();
    (desk, record["record"].as_str().expect("an id").to_owned())
}

async fn column(desk: &Desk, sql: &'static str) -> Vec<Row> {
    let rows: Result<Vec<Row>, DbError> =
        desk.db().read(move |tx| Box::pin(async move { tx.all(sql, &[]).await })).await;
    rows.expect("reads")
}

fn contains(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|part| part == word.as_bytes())
}

#[tokio::test]
async fn the_tables_hold_no_plain_text() {
    on_each_engine(async |store| {
        let (desk, _) = written(store).await;
        for (sql, table, is_bytes) in DUMPS {
            let rows = column(&desk, sql).await;
            assert!(!rows.is_empty(), "{table} is empty: this shows nothing");
            for row in rows {
                let bytes = match is_bytes {
                    true => row.get::<Vec<u8>>("x").expect("bytes"),
                    false => row.get::<String>("x").expect("text").into_bytes(),
                };
                for word in ["Amina", "Kisima-Secret", "Reason-Secret", VID] {
                    assert!(!contains(&bytes, word), "{word} stands in {table}");
                }
            }
        }
        let Some(path) = desk.db().path() else { return };
        let wal = path.with_extension("db-wal");
        let files = [std::fs::read(path).expect("a file"), std::fs::read(wal).expect("a file")];
        assert!(
            files.iter().any(|file| contains(file, "officer:GOV/NIA/r-17")),
            "looked at nothing"
        );
        for word in ["Amina", "Kisima-Secret", "Reason-Secret", VID] {
            assert!(!files.iter().any(|file| contains(file, word)), "{word} stands in the file");
        }
    })
    .await;
}

#[tokio::test]
async fn content_moved_to_another_record_or_place_in_history_does_not_open() {
    on_each_engine(async |store| {
        let (desk, record) = written(store).await;
        desk.update(&record, 1, amina("Mlima")).await.good();
        let swapped: Result<u64, DbError> = desk
            .db()
            .write(|tx| {
                Box::pin(async move {
                    let old = "SELECT content FROM revision WHERE revision = 1";
                    let old: Vec<u8> = tx.one(old, &[]).await?.get("content")?;
                    let sql = "UPDATE revision SET content = $1 WHERE revision = 2";
                    tx.exec(sql, &[old.into()]).await
                })
            })
            .await;
        assert_eq!(swapped.expect("swaps"), 1);
        let answer = desk.call(&benefits(MOTHER), "/registry/records").await;
        assert_eq!(answer.refusal(), (500, "internal"));
        assert!(!answer.body.to_string().contains("Kisima"), "{answer:?}");
        let old = "/registry/records?as_of=2026-03-14T08:00:00Z";
        // Both revisions were recorded at the same time on the test's clock; the newest counts.
        assert_eq!(desk.call(&benefits(MOTHER), old).await.refusal(), (500, "internal"));
    })
    .await;
}

#[tokio::test]
async fn an_erased_person_cannot_be_read_or_written_any_more() {
    on_each_engine(async |store| {
        let (desk, record) = written(store).await;
        let fields = desk.ctx.fields.clone();
        let erased: Result<bool, kernel::fields::FieldsError> = desk
            .db()
            .write(move |tx| Box::pin(async move { fields.erase(tx, MOTHER.as_bytes()).await }))
            .await;
        assert!(erased.expect("erases"));
        let read = desk.call(&benefits(MOTHER), "/registry/records").await;
        assert_eq!(read.refusal(), (410, "erased"));
        let write = desk.update(&record, 1, amina("Mlima")).await;
        assert_eq!(write.refusal(), (410, "erased"));
        let revisions: Value = desk.count("SELECT COUNT(*) AS n FROM revision").await.into();
        assert_eq!(revisions, json!(1));
    })
    .await;
}
