//! Signatures, their quorum and dissent.

use crate::app::{App, CHECKER, LEADER, OWNER, SIGNER, fields, get, post, slug};
use serde_json::{Value, json};
use testkit::{Answer, on_each_engine};

async fn sign(app: &App, round: &str, change: Value) -> Answer {
    let digest = app.done(SIGNER, get(round)).await["digest"].clone();
    let mut ask = json!({"digest": digest, "role": "Director General"});
    ask.as_object_mut().expect("an object").extend(change.as_object().expect("one").clone());
    app.by(SIGNER, post(&format!("{round}/sign-offs"), ask)).await
}

async fn in_review(app: &App) -> String {
    let round = app.open().await;
    assert_eq!(app.answer(&round, "ID-01", 3).await.status, 200);
    assert_eq!(app.put_into(&round, "in_review").await.status, 200);
    round
}

#[tokio::test]
async fn a_round_is_signed_once_enough_institutions_have() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let round = in_review(&app).await;
        let first = sign(&app, &round, json!({})).await;
        assert_eq!((first.status, &first.json()["state"]), (200, &json!("in_review")));
        assert_eq!(slug(&sign(&app, &round, json!({})).await), "signed-before");
        let paper = "c".repeat(64);
        let outside = json!({"institution": "GOV/MSP", "paper": paper});
        assert_eq!(slug(&sign(&app, &round, outside).await), "not-in-quorum");
        let without = sign(&app, &round, json!({"institution": "GOV/NIA"})).await;
        assert_eq!((without.status, fields(&without)), (400, vec!["paper".to_owned()]));
        let dissent = json!({
            "institution": "GOV/NIA", "paper": paper, "dissent": "ID-01 is at level 4."
        });
        let second = sign(&app, &round, dissent).await;
        assert_eq!((second.status, &second.json()["state"]), (200, &json!("signed")));

        let whole = app.done(LEADER, get(&format!("{round}/round.json"))).await;
        let signed = whole["sign_offs"].as_array().expect("signatures");
        let of = |institution: &str| signed.iter().find(|one| one["institution"] == institution);
        assert!(of(OWNER).is_some_and(|one| one["dissent"].is_null()), "{whole}");
        assert!(of("GOV/NIA").is_some_and(|one| one["dissent"] == "ID-01 is at level 4."));
        assert_eq!(app.audited("assessment.round.quorum_reached").await, 1);
        assert_eq!(app.audited("assessment.round.signed_off").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_signature_names_what_it_signs() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let round = in_review(&app).await;
        let digest = app.done(SIGNER, get(&round)).await["digest"].clone();
        let review = json!({"level": 2, "reason": "One office only.", "revision": 1});
        app.done(CHECKER, post(&format!("{round}/answers/ID-01/review"), review)).await;
        let stale = sign(&app, &round, json!({"digest": digest})).await;
        assert_eq!((stale.status, slug(&stale).as_str()), (409, "other-digest"));
        assert_eq!(sign(&app, &round, json!({})).await.status, 200);
        let digest = app.done(SIGNER, get(&round)).await["digest"].clone();
        let late = json!({"level": 1, "reason": "On second thoughts.", "revision": 2});
        let late = app.by(CHECKER, post(&format!("{round}/answers/ID-01/review"), late)).await;
        assert_eq!(slug(&late), "round-partly-signed");
        let after = app.done(SIGNER, get(&round)).await["digest"].clone();
        assert_eq!(after, digest, "signatures are no part of what is signed");
    })
    .await;
}

#[tokio::test]
async fn taking_the_answers_up_again_withdraws_signatures() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let round = in_review(&app).await;
        assert_eq!(sign(&app, &round, json!({})).await.status, 200);
        assert_eq!(app.put_into(&round, "open").await.status, 200);
        assert_eq!(app.done(LEADER, get(&round)).await["sign_offs"], json!([]));
        assert_eq!(app.answer(&round, "ID-01", 2).await.status, 200);
        assert_eq!(app.put_into(&round, "in_review").await.status, 200);
        assert_eq!(sign(&app, &round, json!({})).await.status, 200, "the same one signs anew");
    })
    .await;
}
