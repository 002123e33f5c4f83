//! Other institutions answer and sign for themselves, through the exchange.

use crate::app::{App, Ask, LEADER, OWNER, SIGNER, get, post, put};
use serde_json::json;
use testkit::on_each_engine;

const IDENTITY: &str = "TB/GOV/NIA/identity";
const MINISTRY: &str = "TB/GOV/MSP/benefits";

#[tokio::test]
async fn an_institution_answers_what_is_its_own_and_signs() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let round = app.open().await;
        let assignments = json!({"assignments": {"ID-01": "GOV/NIA", "ID-02": OWNER}});
        app.done(LEADER, put(&format!("{round}/assignments"), assignments)).await;
        let (_, own) = app.through_exchange(IDENTITY, get("/assessment/rounds")).await;
        assert_eq!(own[0]["assigned"][0]["indicator"], "ID-01");
        assert_eq!(
            (own[0]["assigned"].as_array().map(Vec::len), &own[0]["signs"]),
            (Some(1), &json!(true))
        );
        let (_, none) = app.through_exchange(MINISTRY, get("/assessment/rounds")).await;
        assert_eq!(none, json!([]), "who is asked nothing sees nothing");

        let own_round = round.replace("/assessment/v1/", "/assessment/");
        let answer = |indicator: &str| {
            // Whom it says it is does not count.
            let body = json!({"level": 2, "institution": OWNER});
            put(&format!("{own_round}/answers/{indicator}"), body)
        };
        let (status, view) = app.through_exchange(IDENTITY, answer("ID-01")).await;
        assert_eq!((status, &view["answer"]["institution"]), (200, &json!("GOV/NIA")), "{view}");
        assert_eq!(view["history"][0]["actor"], "officer:GOV/NIA/q-1");
        for (who, indicator) in [(IDENTITY, "ID-02"), (MINISTRY, "ID-01")] {
            let (status, _) = app.through_exchange(who, answer(indicator)).await;
            assert_eq!(status, 403, "{who} on {indicator}");
        }

        assert_eq!(app.put_into(&round, "in_review").await.status, 200);
        let digest = app.done(SIGNER, get(&round)).await["digest"].clone();
        let sign = |institution: Option<&str>| -> Ask {
            let body = json!({
                "digest": digest, "role": "Registrar", "institution": institution,
                "paper": institution.map(|_| "d".repeat(64))
            });
            post(&format!("{own_round}/sign-offs"), body)
        };
        let (status, _) = app.through_exchange(IDENTITY, sign(Some(OWNER))).await;
        assert_eq!(status, 400, "nobody signs for another institution");
        let (status, _) = app.through_exchange(MINISTRY, sign(None)).await;
        assert_eq!(status, 409, "the ministry is not in the quorum");
        let (status, _) = app.through_exchange(IDENTITY, sign(None)).await;
        assert_eq!(status, 200);
        let view = app.done(LEADER, get(&round)).await;
        assert_eq!(view["sign_offs"][0]["institution"], "GOV/NIA");
    })
    .await;
}

#[tokio::test]
async fn nobody_calls_past_the_exchange() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let answer = app.by(LEADER, get("/assessment/rounds")).await;
        assert!(matches!(answer.status, 401 | 403), "{}", answer.status);
    })
    .await;
}
