//! Many persons at once: imports, look-ups, VIDs for cards.

use crate::app::{App, BENEFITS, CIVIL, context};
use basis::{Id, PersonName};
use http::StatusCode;
use serde_json::{Value as Json, json};
use testkit::on_each_engine;

fn born(app: &App, count: usize) -> Vec<Id> {
    let name = |n| PersonName::new(&format!("Child {n}")).unwrap();
    (0..count).map(|n| app.register(name(n), "2026-03-14")).collect()
}

async fn resolve_many(app: &App, client: &str, system: &str, values: &[String]) -> Json {
    let ask = json!({ "system": system, "values": values });
    let path = "/identity/persons/resolve-many";
    let (status, body) = app.call(context(client, "persons"), "POST", path, Some(ask)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body["pseudonyms"].clone()
}

async fn vids(app: &App, registrations: &[Id]) -> Vec<Json> {
    let ask = json!({ "registrations": registrations });
    let (status, body) = app.officer(&["identity-desk"], "POST", "/identity/vids", Some(ask)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body["vids"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_import_makes_every_person_once_however_often_it_is_told() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let early = app.person("Neema", "2026").await;
        let mut all = born(&app, 1_100);
        app.deliver_import().await;
        app.deliver_import().await;
        all.push(early);
        assert_eq!(app.count("SELECT id FROM person").await, 1_101);
        assert_eq!(app.count("SELECT value_index FROM vid").await, 1_101);
        assert_eq!(app.count("SELECT subject FROM subject_key").await, 1_101);
        let created = "SELECT id FROM audit WHERE event = 'identity.person.created'";
        assert_eq!(app.count(created).await, 1_101);
        let told =
            app.rows("SELECT payload FROM outbox WHERE topic = 'identity.persons.created'").await;
        let told = told.iter().map(|row| {
            let payload: Json =
                serde_json::from_str(&row.get::<String>("payload").unwrap()).unwrap();
            payload["registrations"].as_array().unwrap().len()
        });
        assert_eq!(told.sum::<usize>(), 1_100, "each new person is told of once");
        let found = vids(&app, &all[..1_000]).await;
        assert!(found.iter().all(|one| one["vid"].as_str().is_some_and(|vid| vid.len() == 16)));
    })
    .await;
}

#[tokio::test]
async fn many_are_looked_up_in_the_order_asked_and_each_read_is_logged() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let births = born(&app, 3);
        app.deliver_import().await;
        let cards = vids(&app, &births).await;
        let vid = |n: usize| cards[n]["vid"].as_str().unwrap().to_owned();
        let asked = [vid(2), "4930284710293840".to_owned(), vid(0), "x".to_owned(), vid(2)];
        let found = resolve_many(&app, BENEFITS, "VID", &asked).await;
        assert_eq!(found[0], found[4]);
        assert_eq!(found[0], json!(app.pseudonym(BENEFITS, &vid(2)).await));
        assert_eq!(found[2], json!(app.pseudonym(BENEFITS, &vid(0)).await));
        assert_eq!((&found[1], &found[3]), (&Json::Null, &Json::Null));
        let log = app.read_log(BENEFITS, app.pseudonym(BENEFITS, &vid(0)).await).await;
        let seen = |fields: &str| log.iter().filter(|e| e["fields"] == json!([fields])).count();
        assert_eq!(seen("pseudonym"), 3, "{log:?}");
        assert_eq!(seen("vid"), 1, "{log:?}");
        let card = log.iter().find(|entry| entry["fields"] == json!(["vid"])).unwrap();
        assert_eq!((&card["officer"], &card["purpose"]), (&json!("d-1"), &json!("card-printing")));
    })
    .await;
}

#[tokio::test]
async fn registrations_are_looked_up_by_the_registrar_alone_and_a_thousand_at_a_time() {
    on_each_engine(async |store| {
        let app = App::new(store).await;
        let births = born(&app, 1);
        app.deliver_import().await;
        let values = [births[0].to_string(), Id::random(&app.ctx.rng).to_string()];
        let found = resolve_many(&app, CIVIL, "civil", &values).await;
        assert!(found[0].is_string() && found[1].is_null(), "{found}");
        let path = "/identity/persons/resolve-many";
        let ask = json!({ "system": "civil", "values": values });
        let (status, _) = app.call(context(BENEFITS, "persons"), "POST", path, Some(ask)).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        for count in [0, 1_001] {
            let ask = json!({ "system": "VID", "values": vec!["1"; count] });
            let (status, body) =
                app.call(context(BENEFITS, "persons"), "POST", path, Some(ask)).await;
            assert_eq!(
                (status, &body["errors"][0]["field"]),
                (StatusCode::BAD_REQUEST, &json!("values"))
            );
        }
        let none = Id::random(&app.ctx.rng);
        assert_eq!(vids(&app, &[none]).await, [json!({ "registration": none, "vid": null })]);
    })
    .await;
}
