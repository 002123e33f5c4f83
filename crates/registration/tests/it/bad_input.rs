//! What is refused at the edge, with the field named.

use crate::office::{MOTHER, Office};
use http::Method;
use serde_json::json;
use testkit::on_each_engine;

#[tokio::test]
async fn answers_that_are_none_of_the_steps_are_refused() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let id = office.start("child-benefit").await.entry.id;
        let mine = office.of(MOTHER, "my-applications");
        let path = |step: &str| format!("/registration/my-applications/{id}/steps/{step}");
        for (step, answers, expected) in [
            ("child", json!({ "account": "1234" }), (400, "invalid-field")),
            ("child", json!({ "child_name": "x".repeat(2_001) }), (400, "invalid-field")),
            ("child", json!({ "child_name": 7 }), (400, "invalid-body")),
            ("nowhere", json!({}), (404, "step-unknown")),
        ] {
            let body = json!({ "answers": answers });
            let answer = office.call(&mine, Method::POST, &path(step), &body).await;
            assert_eq!(answer.refusal(), expected, "{step}");
        }
    })
    .await;
}

#[tokio::test]
async fn only_the_exchange_may_ask_about_residents() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let roles = ["caseworker", "benefit-maker", "benefit-checker", "service-manager"];
        for path in ["catalogue", "my-applications", "read-log"] {
            let path = format!("/registration/{path}");
            let answer = office.ask("b-7", &roles, Method::GET, &path, "").await;
            assert_eq!(answer.refusal(), (401, "exchange-only"), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn each_officers_route_needs_its_role() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let id = office.submitted().await;
        let case = |what: &str| format!("/registration/cases/{id}{what}");
        let remark = json!({ "remark": "Why?" }).to_string();
        for (method, path, role, body) in [
            (Method::GET, "/registration/cases".to_owned(), "caseworker", ""),
            (Method::POST, case("/take"), "caseworker", ""),
            (Method::GET, case(""), "caseworker", ""),
            (Method::POST, case("/send-back"), "caseworker", remark.as_str()),
            (Method::GET, "/registration/runs".to_owned(), "benefit-checker", ""),
            (
                Method::POST,
                "/registration/runs".to_owned(),
                "benefit-maker",
                r#"{"month":"2026-03"}"#,
            ),
        ] {
            let wrong = office.ask("x-1", &["registry-clerk"], method.clone(), &path, body).await;
            assert_eq!(wrong.refusal(), (403, "wrong-role"), "{path}");
            office.ask("b-7", &[role], method, &path, body).await.good();
        }
    })
    .await;
}

#[tokio::test]
async fn a_remark_and_a_month_must_be_some() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let id = office.submitted().await;
        office.case("b-7", id, "take", &json!({})).await.good();
        for remark in ["", "  ", "a\u{7}b", &"x".repeat(2_001)] {
            let answer = office.case("b-7", id, "reject", &json!({ "remark": remark })).await;
            assert_eq!(answer.refusal(), (400, "invalid-field"), "{remark:?}");
        }
        let body = json!({ "month": "March" }).to_string();
        let path = "/registration/runs";
        let answer = office.ask("m-1", &["benefit-maker"], Method::POST, path, &body).await;
        assert_eq!(answer.refusal(), (400, "invalid-field"));
    })
    .await;
}
