//! Two bodies agree on who was born, or the difference is written down.

use crate::app::{App, BIRTHS};
use basis::PersonName;
use http::StatusCode;
use serde_json::{Value as Json, json};
use testkit::on_each_engine;

const DAY_SECONDS: i64 = 24 * 60 * 60;

async fn run(app: &App) -> Json {
    let (status, body) =
        app.officer(&["identity-admin"], "POST", "/identity/reconciliation", None).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

async fn show(app: &App) -> Json {
    let (status, body) = app.officer(&["auditor"], "GET", "/identity/reconciliation", None).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

#[tokio::test]
async fn registers_that_agree_show_no_difference() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        assert_eq!(show(&app).await, json!({ "run": null, "open": 0, "differences": [] }));
        for _ in 0..5 {
            app.person("Neema", "2026").await;
            app.time.advance_seconds(DAY_SECONDS / 2);
        }
        let report = run(&app).await;
        assert_eq!((&report["open"], &report["differences"]), (&json!(0), &json!([])));
        assert_eq!((&report["run"]["listed"], &report["run"]["repaired"]), (&json!(5), &json!(0)));
        assert_eq!(show(&app).await, report);
    })
    .await;
}

#[tokio::test]
async fn a_missing_person_is_made_up_for_once_the_event_is_overdue() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        app.person("Neema", "2026").await;
        app.register(PersonName::new("Baraka").unwrap(), "2026");
        let report = run(&app).await;
        assert_eq!((&report["run"]["pending"], &report["open"]), (&json!(1), &json!(0)));
        assert_eq!(app.count("SELECT id FROM person").await, 1);
        app.time.advance_seconds(61);
        let report = run(&app).await;
        assert_eq!((&report["run"]["repaired"], &report["open"]), (&json!(1), &json!(0)));
        assert_eq!(app.count("SELECT id FROM person").await, 2);
        let noted =
            app.rows("SELECT kind FROM reconciliation_difference WHERE resolved IS NOT NULL").await;
        assert_eq!(noted[0].get::<String>("kind").unwrap(), "missing-person");
        assert_eq!(app.count("SELECT id FROM outbox").await, 2, "the registrar is told of both");
    })
    .await;
}

#[tokio::test]
async fn many_missing_persons_are_made_up_for_together() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let name = || PersonName::new("Baraka").unwrap();
        let first: Vec<_> = (0..3).map(|_| app.register(name(), "2026")).collect();
        app.time.advance_seconds(1);
        let known = app.person("Neema", "2026").await;
        app.time.advance_seconds(1);
        let then: Vec<_> = (0..40).map(|_| app.register(name(), "2026")).collect();
        app.time.advance_seconds(61);
        let report = run(&app).await;
        assert_eq!((&report["run"]["repaired"], &report["open"]), (&json!(43), &json!(0)));
        assert_eq!(app.count("SELECT id FROM person").await, 44);
        let told =
            app.rows("SELECT payload FROM outbox WHERE topic = 'identity.persons.created'").await;
        let mut told: Vec<usize> = told
            .iter()
            .map(|row| {
                let payload: Json =
                    serde_json::from_str(&row.get::<String>("payload").unwrap()).unwrap();
                assert!(!payload.to_string().contains(&known.to_string()));
                payload["registrations"].as_array().unwrap().len()
            })
            .collect();
        told.sort_unstable();
        assert_eq!(told, [first.len(), then.len()], "one page for each row of neighbours");
    })
    .await;
}

#[tokio::test]
async fn a_missing_registration_stands_until_it_is_back() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let mut all = Vec::new();
        for _ in 0..4 {
            all.push(app.person("Neema", "2026").await);
            app.time.advance_seconds(DAY_SECONDS);
        }
        let record = all[3];
        for gone in [all[0], all[1], record] {
            app.strike_out(gone);
        }
        let report = run(&app).await;
        assert_eq!(report["open"], 3);
        let listed: Vec<&Json> =
            report["differences"].as_array().unwrap().iter().map(|d| &d["registration"]).collect();
        for gone in [all[0], all[1], record] {
            assert!(listed.contains(&&json!(gone)), "{report}");
        }
        assert!(
            report["differences"]
                .as_array()
                .unwrap()
                .iter()
                .all(|d| d["kind"] == "missing-registration")
        );
        app.time.advance_seconds(5);
        let again = run(&app).await;
        assert_eq!(again["differences"], report["differences"], "first seen stays");
        let name = PersonName::new("Neema").unwrap();
        for back in [all[0], all[1], record] {
            app.put_back(back, name.clone());
        }
        assert_eq!(run(&app).await["open"], 0);
    })
    .await;
}

#[tokio::test]
async fn a_run_that_broke_off_says_why_and_resolves_nothing() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let registration = app.person("Neema", "2026").await;
        app.time.advance_seconds(1);
        app.strike_out(registration);
        assert_eq!(run(&app).await["open"], 1);
        app.time.advance_seconds(1);
        app.wire.cut(&BIRTHS.parse().unwrap());
        let (status, _) =
            app.officer(&["identity-admin"], "POST", "/identity/reconciliation", None).await;
        assert_eq!(status, StatusCode::BAD_GATEWAY);
        let report = show(&app).await;
        assert!(
            report["run"]["failure"].as_str().unwrap().contains("cannot be reached"),
            "{report}"
        );
        assert_eq!(report["open"], 1);
    })
    .await;
}

#[tokio::test]
async fn only_one_comparison_runs_at_a_time() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let (status, _) = {
            let held: Result<_, kernel::db::DbError> = app
                .ctx
                .db
                .write(|tx| {
                    Box::pin(async move { tx.take_lease("reconciliation", "elsewhere", 60).await })
                })
                .await;
            assert!(held.unwrap().is_some());
            app.officer(&["identity-admin"], "POST", "/identity/reconciliation", None).await
        };
        assert_eq!(status, StatusCode::CONFLICT);
        app.time.advance_seconds(61);
        run(&app).await;
        run(&app).await;
    })
    .await;
}
