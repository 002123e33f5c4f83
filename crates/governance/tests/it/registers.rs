//! The public registers: mandates and agreements.

use crate::app::{App, OWNER, agreement, post};
use serde_json::json;
use testkit::on_each_engine;

async fn text(app: &App, path: &str, language: &str) -> String {
    let answer = app.server.send("GET", path, &[("accept-language", language)], None).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.text
}

#[tokio::test]
async fn whoever_has_no_mandate_is_named() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        app.run("seed_mandates").await;
        app.run("seed_mandates").await;
        let page = text(&app, "/governance/mandates", "en").await;
        for shown in [
            "Data Protection Act, s.12",
            "Look into complaints",
            "Simu Money",
            "No mandate recorded",
            "1 institution has no mandate recorded",
        ] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        let json = app.server.send("GET", "/governance/v1/mandates", &[], None).await.json();
        assert_eq!(json[0]["member"], "TB/COM/SIMU");
        assert_eq!(
            (&json[0]["without_mandate"], &json[1]["without_mandate"]),
            (&json!(true), &json!(false))
        );
        assert_eq!(json[1]["mandates"].as_array().map(Vec::len), Some(1), "seeded once");
        assert_eq!(
            (&json[1]["mandates"][0]["law"], &json[1]["mandates"][0]["section"]),
            (&json!("Data Protection Act"), &json!("s.12"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_mandate_is_published_and_ended_by_officers_and_stays_ended() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let list = "/governance/v1/mandates";
        let new = json!({ "member": "TB/COM/SIMU", "law": "Payments Act", "section": "s.3" });
        assert_eq!(app.server.send("POST", list, &[], Some(&new)).await.status, 401);
        let wrong = app.by(("c-1", OWNER, "auditor"), post(list, new.clone())).await;
        assert_eq!(wrong.status, 403);
        let unknown = json!({ "member": "TB/COM/NOBODY", "law": "Payments Act" });
        assert_eq!(app.commissioner("c-1", post(list, unknown)).await.status, 400);
        let made = app.commissioner("c-1", post(list, new)).await;
        assert_eq!((made.status, &made.json()["in_force"]), (201, &json!(true)));

        let until = app.ctx.clock.now().plus_seconds(60);
        let end = format!("{list}/{}/end", made.json()["id"].as_str().expect("an id"));
        let ended = app.commissioner("c-1", post(&end, json!({ "valid_until": until }))).await;
        assert_eq!((ended.status, &ended.json()["in_force"]), (200, &json!(true)));
        store.time.advance_seconds(60);
        app.run("seed_mandates").await;
        let json = app.server.send("GET", list, &[], None).await.json();
        assert_eq!(json[0]["without_mandate"], true, "the end has come: {json}");
        let gone = format!("{list}/018f2b6e-3c4d-7a5b-8c9d-0e1f2a3b4c5d/end");
        let gone = app.commissioner("c-1", post(&gone, json!({ "valid_until": until }))).await;
        assert_eq!(gone.status, 404);
    })
    .await;
}

#[tokio::test]
async fn agreements_are_listed_with_their_end_and_marked_before_it() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let empty = text(&app, "/governance/agreements", "fr").await;
        assert!(
            empty.contains("Il n'y a aucun accord") || empty.contains("Il n&#39;y a aucun accord"),
            "{empty}"
        );
        let until = app.ctx.clock.now().plus_seconds(40 * 86_400);
        *app.book.agreements.lock().expect("the book") =
            vec![agreement("payment-execution", Some(until)), agreement("care.of-gardens", None)];
        let page = text(&app, "/governance/agreements", "en").await;
        for shown in [
            "Data Protection Commission",
            "Simu Money",
            "Carrying out payments",
            "care of gardens",
            "Contract: Contract 7",
            "23 April 2026",
            "Only for a case",
            "2 agreements are in force",
        ] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        assert!(!page.contains("Ends soon"));
        store.time.advance_seconds(11 * 86_400);
        let page = text(&app, "/governance/agreements", "en").await;
        assert!(page.contains("Ends soon") && page.contains("1 agreement ends within 30 days"));
        store.time.advance_seconds(30 * 86_400);
        let json = app.server.send("GET", "/governance/v1/agreements", &[], None).await.json();
        let states: Vec<&str> =
            json.as_array().expect("a list").iter().filter_map(|a| a["state"].as_str()).collect();
        assert_eq!(states, ["in-force", "ended"]);
    })
    .await;
}
