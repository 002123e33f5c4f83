//! What lies in the database: nothing personal in clear, and no value that another block stores too.

use crate::office::{AGREEMENT, MOTHER, Office};
use http::Method;
use kernel::db::Value;
use serde_json::json;
use testkit::on_each_engine;

/// Every table with a row of every kind after the story below.
const DUMPS: &[&str] = &[
    "SELECT id, subject, service, number, status, taken_by, language, content FROM application",
    "SELECT application, kind, actor FROM application_event",
    "SELECT series FROM number_series",
    "SELECT service, reading, agreement FROM consent_binding",
    "SELECT id, application, kind, template, state, problem FROM step",
    "SELECT id, service, subject, origin, payee FROM award",
    "SELECT id, service, month, state, opened_by, after, problem FROM run",
    "SELECT run, award, instruction FROM run_line",
    "SELECT event, actor, object, detail FROM audit",
    "SELECT reader, officer, sealed_case, purpose, reference, fields FROM read_log",
    "SELECT subject, wrapped FROM subject_key",
];

#[tokio::test]
async fn nothing_personal_lies_in_clear_and_no_id_that_others_store() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let body = format!("{{\"agreement\":\"{AGREEMENT}\"}}");
        let path = "/registration/services/child-benefit/consents/phone";
        office.ask("s-1", &["service-manager"], Method::PUT, path, &body).await.good();
        office.neighbours.look().consent = true;
        let id = office.submitted().await;
        office.case("b-7", id, "take", &json!({})).await.good();
        let remark = json!({ "remark": "Remark-Secret" });
        office.case("b-7", id, "send-back", &remark).await.good();
        office.client.submit(office.mine(), id, "en").await.expect("sends");
        office.case("b-7", id, "approve", &json!({})).await.good();
        office.registration.carry_out_steps().await.expect("runs");
        office.neighbours.look().vids.insert("4910283746501928".to_owned(), MOTHER);
        let line = json!({ "vid": "4910283746501928", "provider": "COM/LAKEBANK",
            "account": "LB-SECRET", "minor": 1 });
        let path = "/registration/awards/import";
        office.ask("m-1", &["benefit-maker"], Method::POST, path, &line.to_string()).await.good();
        let body = json!({ "month": "2026-03" }).to_string();
        office
            .ask("m-1", &["benefit-maker"], Method::POST, "/registration/runs", &body)
            .await
            .good();
        office.registration.advance_runs().await.expect("runs");

        let words = [
            "Zawadi",
            "Neema",
            "Lake East",
            "W-550114",
            "550114",
            "2026-01-20",
            "Remark-Secret",
            "4910283746501928",
            "LB-SECRET",
        ];
        let mut forbidden: Vec<Vec<u8>> =
            words.iter().map(|word| word.as_bytes().to_vec()).collect();
        {
            let told = office.neighbours.look();
            assert!(!told.instructions.is_empty() && !told.messages.is_empty());
            let ids =
                told.instructions.keys().chain(told.messages.keys()).chain(told.payees.keys());
            for id in ids {
                forbidden.push(id.as_bytes().to_vec());
                forbidden.push(id.to_string().into_bytes());
            }
        }
        for sql in DUMPS {
            let rows = office.rows(sql).await;
            assert!(!rows.is_empty(), "{sql}: shows nothing");
            for value in rows.iter().flat_map(|row| row.values()) {
                let bytes = match value {
                    Value::Text(text) => text.as_bytes().to_vec(),
                    Value::Bytes(bytes) => bytes.clone(),
                    _ => continue,
                };
                for word in &forbidden {
                    let found = bytes.windows(word.len()).any(|part| part == word.as_slice());
                    assert!(!found, "{sql} holds {:?}", String::from_utf8_lossy(word));
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_erased_applicant_cannot_be_read_any_more() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let id = office.submitted().await;
        let fields = office.ctx.fields.clone();
        let erased: Result<bool, kernel::fields::FieldsError> = office
            .ctx
            .db
            .write(move |tx| Box::pin(async move { fields.erase(tx, MOTHER.as_bytes()).await }))
            .await;
        assert!(erased.expect("erases"));
        let answer = office.case("b-7", id, "take", &json!({})).await;
        assert_eq!(answer.refusal(), (410, "erased"));
    })
    .await;
}
