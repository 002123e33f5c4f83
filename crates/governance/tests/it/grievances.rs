//! A person complains, officers take up and answer.

use crate::app::{App, OWNER, complaint, get, person, post};
use contracts::governance::GrievanceStatus;
use serde_json::json;
use testkit::on_each_engine;

const QUEUE: &str = "/governance/v1/grievances";

#[tokio::test]
async fn a_complaint_is_lodged_once_and_answered_by_whoever_took_it_up() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let ask = complaint(7, "I know nobody there.\nWhy did they look?");
        let lodged = app.lodge(person(1), &ask).await.expect("lodged");
        assert_eq!(lodged.number, "G-2026-000001");
        assert_eq!(
            (lodged.text.as_str(), lodged.status),
            (ask.text.as_str(), GrievanceStatus::Lodged)
        );
        assert_eq!(lodged.due.seconds_since(lodged.lodged), 30 * 86_400);
        assert_eq!(app.lodge(person(1), &ask).await.expect("the same"), lodged);
        let other = app.lodge(person(1), &complaint(8, "Again?")).await.expect("another");
        assert_eq!(other.number, "G-2026-000002");
        assert_eq!(app.list(person(1)).await, [other, lodged]);
        assert!(app.list(person(2)).await.is_empty());

        let queue = app.commissioner("c-1", get(QUEUE)).await.json();
        assert_eq!(queue["lodged"].as_array().map(Vec::len), Some(2));
        assert_eq!(queue["lodged"][0]["overdue"], false);
        let path = format!("{QUEUE}/G-2026-000001");
        let early = post(&format!("{path}/answer"), json!({ "answer": "So." }));
        assert_eq!(app.commissioner("c-1", early).await.status, 409, "take it up first");
        let take_up = format!("{path}/take-up");
        let taken = app.commissioner("c-1", post(&take_up, json!({}))).await;
        assert_eq!(taken.json()["status"], "taken-up");
        assert_eq!(app.commissioner("c-2", post(&take_up, json!({}))).await.status, 409);

        let answer = format!("{path}/answer");
        let says = json!({ "answer": "The officer was warned." });
        assert_eq!(app.commissioner("c-2", post(&answer, says.clone())).await.status, 409);
        assert_eq!(
            app.commissioner("c-1", post(&answer, json!({ "answer": " " }))).await.status,
            400
        );
        assert_eq!(app.commissioner("c-1", post(&answer, says.clone())).await.status, 200);
        assert_eq!(app.commissioner("c-1", post(&answer, says)).await.status, 200, "twice is once");
        let changed = json!({ "answer": "No, it was not." });
        assert_eq!(app.commissioner("c-1", post(&answer, changed)).await.status, 409);
        let shown = app.list(person(1)).await;
        assert_eq!(shown[1].answer.as_deref(), Some("The officer was warned."));
        assert_eq!(shown[1].status, GrievanceStatus::Answered);
    })
    .await;
}

#[tokio::test]
async fn an_id_that_was_used_lodges_nothing_else() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        app.lodge(person(1), &complaint(7, "One")).await.expect("lodged");
        let other = app.lodge(person(1), &complaint(7, "Two")).await.expect_err("refused");
        assert_eq!(other.status().map(|status| status.as_u16()), Some(409));
        let stranger = app.lodge(person(2), &complaint(7, "One")).await.expect_err("refused");
        assert_eq!(stranger.status().map(|status| status.as_u16()), Some(409));
        for text in ["", " \n", &"x".repeat(2_001)] {
            let refused = app.lodge(person(1), &complaint(9, text)).await.expect_err("refused");
            assert_eq!(refused.status().map(|status| status.as_u16()), Some(400), "{text:.5}");
        }
        assert_eq!(app.list(person(1)).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn officers_reads_stand_in_the_persons_log_and_others_do_not_get_in() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        app.lodge(person(1), &complaint(7, "Why?")).await.expect("lodged");
        let path = format!("{QUEUE}/G-2026-000001");
        for who in [("c-1", OWNER, "auditor"), ("c-1", "GOV/MSP", "commissioner")] {
            assert_eq!(app.by(who, get(&path)).await.status, 403, "{who:?}");
            assert_eq!(app.by(who, get(QUEUE)).await.status, 403, "{who:?}");
        }
        assert!(app.read_log(person(1)).await.is_empty(), "a queue shows no words");
        let read = app.commissioner("c-1", get(&path)).await.json();
        assert_eq!(read["grievance"]["text"], "Why?");
        assert_eq!(read["grievance"]["line"]["officer"], "b-9");
        let log = app.read_log(person(1)).await;
        assert_eq!(log.len(), 1);
        assert_eq!(
            (log[0].officer.as_deref(), log[0].case.as_deref()),
            (Some("c-1"), Some("G-2026-000001"))
        );
        assert_eq!(log[0].basis_reference, "Data Protection Act, s.12");
        assert_eq!(log[0].refused, None);
        assert_eq!(
            app.commissioner("c-1", get(&format!("{QUEUE}/G-2026-000009"))).await.status,
            404
        );
    })
    .await;
}

#[tokio::test]
async fn an_attempt_that_the_exchange_refused_stands_in_the_persons_log() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        assert_eq!(app.tell_attempt(person(1)).await, 204);
        let log = app.read_log(person(1)).await;
        assert_eq!(log.len(), 1);
        assert_eq!(log[0].refused.as_deref(), Some("case-not-standing"));
        assert_eq!(
            (log[0].officer.as_deref(), log[0].case.as_deref()),
            (Some("b-9"), Some("CB-2026-17"))
        );
        assert!(log[0].fields.is_empty());
        let outside = app.server.send("POST", "/governance/read-log/attempts", &[], None).await;
        assert_eq!(outside.status, 401);
        assert_eq!(app.read_log(person(1)).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_complaint_that_is_not_answered_in_time_is_overdue() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        app.lodge(person(1), &complaint(7, "Why?")).await.expect("lodged");
        store.time.advance_seconds(30 * 86_400 - 1);
        let line = |queue: serde_json::Value| queue["lodged"][0]["overdue"].clone();
        assert_eq!(line(app.commissioner("c-1", get(QUEUE)).await.json()), false);
        store.time.advance_seconds(1);
        assert_eq!(line(app.commissioner("c-1", get(QUEUE)).await.json()), true);
    })
    .await;
}

#[tokio::test]
async fn nothing_that_a_person_wrote_stands_in_the_clear() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        app.lodge(person(1), &complaint(7, "Kwa nini walisoma?")).await.expect("lodged");
        let path = format!("{QUEUE}/G-2026-000001");
        app.commissioner("c-1", post(&format!("{path}/take-up"), json!({}))).await;
        let answer = json!({ "answer": "Afisa ameonywa." });
        app.commissioner("c-1", post(&format!("{path}/answer"), answer)).await;
        app.run("send_notices").await;
        let mut rows = app.rows("SELECT * FROM grievance").await;
        rows.extend(app.rows("SELECT * FROM notice").await);
        rows.extend(app.rows("SELECT * FROM audit").await);
        rows.extend(app.rows("SELECT * FROM read_log").await);
        assert!(rows.len() > 4);
        for secret in ["walisoma", "ameonywa", "CB-2026-17", "b-9"] {
            let found = rows.iter().any(|row| {
                row.values().iter().any(|value| match value {
                    kernel::db::Value::Text(text) => text.contains(secret),
                    kernel::db::Value::Bytes(bytes) => {
                        bytes.windows(secret.len()).any(|part| part == secret.as_bytes())
                    }
                    _ => false,
                })
            });
            assert!(!found, "{secret} stands in the clear");
        }
    })
    .await;
}
