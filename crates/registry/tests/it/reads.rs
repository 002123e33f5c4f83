//! Reading through the exchange and at the desk, and what the read log says of it.

use crate::desk::{Desk, MOTHER, NEIGHBOUR, amina, benefits};
use axum::body::Body;
use contracts::LegalBasis;
use contracts::registry::RegistryClient;
use http::{Method, Request};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::on_each_engine;

#[tokio::test]
async fn a_read_answers_as_the_register_knew_it_at_the_time() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let written = desk.enter(json!({ "pseudonym": MOTHER }), amina("Kisima")).await;
        let record = written["record"].as_str().expect("an id");
        store.time.advance_seconds(3_600);
        // Recorded at nine, in effect since a week: what was known at half past eight stays known.
        let body = json!({ "data": amina("Bandari"), "reason": "moved", "expected_revision": 1,
            "effective": "2026-03-07T00:00:00Z" });
        desk.clerk(Method::PUT, &format!("/registry/records/{record}"), &body).await.good();

        for (as_of, village, revision) in [
            ("", "Bandari", 2),
            ("?as_of=2026-03-14T08:00:00Z", "Kisima", 1),
            ("?as_of=2026-03-14T08:59:59.999999Z", "Kisima", 1),
            ("?as_of=2026-03-14T09:00:00Z", "Bandari", 2),
            ("?as_of=2030-01-01T00:00:00Z", "Bandari", 2),
        ] {
            let shown =
                desk.call(&benefits(MOTHER), &format!("/registry/records{as_of}")).await.good();
            assert_eq!(shown["data"]["village"], village, "{as_of}");
            assert_eq!(shown["revision"], revision, "{as_of}");
            let officer = format!("/registry/records/{record}{as_of}");
            assert_eq!(desk.clerk(Method::GET, &officer, &json!({})).await.good(), shown);
        }
        let early =
            desk.call(&benefits(MOTHER), "/registry/records?as_of=2026-03-14T07:59:59Z").await;
        assert_eq!(early.refusal(), (404, "record-unknown"));
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_cut_to_the_fields_of_the_agreement_and_so_is_the_log() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        desk.enter(json!({ "pseudonym": MOTHER }), amina("Kisima")).await;
        let mut ctx = benefits(MOTHER);
        ctx.fields = vec!["village".to_owned(), "household".to_owned(), "income".to_owned()];
        let shown = desk.call(&ctx, "/registry/records").await.good();
        assert_eq!(shown["data"], json!({ "village": "Kisima", "household": 4 }));
        assert_eq!(desk.read_log(MOTHER).await[0]["fields"], json!(["household", "village"]));
        ctx.fields = vec!["income".to_owned()];
        assert_eq!(desk.call(&ctx, "/registry/records").await.good()["data"], json!({}));
    })
    .await;
}

#[tokio::test]
async fn each_read_is_one_entry_that_says_who_why_and_what() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let written = desk.enter(json!({ "pseudonym": MOTHER }), amina("Kisima")).await;
        let record = written["record"].as_str().expect("an id");
        assert_eq!(desk.read_log(MOTHER).await, Vec::<Value>::new(), "writing is not reading");

        desk.call(&benefits(MOTHER), "/registry/records").await.good();
        store.time.advance_seconds(1);
        let mut own = benefits(MOTHER);
        (own.basis, own.officer, own.case) = (LegalBasis::SelfAccess, None, None);
        desk.call(&own, "/registry/records").await.good();
        store.time.advance_seconds(1);
        desk.clerk(Method::GET, &format!("/registry/records/{record}/history"), &json!({}))
            .await
            .good();

        let all = json!(["born", "household", "name", "village"]);
        let expected = [
            json!({ "at": "2026-03-14T08:00:02Z", "reader": "TB/GOV/NIA/residents",
                "officer": "r-17", "case": "CASE-7", "purpose": "registry-desk", "basis": "law",
                "basis_reference": "Residents Act s.3", "fields": all, "self_read": false }),
            json!({ "at": "2026-03-14T08:00:01Z", "reader": "TB/GOV/MSP/benefits",
                "purpose": "benefit-eligibility", "basis": "self-access", "basis_reference": "",
                "fields": all, "self_read": true }),
            json!({ "at": "2026-03-14T08:00:00Z", "reader": "TB/GOV/MSP/benefits",
                "officer": "amina", "case": "BEN-1", "purpose": "benefit-eligibility",
                "basis": "law", "basis_reference": "Social Protection Act s.4",
                "fields": all, "self_read": false }),
        ];
        assert_eq!(desk.read_log(MOTHER).await, expected);
        assert_eq!(desk.read_log(NEIGHBOUR).await, Vec::<Value>::new());
        let page = desk.call(&benefits(MOTHER), "/registry/read-log?limit=2").await.good();
        assert_eq!(page["more"], true);
    })
    .await;
}

#[tokio::test]
async fn a_read_that_shows_nothing_leaves_no_entry() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let nobody = desk.call(&benefits(NEIGHBOUR), "/registry/records").await;
        assert_eq!(nobody.refusal(), (404, "record-unknown"));
        let unknown = "/registry/records/01890a5d-ac96-774b-bcce-b302099a8057";
        for path in [unknown.to_owned(), format!("{unknown}/history")] {
            let answer = desk.clerk(Method::GET, &path, &json!({})).await;
            assert_eq!(answer.refusal(), (404, "record-unknown"));
        }
        assert_eq!(desk.count("SELECT COUNT(*) AS n FROM read_log").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_read_is_written_down_even_if_the_client_goes_away() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        desk.enter(json!({ "pseudonym": MOTHER }), amina("Kisima")).await;
        let mut request = Request::get("/registry/records").body(Body::empty()).expect("a request");
        request.extensions_mut().insert(benefits(MOTHER));
        {
            // One poll: the handler has begun. Then its future is dropped, as with a lost connection.
            let mut answer = Box::pin(desk.send(request));
            let polled = std::future::poll_fn(|cx| {
                std::task::Poll::Ready(answer.as_mut().poll(cx).is_pending())
            });
            assert!(polled.await, "the answer must not be there before the commit");
        }
        for _ in 0..200 {
            if desk.count("SELECT COUNT(*) AS n FROM read_log").await == 1 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the read was not written down on {}", store.engine());
    })
    .await;
}

#[tokio::test]
async fn the_typed_client_of_other_blocks_reads_what_is_answered() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        desk.enter(json!({ "pseudonym": MOTHER }), amina("Kisima")).await;
        store.time.advance_seconds(10);
        let client = RegistryClient::new(desk.served());
        let at = "2026-03-14T08:00:05Z".parse().expect("a time");
        let read = client.read(benefits(MOTHER), Some(at)).await.expect("a record");
        assert_eq!((read.register.as_str(), read.revision), ("residents", 1));
        assert_eq!(read.data, amina("Kisima"));
        let nobody = client.read(benefits(NEIGHBOUR), None).await.expect_err("no record");
        assert!(nobody.is_not_found());
    })
    .await;
}
