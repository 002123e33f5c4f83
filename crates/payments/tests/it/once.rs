//! Officers' accounts and transfers: what moves, moves once.

use crate::{Desk, TREASURY, transfer};
use http::StatusCode;
use serde_json::json;
use testkit::on_each_engine;

#[tokio::test]
async fn money_moves_from_the_source_to_a_programme_and_stands_on_both_statements() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let (source, programme) = desk.funded().await;
        assert_eq!(desk.balance(source).await, "-1000.00");
        assert_eq!(desk.balance(programme).await, "1000.00");
        let key = desk.mint();
        let answer = desk.transfer(key, source, programme, "0.50").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(
            answer.body,
            json!({ "id": key, "posted": true, "posted_at": "2026-03-14T08:00:00Z" })
        );
        let shown = desk.get(&format!("/payments/transfers/{key}")).await;
        assert_eq!(shown.body, answer.body);

        let path = format!("/payments/accounts/{programme}/statement");
        let entries = desk.get(&path).await.body["entries"].clone();
        let entry = &entries[1];
        assert_eq!(entry["transfer"], json!(key));
        assert_eq!(entry["side"], json!("credit"));
        assert_eq!(entry["counterparty"], json!(source));
        assert_eq!(entry["amount"]["amount"], json!("0.50"));
        assert_eq!(entry["balance"]["amount"], json!("1000.50"));
        assert_eq!(entry["reference"], json!("budget 2026"));
        let second = desk.get(&format!("{path}?after=1&limit=1")).await.body["entries"].clone();
        assert_eq!(second, json!([entry]));
        let other = desk.get(&format!("/payments/accounts/{source}/statement")).await;
        assert_eq!(other.body["entries"][1]["side"], json!("debit"));
        desk.assert_sums_to_zero().await;
    })
    .await;
}

#[tokio::test]
async fn a_transfer_asked_again_is_answered_as_the_first_time_even_by_another_process() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let (source, programme) = desk.funded().await;
        let key = desk.mint();
        let first = desk.transfer(key, source, programme, "10.00").await;
        store.time.advance_seconds(3_600);
        let again = desk.transfer(key, source, programme, "10.00").await;
        assert_eq!((again.status, &again.body), (first.status, &first.body));
        let other = Desk::over(desk.ctx.clone());
        let elsewhere = other.transfer(key, source, programme, "10.00").await;
        assert_eq!(elsewhere.body, first.body);
        assert_eq!(other.balance(programme).await, "1010.00");

        let different = desk.transfer(key, source, programme, "11.00").await;
        assert_eq!((different.status, different.slug()), (StatusCode::CONFLICT, "payment-id-used"));
        assert_eq!(desk.balance(programme).await, "1010.00");
        desk.assert_sums_to_zero().await;
    })
    .await;
}

#[tokio::test]
async fn a_refused_transfer_stays_refused_when_funds_arrive() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let source = desk.account("source", TREASURY).await;
        let (poor, other) =
            (desk.account("programme", TREASURY).await, desk.account("programme", TREASURY).await);
        let key = desk.mint();
        let refused = desk.transfer(key, poor, other, "5.00").await;
        assert_eq!(refused.status, StatusCode::OK);
        assert_eq!(
            refused.body,
            json!({ "id": key, "posted": false, "reason": "insufficient-funds" })
        );
        desk.transfer(desk.mint(), source, poor, "5.00").await;
        assert_eq!(desk.transfer(key, poor, other, "5.00").await.body, refused.body);
        assert_eq!(desk.balance(other).await, "0.00");
        let anew = desk.transfer(desk.mint(), poor, other, "5.00").await;
        assert_eq!(anew.body["posted"], json!(true));
        desk.assert_sums_to_zero().await;
    })
    .await;
}

#[tokio::test]
async fn a_transfer_needs_an_id_of_the_caller() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let (source, programme) = desk.funded().await;
        let body = transfer(source, programme, "1.00");
        let answer = desk.post("/payments/transfers", None, &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.body["errors"][0]["field"], json!("idempotency-key"));
        assert_eq!(desk.balance(programme).await, "1000.00");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_paid_is_refused_and_names_the_field() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let (source, programme) = desk.funded().await;
        let unknown = desk.mint();
        #[rustfmt::skip]
        let table = [
            (transfer(source, programme, "0.00"),    400, "unpayable",             "amount"),
            (transfer(source, programme, "-1.00"),   400, "unpayable",             "amount"),
            (transfer(source, source, "1.00"),       400, "unpayable",             "credit"),
            (transfer(unknown, programme, "1.00"),   400, "order-account-unknown", "debit"),
            (transfer(source, unknown, "1.00"),      400, "order-account-unknown", "credit"),
            (transfer(programme, source, "1.00"),    403, "not-your-account",      "debit"),
            (transfer(source, programme, "1.001"),   400, "invalid-body",          "amount"),
        ];
        for (body, status, slug, field) in table {
            let answer = desk.post("/payments/transfers", Some(desk.mint()), &body).await;
            assert_eq!((answer.status.as_u16(), answer.slug()), (status, slug), "{}", answer.body);
            assert_eq!(answer.body["errors"][0]["field"], json!(field), "{}", answer.body);
        }
        assert_eq!(desk.balance(programme).await, "1000.00");
    })
    .await;
}

#[tokio::test]
async fn an_account_opens_once_under_its_id() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let id = desk.mint();
        let asked = json!({ "id": id, "kind": "programme", "currency": "KES", "owner": "GOV/MSP" });
        let first = desk.post("/payments/accounts", None, &asked).await;
        store.time.advance_seconds(60);
        let again = desk.post("/payments/accounts", None, &asked).await;
        assert_eq!(first.status, StatusCode::CREATED);
        assert_eq!((again.status, &again.body), (first.status, &first.body));
        for (field, value) in [("kind", "source"), ("currency", "UGX"), ("owner", "GOV/CRO")] {
            let mut other = asked.clone();
            other[field] = json!(value);
            let answer = desk.post("/payments/accounts", None, &other).await;
            assert_eq!(
                (answer.status, answer.slug()),
                (StatusCode::CONFLICT, "account-id-used"),
                "{field}"
            );
        }
        let by_hand = json!({ "id": desk.mint(), "kind": "person", "currency": "KES" });
        assert_eq!(desk.post("/payments/accounts", None, &by_hand).await.slug(), "person-account");
        let nobodys =
            json!({ "id": desk.mint(), "kind": "source", "currency": "KES", "owner": "MSP" });
        let answer = desk.post("/payments/accounts", None, &nobodys).await;
        assert_eq!(answer.body["errors"][0]["field"], json!("owner"));
        let missing = desk.get(&format!("/payments/accounts/{}", desk.mint())).await;
        assert_eq!((missing.status, missing.slug()), (StatusCode::NOT_FOUND, "account-unknown"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_transfer_sent_by_many_at_once_moves_once() {
    on_each_engine(async |store| {
        let desk = std::sync::Arc::new(Desk::open(store).await);
        let (source, programme) = desk.funded().await;
        let key = desk.mint();
        let mut senders = Vec::new();
        for _ in 0..8 {
            let desk = desk.clone();
            senders.push(tokio::spawn(async move {
                desk.transfer(key, source, programme, "7.00").await.body
            }));
        }
        for sender in senders {
            let body = sender.await.expect("ran");
            assert_eq!(body["posted"], json!(true), "{body}");
        }
        assert_eq!(desk.balance(programme).await, "1007.00");
        desk.assert_sums_to_zero().await;
    })
    .await;
}
