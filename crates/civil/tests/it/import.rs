//! Births from a paper book, in bulk; and what others read of them in bulk.

use crate::office::{MOTHER_VID, Office, birth_of, person};
use basis::Id;
use contracts::Pseudonym;
use contracts::civil::PERSON_CREATION;
use http::StatusCode;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use testkit::on_each_engine;

const IDENTITY: &str = "TB/GOV/NIA/identity";
const BENEFITS: &str = "TB/GOV/MSP/benefits";

fn line(number: usize) -> Json {
    json!({ "entry": format!("LAKE-EAST/1987/{number}"), "child": {"full": format!("Person {number}")},
        "sex": "female", "born": "1987", "place": "TB-03-114" })
}

fn id(value: &Json) -> Id {
    value.as_str().expect("an id").parse().expect("an id")
}

#[tokio::test]
async fn good_lines_are_registered_in_order_and_bad_ones_told_by_line_and_field() {
    on_each_engine(async |store| {
        let office = Office::registrar(store).await;
        let mut lines: Vec<Json> = (1..=6).map(line).collect();
        lines[1]["place"] = json!("by the lake");
        lines[2]["nonsense"] = json!(1);
        lines[4]["entry"] = json!("LAKE-EAST/1987/1");
        let (status, out) = office.import("k-1", &lines).await;
        assert_eq!(status, StatusCode::OK, "{out}");
        let numbers = |list: &Json| -> Vec<i64> {
            let list = list.as_array().expect("a list");
            list.iter().map(|one| one["line"].as_i64().expect("a line")).collect()
        };
        assert_eq!(numbers(&out["births"]), [1, 4, 6]);
        let refused: Vec<(i64, &str)> = out["refused"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| {
                (one["line"].as_i64().expect("a line"), one["field"].as_str().expect("text"))
            })
            .collect();
        assert_eq!(refused, [(2, "place"), (3, "nonsense"), (5, "entry")], "{out}");
        assert_eq!(office.rows("SELECT id FROM birth").await.len(), 3);
        let events = office.rows("SELECT topic, payload FROM outbox").await;
        assert_eq!(events.len(), 1);
        let payload: String = events[0].get("payload").expect("text");
        assert_eq!(payload, json!({"batch": out["batch"], "count": 3}).to_string());
    })
    .await;
}

#[tokio::test]
async fn the_same_call_and_the_same_entry_are_registered_once() {
    on_each_engine(async |store| {
        let office = Office::registrar(store).await;
        let lines: Vec<Json> = (1..=100).map(line).collect();
        let (_, first) = office.import("k-1", &lines).await;
        assert_eq!(office.import("k-1", &lines).await, (StatusCode::OK, first.clone()));
        // Another call, with what was registered and one more.
        let more: Vec<Json> = (1..=101).map(line).collect();
        let (_, second) = office.import("k-2", &more).await;
        let births = second["births"].as_array().expect("a list");
        assert_eq!(births[..100], first["births"].as_array().expect("a list")[..]);
        assert_eq!(births.len(), 101);
        assert_eq!(office.rows("SELECT id FROM birth").await.len(), 101);
        // The same entry with other words is refused, and nothing changes.
        let mut other = line(7);
        other["born"] = json!("1988");
        let (status, problem) = office.import("k-3", &[other]).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(problem["errors"][0]["field"], "lines[1].entry", "{problem}");
        assert_eq!(office.import("k-1", &more).await.0, StatusCode::CONFLICT, "key used again");
        assert_eq!(office.rows("SELECT id FROM birth").await.len(), 101);
    })
    .await;
}

#[tokio::test]
async fn an_import_is_bounded_and_never_empty() {
    on_each_engine(async |store| {
        let office = Office::registrar(store).await;
        let lines: Vec<Json> = (0..1_001).map(line).collect();
        assert_eq!(office.import("k-1", &lines).await.0, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(office.import("k-2", &[]).await.0, StatusCode::BAD_REQUEST);
        assert_eq!(office.import("k-3", &lines[..1_000]).await.0, StatusCode::OK);
        assert_eq!(office.rows("SELECT id FROM birth").await.len(), 1_000);
    })
    .await;
}

#[tokio::test]
async fn facts_are_listed_by_batch_and_each_person_sees_the_read() {
    on_each_engine(async |store| {
        let office = Office::registrar(store).await;
        let (_, first) = office.import("k-1", &(1..=7).map(line).collect::<Vec<_>>()).await;
        let (_, second) = office.import("k-2", &(8..=9).map(line).collect::<Vec<_>>()).await;
        let ids = |out: &Json| -> BTreeSet<Id> {
            out["births"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|one| id(&one["registration"]))
                .collect()
        };
        let (mut seen, mut after, mut pages) = (Vec::new(), None, 0);
        loop {
            let ctx = office.call(IDENTITY, "births", PERSON_CREATION);
            let page = office.births().facts(ctx, Some(id(&first["batch"])), after, 3).await;
            let page = page.expect("lists");
            pages += 1;
            seen.extend(page.births.iter().map(|birth| birth.registration));
            after = seen.last().copied();
            assert!(page.births.iter().all(|birth| birth.child.full().starts_with("Person ")));
            if !page.more {
                break;
            }
        }
        assert_eq!((pages, seen.iter().copied().collect::<BTreeSet<_>>()), (3, ids(&first)));
        for registration in seen {
            let log = office.read_log(Pseudonym(registration)).await.entries;
            assert_eq!(log.len(), 1);
            assert_eq!((log[0].reader.to_string().as_str(), log[0].fields.len()), (IDENTITY, 5));
        }
        let ctx = office.call(IDENTITY, "births", PERSON_CREATION);
        let all = office.births().facts(ctx, None, None, 1_000).await.expect("lists").births;
        assert_eq!(all.len(), 9);
        assert!(ids(&second).iter().all(|id| all.iter().any(|birth| birth.registration == *id)));
    })
    .await;
}

#[tokio::test]
async fn nobody_goes_through_the_register_for_another_purpose() {
    on_each_engine(async |store| {
        let office = Office::registrar(store).await;
        let (_, out) = office.import("k-1", &[line(1)]).await;
        let ctx = || office.call(BENEFITS, "births", "benefit-eligibility");
        let (births, one) = (office.births(), id(&out["births"][0]["registration"]));
        let refused = [
            births.facts(ctx(), None, None, 10).await.map(drop),
            births.list(ctx(), None, 10).await.map(drop),
            births.get(ctx(), one).await.map(drop),
        ];
        for outcome in refused {
            let error = outcome.expect_err("refused");
            assert_eq!(error.status(), Some(StatusCode::FORBIDDEN), "{error}");
        }
        assert!(office.read_log(Pseudonym(one)).await.entries.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_mothers_children_are_found_and_cut_to_the_agreement() {
    on_each_engine(async |store| {
        let office = Office::registrar(store).await;
        let born = office.registered("k-1", birth_of("Neema", "2026-03-13", MOTHER_VID)).await;
        let mut known = line(1);
        known["mother_vid"] = json!(MOTHER_VID);
        let mut unknown = line(2);
        unknown["mother_vid"] = json!("9999999999999999");
        let (_, out) = office.import("k-2", &[known, unknown, line(3)]).await;
        assert_eq!(out["births"].as_array().expect("a list").len(), 2, "{out}");
        assert_eq!(out["refused"][0]["field"], "mother_vid", "{out}");
        let mother = person(MOTHER_VID);
        let mut ctx = office.call(BENEFITS, "births", "benefit-eligibility").about(mother);
        ctx.fields = vec!["child".to_owned(), "born".to_owned()];
        let mut found = office.births().children(ctx).await.expect("lists").children;
        found.sort_by_key(|child| child.registration);
        let names: Vec<_> =
            found.iter().map(|child| child.child.as_ref().map(|name| name.full())).collect();
        assert!(names.contains(&Some("Neema")) && names.contains(&Some("Person 1")), "{names:?}");
        assert!(found.len() == 2 && found.iter().all(|child| child.sex.is_none()));
        for subject in [mother, Pseudonym(born)] {
            let log = office.read_log(subject).await.entries;
            assert_eq!(log.len(), 1);
            assert_eq!(log[0].fields, ["child", "born"]);
            assert_eq!(log[0].reader.to_string(), BENEFITS);
        }
        let nobody = office.call(BENEFITS, "births", "benefit-eligibility");
        let error = office.births().children(nobody).await.expect_err("refused");
        assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
    })
    .await;
}

#[tokio::test]
async fn births_of_an_import_are_linked_when_their_persons_are_told_together() {
    on_each_engine(async |store| {
        let office = Office::registrar(store).await;
        let lines: Vec<Json> = (1..=3).map(line).collect();
        let (_, out) = office.import("k-1", &lines).await;
        let births = out["births"].as_array().expect("a list");
        let registrations: Vec<Id> = births.iter().map(|one| id(&one["registration"])).collect();
        let told = kernel::outbox::Delivery {
            id: Id::from_bytes([5; 16]),
            topic: "identity.persons.created".to_owned(),
            object: Id::from_bytes([6; 16]),
            payload: json!({ "registrations": registrations }),
            at: office.ctx.clock.now(),
        };
        for _ in 0..2 {
            office.civil.take_event(told.clone()).await.expect("takes");
        }
        assert_eq!(office.rows("SELECT id FROM birth WHERE subject IS NULL").await.len(), 0);
        let linked = "SELECT id FROM audit WHERE event = 'civil.birth.linked'";
        assert_eq!(office.rows(linked).await.len(), 3, "once each");
    })
    .await;
}
