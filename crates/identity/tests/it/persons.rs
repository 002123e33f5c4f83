//! Persons follow from births, once each.

use crate::app::{App, BENEFITS, CIVIL, context};
use basis::{Id, PersonName};
use contracts::Pseudonym;
use http::StatusCode;
use kernel::db::Value;
use serde_json::json;
use testkit::on_each_engine;

#[tokio::test]
async fn a_birth_makes_one_person_however_often_it_is_told() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let registration = app.register(PersonName::new("Neema Tamba").unwrap(), "2026-03-13");
        let event = Id::random(&app.ctx.rng);
        for event in [event, event, Id::random(&app.ctx.rng)] {
            let (status, body) = app.deliver(event, registration).await;
            assert_eq!(status, StatusCode::NO_CONTENT, "{body}");
        }
        assert_eq!(app.count("SELECT id FROM person").await, 1);
        assert_eq!(app.count("SELECT person FROM vid").await, 1);
        let events = app.rows("SELECT topic, payload FROM outbox").await;
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].get::<String>("topic").unwrap(), "identity.person.created");
        let payload = json!({ "registration": registration }).to_string();
        assert_eq!(events[0].get::<String>("payload").unwrap(), payload);
        let asked = app.wire.calls();
        assert_eq!((asked.len(), asked[0].purpose.as_str()), (1, "person-creation"));
        assert_eq!(asked[0].basis.to_string(), "law:Identity Act s.7");
    })
    .await;
}

#[tokio::test]
async fn deliveries_at_the_same_time_make_one_person() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let registration = app.register(PersonName::new("Neema").unwrap(), "2026");
        let once = async || app.deliver(Id::random(&app.ctx.rng), registration).await.0;
        let (a, b, c, d) = tokio::join!(once(), once(), once(), once());
        assert_eq!([a, b, c, d], [StatusCode::NO_CONTENT; 4]);
        assert_eq!(app.count("SELECT id FROM person").await, 1);
        assert_eq!(app.count("SELECT subject FROM subject_key").await, 1);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_left_of_a_delivery_that_failed() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let registration = app.register(PersonName::new("Neema").unwrap(), "2026");
        app.strike_out(registration);
        let event = Id::random(&app.ctx.rng);
        assert_eq!(app.deliver(event, registration).await.0, StatusCode::BAD_GATEWAY);
        app.wire.cut(&crate::app::BIRTHS.parse().unwrap());
        assert_eq!(app.deliver(event, registration).await.0, StatusCode::BAD_GATEWAY);
        for table in ["SELECT id FROM person", "SELECT id FROM inbox", "SELECT id FROM outbox"] {
            assert_eq!(app.count(table).await, 0, "{table}");
        }
    })
    .await;
}

#[tokio::test]
async fn only_the_civil_register_tells_births() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let registration = app.register(PersonName::new("Neema").unwrap(), "2026");
        let event = Id::random(&app.ctx.rng);
        let topic = "civil.birth.registered";
        let (status, _) = app.deliver_as(BENEFITS, topic, event, registration).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (status, body) =
            app.deliver_as(CIVIL, "civil.death.registered", event, registration).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(body["detail"].as_str().unwrap().contains("civil.death.registered"), "{body}");
        let (status, body) = app.anybody("POST", "/identity/events", Some(json!({}))).await;
        assert_eq!(
            (status, &body["type"]),
            (StatusCode::UNAUTHORIZED, &json!("urn:msingi:problem:exchange-only"))
        );
        assert_eq!(app.count("SELECT id FROM person").await, 0);
    })
    .await;
}

/// Everything another block could know this person by, and everything personal, is sealed. Events on
/// their way out are left aside: they name the registration, and no person.
#[tokio::test]
async fn no_other_block_can_join_on_what_stands_here() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let event = Id::random(&app.ctx.rng);
        let registration = app.register(PersonName::new("Neema Tamba").unwrap(), "2026-03-13");
        app.deliver(event, registration).await;
        let enrolled = app.enrol("civil", &registration.to_string()).await;
        let pseudonym = app.pseudonym(BENEFITS, &enrolled.vid).await;
        let secrets: Vec<Vec<u8>> = [
            registration.to_string().into_bytes(),
            registration.as_bytes().to_vec(),
            event.as_bytes().to_vec(),
            pseudonym.0.to_string().into_bytes(),
            pseudonym.as_bytes().to_vec(),
            enrolled.vid.into_bytes(),
            enrolled.totp.secret().to_vec(),
            b"Neema".to_vec(),
            b"2026-03-13".to_vec(),
            b"female".to_vec(),
        ]
        .into();
        for (table, value) in app.all_values().await {
            let bytes = match value {
                Value::Text(text) => text.into_bytes(),
                Value::Bytes(bytes) => bytes,
                _ => continue,
            };
            for secret in &secrets {
                let found = bytes.windows(secret.len()).any(|part| part == secret);
                assert!(!found, "{table}: {:?}", String::from_utf8_lossy(secret));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn audit_rows_never_hold_the_secret_id() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let registration = app.person("Neema", "2026").await;
        app.enrol("civil", &registration.to_string()).await;
        let person = app.rows("SELECT id, reference FROM person").await;
        let (id, reference) =
            (person[0].get::<Id>("id").unwrap(), person[0].get::<Id>("reference").unwrap());
        let audit = app.rows("SELECT event, object, actor, detail FROM audit").await;
        assert!(audit.len() >= 2);
        for row in &audit {
            let text: String = row.values().iter().map(|value| format!("{value:?}")).collect();
            assert!(!text.contains(&id.to_string()), "{text}");
        }
        let objects: Vec<String> = audit.iter().map(|row| row.get("object").unwrap()).collect();
        assert!(objects.iter().all(|object| *object == reference.to_string()), "{objects:?}");
    })
    .await;
}

#[tokio::test]
async fn facts_are_told_as_far_as_the_agreement_goes_and_are_logged() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let registration = app.person("Neema Tamba", "2026-03").await;
        let vid = app.enrol("civil", &registration.to_string()).await.vid;
        let subject = app.pseudonym(BENEFITS, &vid).await;
        app.time.advance_seconds(1);
        let mut ctx =
            context(BENEFITS, "persons").about(subject).by_officer("amina", Some("C-7".to_owned()));
        ctx.fields = vec!["name".to_owned(), "born".to_owned()];
        let (status, facts) = app.call(ctx, "GET", "/identity/persons/facts", None).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(facts, json!({ "name": { "full": "Neema Tamba" }, "born": "2026-03" }));
        let log = app.read_log(BENEFITS, subject).await;
        assert_eq!(log.len(), 2, "the look-up by VID and the facts");
        assert_eq!(
            (&log[0]["fields"], &log[1]["fields"]),
            (&json!(["name", "born"]), &json!(["pseudonym"]))
        );
        assert_eq!(
            (&log[0]["officer"], &log[0]["case"], &log[0]["reader"]),
            (&json!("amina"), &json!("C-7"), &json!(BENEFITS))
        );
        let stranger = context(BENEFITS, "persons").about(Pseudonym(Id::from_bytes([9; 16])));
        let (status, _) = app.call(stranger, "GET", "/identity/persons/facts", None).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let nobody = context(BENEFITS, "persons");
        let (status, body) = app.call(nobody, "GET", "/identity/persons/facts", None).await;
        assert_eq!(
            (status, &body["type"]),
            (StatusCode::BAD_REQUEST, &json!("urn:msingi:problem:subject-missing"))
        );
    })
    .await;
}
