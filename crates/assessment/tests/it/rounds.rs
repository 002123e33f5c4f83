//! Rounds from their opening to their end, and what they hold.

use crate::app::{App, CHECKER, CLERK, LEADER, OWNER, SIGNER, fields, get, post, put, slug};
use assessment::permissions::LEAD;
use serde_json::{Value, json};
use testkit::on_each_engine;

#[tokio::test]
async fn a_round_lives_from_opening_to_closing_and_then_changes_no_more() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let round = app.open().await;
        assert_eq!(app.answer(&round, "ID-01", 3).await.status, 200);
        let early = json!({"digest": "", "role": "Director"});
        let early = app.by(SIGNER, post(&format!("{round}/sign-offs"), early)).await;
        assert_eq!((early.status, slug(&early).as_str()), (409, "round-not-in-review"));
        assert_eq!(app.put_into(&round, "closed").await.status, 409);
        assert_eq!(app.put_into(&round, "in_review").await.status, 200);
        assert_eq!(slug(&app.answer(&round, "ID-01", 4).await), "round-in-review");

        sign_by_both(&app, &round).await;
        assert_eq!(slug(&app.put_into(&round, "open").await), "round-signed");
        assert_eq!(app.put_into(&round, "closed").await.status, 200);
        let before = app.done(LEADER, get(&format!("{round}/round.json"))).await;
        let revision = app.done(LEADER, get(&round)).await["round"]["revision"].clone();
        let link = json!({
            "kind": "document", "title": "T", "source": "https://a.example", "publisher": "P",
            "date": "2026"
        });
        let review = json!({"reason": "x", "revision": 1});
        let catalogue = json!({"revision": revision, "institutions": []});
        for (who, ask) in [
            (CLERK, put(&format!("{round}/answers"), json!({"answers": {}}))),
            (CLERK, put(&format!("{round}/answers/ID-01"), json!({"level": 1, "revision": 1}))),
            (CLERK, post(&format!("{round}/evidence"), link)),
            (CHECKER, post(&format!("{round}/answers/ID-01/review"), review)),
            (LEADER, post(&format!("{round}/measurements"), json!({"measurements": []}))),
            (LEADER, put(&format!("{round}/assignments"), json!({"assignments": {}}))),
            (LEADER, put(&format!("{round}/catalogue"), catalogue)),
            (LEADER, post(&format!("{round}/state"), json!({"to": "open", "revision": revision}))),
            (
                SIGNER,
                post(&format!("{round}/sign-offs"), json!({"digest": "", "role": "Director"})),
            ),
        ] {
            let what = format!("{} {}", ask.0, ask.1);
            let answer = app.by(who, ask).await;
            let found = (answer.status, slug(&answer));
            assert_eq!(found, (409, "round-closed".to_owned()), "{what}: {}", answer.text);
        }
        assert_eq!(app.done(LEADER, get(&format!("{round}/round.json"))).await, before);
        assert_eq!(app.audited("assessment.round.moved").await, 2);
    })
    .await;
}

/// The institution that assesses signs, and the other one on paper.
async fn sign_by_both(app: &App, round: &str) {
    let digest = app.done(SIGNER, get(round)).await["digest"].clone();
    for (institution, paper) in [(OWNER, Value::Null), ("GOV/NIA", json!("a".repeat(64)))] {
        let ask = json!({
            "digest": digest, "role": "Director", "institution": institution, "paper": paper
        });
        app.done(SIGNER, post(&format!("{round}/sign-offs"), ask)).await;
    }
    assert_eq!(app.done(LEADER, get(round)).await["round"]["state"], "signed");
}

#[tokio::test]
async fn every_answer_that_was_given_stays_in_the_history() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let round = app.open().await;
        assert_eq!(app.answer(&round, "ID-01", 3).await.status, 200);
        let second = app.answer(&round, "ID-01", 2).await;
        assert_eq!(second.header("etag"), "\"2\"");
        let path = format!("{round}/answers/ID-01");
        let stale = json!({"level": 4, "institution": "GOV/NIA", "revision": 1});
        let stale = app.by(CLERK, put(&path, stale)).await;
        assert_eq!((stale.status, slug(&stale).as_str()), (409, "moved-on"));

        assert_eq!(app.put_into(&round, "in_review").await.status, 200);
        let review = json!({"level": 1, "reason": "Half of it is missing.", "revision": 2});
        app.done(CHECKER, post(&format!("{path}/review"), review)).await;
        let view = app.done(CLERK, get(&path)).await;
        let line = |one: &Value| {
            let answer = &one["answer"];
            (one["step"].clone(), answer["level"].clone(), answer["review"]["level"].clone())
        };
        let history: Vec<_> = view["history"].as_array().expect("lines").iter().map(line).collect();
        let expected = [
            (json!("reviewed"), json!(2), json!(1)),
            (json!("answered"), json!(2), Value::Null),
            (json!("answered"), json!(3), Value::Null),
        ];
        assert_eq!(history, expected);
        assert_eq!(view["history"][2]["actor"], "officer:GOV/DIGITAL/o-1");
        let whole = app.done(CLERK, get(&format!("{round}/round.json"))).await;
        assert_eq!(whole["answers"]["ID-01"]["level"], 2, "both levels stay visible");
        assert_eq!(whole["answers"]["ID-01"]["review"]["level"], 1);
        assert!(!whole.to_string().contains("r-1"), "a round names roles, no officers");
    })
    .await;
}

#[tokio::test]
async fn nobody_reviews_their_own_answer() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let round = app.open().await;
        assert_eq!(app.answer(&round, "ID-01", 3).await.status, 200);
        assert_eq!(app.put_into(&round, "in_review").await.status, 200);
        let path = format!("{round}/answers/ID-01/review");
        let word = json!({"reason": "I know it.", "revision": 1});
        let same = (CLERK.0, OWNER, assessment::permissions::REVIEWER);
        let own = app.by(same, post(&path, word.clone())).await;
        assert_eq!((own.status, slug(&own).as_str()), (409, "own-answer"));
        let unexplained = json!({"level": 1, "revision": 1});
        let unexplained = app.by(CHECKER, post(&path, unexplained)).await;
        assert_eq!((unexplained.status, fields(&unexplained)), (400, vec!["reason".to_owned()]));
        let accepts = json!({"revision": 1});
        assert_eq!(app.by(CHECKER, post(&path, accepts)).await.status, 200);
        let none = format!("{round}/answers/ID-02/review");
        assert_eq!(slug(&app.by(CHECKER, post(&none, word)).await), "not-answered");
    })
    .await;
}

#[tokio::test]
async fn answers_come_in_all_or_none_and_every_wrong_field_is_named() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let round = app.open().await;
        let path = format!("{round}/answers");
        let bad = json!({"answers": {
            "ID-01": {"level": 3, "institution": "GOV/NIA"},
            "ID-02": {"level": 7, "institution": "GOV/NIA", "evidence": ["E-9"]},
            "ID-03": {"level": null, "institution": "GOV/NOBODY"},
            "XX-99": {"level": 1, "institution": "GOV/NIA"}
        }});
        let refused = app.by(CLERK, put(&path, bad)).await;
        assert_eq!(refused.status, 400);
        let expected = [
            "answers.ID-02.level",
            "answers.ID-02.evidence",
            "answers.ID-03.institution",
            "answers.XX-99",
        ];
        assert_eq!(fields(&refused), expected);
        let view = app.done(LEADER, get(&round)).await;
        assert_eq!(view["coverage"][0]["answered"], 0, "none was taken");

        let good = json!({"answers": {
            "ID-01": {"level": 3, "institution": "GOV/NIA"},
            "ID-02": {"level": null, "institution": "GOV/NIA"}
        }});
        let taken = app.done(CLERK, put(&path, good)).await;
        assert_eq!(taken, json!({"ID-01": 1, "ID-02": 1}));
        let view = app.done(LEADER, get(&round)).await;
        let coverage = &view["coverage"][0];
        assert_eq!((&coverage["answered"], &coverage["unknown"]), (&json!(1), &json!(1)));
        let left_out = app.by(CLERK, put(&format!("{path}/ID-03"), json!({}))).await;
        assert_eq!((left_out.status, fields(&left_out)), (400, vec!["level".to_owned()]));
    })
    .await;
}

#[tokio::test]
async fn a_round_names_what_is_wrong_before_it_opens() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let check = async |change: Value, field: &str| {
            let mut new = json!({"title": "T", "profile": "full", "as_of": "2026-03-01"});
            let entries = change.as_object().expect("an object").clone();
            new.as_object_mut().expect("an object").extend(entries);
            let answer = app.by(LEADER, post("/assessment/v1/rounds", new)).await;
            assert_eq!(answer.status, 400, "{field}: {}", answer.text);
            assert!(fields(&answer).contains(&field.to_owned()), "{field}: {}", answer.text);
        };
        check(json!({"title": " "}), "title").await;
        check(json!({"profile": "none"}), "profile").await;
        check(json!({"as_of": "yesterday"}), "as_of").await;
        check(json!({"as_of": "2026-03"}), "as_of").await;
        check(json!({"instrument": {"id": "x", "version": "1"}}), "instrument").await;
        let quorum = |institutions: Value, needed: u32| {
            json!({"quorum": {"institutions": institutions, "needed": needed}})
        };
        check(quorum(json!(["GOV/NOBODY"]), 1), "quorum.institutions").await;
        check(quorum(json!([OWNER, OWNER]), 1), "quorum.institutions").await;
        check(quorum(json!([OWNER]), 2), "quorum.needed").await;
        check(quorum(json!([]), 0), "quorum.needed").await;
        assert_eq!(app.done(LEADER, get("/assessment/v1/rounds")).await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn catalogues_and_assignments_are_kept_and_checked() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let round = app.open().await;
        let institutions = json!([
            {"id": OWNER, "name": "Digital Agency", "sector": "government"},
            {"id": "GOV/NIA", "name": "National Identity Authority", "sector": "identity"}
        ]);
        let catalogue = |institution: &str, revision: i64| {
            json!({
                "revision": revision, "institutions": institutions, "as_of": "2026-03-15",
                "systems": [{"id": "S-1", "name": "Register", "institution": institution}],
                "targets": {"ID-01": {"level": {"level": 4, "by": "2028"}}}
            })
        };
        let path = format!("{round}/catalogue");
        let wrong = app.by(LEADER, put(&path, catalogue("GOV/NOBODY", 1))).await;
        assert_eq!(fields(&wrong), ["systems[0].institution"]);
        assert_eq!(app.by(LEADER, put(&path, catalogue("GOV/NIA", 1))).await.status, 200);
        let stale = app.by(LEADER, put(&path, catalogue("GOV/NIA", 1))).await;
        assert_eq!((stale.status, slug(&stale).as_str()), (409, "moved-on"));
        let whole = app.done(LEADER, get(&format!("{round}/round.json"))).await;
        assert_eq!(whole["systems"][0]["name"], "Register");
        assert_eq!(whole["as_of"], "2026-03-15");
        assert_eq!(whole["targets"]["ID-01"]["level"]["level"], 4);

        let path = format!("{round}/assignments");
        let wrong = json!({"assignments": {"ID-01": "GOV/MSP", "XX-1": "GOV/NIA"}});
        let wrong = app.by(LEADER, put(&path, wrong)).await;
        assert_eq!(fields(&wrong), ["assignments.ID-01", "assignments.XX-1"]);
        let good = json!({"assignments": {"ID-01": "GOV/NIA"}});
        assert_eq!(app.done(LEADER, put(&path, good)).await, json!({"ID-01": "GOV/NIA"}));
    })
    .await;
}

#[tokio::test]
async fn a_round_goes_out_as_one_file_and_comes_in_again() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let round = app.open().await;
        let link = json!({
            "kind": "gazette", "title": "Identity Act", "source": "https://gazette.example/7",
            "publisher": "Government Printer", "date": "2019-05", "sha256": "b".repeat(64)
        });
        app.done(CLERK, post(&format!("{round}/evidence"), link)).await;
        assert_eq!(app.answer(&round, "ID-01", 3).await.status, 200);
        let file = app.done(LEADER, get(&format!("{round}/round.json"))).await;

        let path = "/assessment/v1/rounds/import";
        let ask = json!({"title": "Taken over", "round": file});
        let taken = app.done(LEADER, post(path, ask)).await;
        let id = taken["id"].as_str().expect("an id").to_owned();
        let again = app.done(LEADER, get(&format!("/assessment/v1/rounds/{id}/round.json"))).await;
        let mut expected = file.clone();
        expected["id"] = json!(id);
        assert_eq!(again, expected);

        let mut bad = file;
        bad["schema"] = json!("something/1");
        bad["answers"]["ID-01"]["evidence"] = json!(["E-7"]);
        bad["sign_offs"] =
            json!([{"institution": "GOV/NIA", "role": "DG", "at": "2026-03-01T00:00:00Z"}]);
        let refused = app.by(LEADER, post(path, json!({"round": bad}))).await;
        assert_eq!(fields(&refused), ["schema", "sign_offs", "answers.ID-01.evidence[0]"]);
    })
    .await;
}

#[tokio::test]
async fn permissions_are_closed_by_default() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let round = app.open().await;
        let all = [LEADER, CLERK, CHECKER, SIGNER];
        let check = async |ask: fn(&str) -> crate::app::Ask, allowed: &[&str]| {
            for officer in all {
                let answer = app.by(officer, ask(&round)).await;
                let refused = answer.status == 403;
                assert_eq!(
                    refused,
                    !allowed.contains(&officer.2),
                    "{}: {}",
                    officer.2,
                    answer.text
                );
            }
            let visitor = app.by(("v-1", OWNER, "visitor"), ask(&round)).await;
            assert_eq!(slug(&visitor), "wrong-role");
            let stranger = app.by(("l-1", "GOV/NIA", LEAD), ask(&round)).await;
            assert_eq!(stranger.status, 403, "an officer of another member");
            let asked = ask(&round);
            let nobody = app.server.send(asked.0, &asked.1, &[], asked.2.as_ref()).await;
            assert_eq!(nobody.status, 401);
        };
        let everybody = all.map(|(_, _, role)| role);
        check(get, &everybody).await;
        check(|round| get(&format!("{round}/round.json")), &everybody).await;
        check(|round| get(&format!("{round}/evidence/E-1/file")), &everybody).await;
        let (lead, clerk) = (LEADER.2, CLERK.2);
        check(|round| put(&format!("{round}/answers/ID-01"), json!({})), &[lead, clerk]).await;
        check(|round| post(&format!("{round}/evidence"), json!({})), &[lead, clerk]).await;
        check(|round| post(&format!("{round}/measurements"), json!({})), &[lead]).await;
        check(|round| post(&format!("{round}/state"), json!({})), &[lead]).await;
        check(|_| post("/assessment/v1/rounds", json!({})), &[lead]).await;
        let review = |round: &str| post(&format!("{round}/answers/ID-01/review"), json!({}));
        check(review, &[CHECKER.2]).await;
        check(|round| post(&format!("{round}/sign-offs"), json!({})), &[SIGNER.2]).await;
    })
    .await;
}
