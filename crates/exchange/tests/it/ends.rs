//! Agreements that end: the provider is warned, the flow closes at the end, and opens after renewal.

use basis::Timestamp;
use contracts::{RefusalReason, Wire, call};
use exchange::NewAgreement;
use kernel::db::{DbError, Row};
use testkit::on_each_engine;

use crate::fixture::*;

const DAY_SECONDS: i64 = 86_400;
const PURPOSE: &str = "benefit-review";

async fn agree_until(site: &Site, until: Option<Timestamp>) {
    let new = NewAgreement {
        service: RECORDS.parse().unwrap(),
        client: BENEFITS.parse().unwrap(),
        purpose: PURPOSE.to_owned(),
        basis: law().kind(),
        reference: law().reference(),
        fields: Vec::new(),
        case: None,
        valid_from: None,
        valid_until: until,
    };
    site.exchange.create_agreement(&actor(), new).await.unwrap();
}

async fn ask(site: &Site) -> Option<RefusalReason> {
    let ctx = site.call(BENEFITS, RECORDS, PURPOSE, law()).about(person("social"));
    match site.exchange.call(ctx, call::get("/").unwrap()).await {
        Ok(_) => None,
        Err(error) => Some(error.refusal().unwrap()),
    }
}

#[tokio::test]
async fn a_flow_closes_at_its_end_date_and_opens_after_renewal() {
    on_each_engine(async |store| {
        let site = one_house(store).await;
        let until = site.ctx.clock.now().plus_seconds(365 * DAY_SECONDS);
        agree_until(&site, Some(until)).await;
        assert_eq!(ask(&site).await, None);
        store.time.advance_seconds(365 * DAY_SECONDS - 1);
        assert_eq!(ask(&site).await, None, "to its last second");
        store.time.advance_seconds(1);
        assert_eq!(ask(&site).await, Some(RefusalReason::AgreementNotInForce));
        agree_until(&site, Some(until.plus_seconds(365 * DAY_SECONDS))).await;
        assert_eq!(ask(&site).await, None, "renewed");
    })
    .await;
}

#[tokio::test]
async fn the_provider_is_warned_once_a_month_ahead() {
    on_each_engine(async |store| {
        let site = one_house(store).await;
        agree_until(&site, Some(site.ctx.clock.now().plus_seconds(60 * DAY_SECONDS))).await;
        agree_until(&site, None).await;
        assert!(site.exchange.warn_of_ends().await.unwrap().is_empty(), "too early");
        store.time.advance_seconds(30 * DAY_SECONDS);
        let warned = site.exchange.warn_of_ends().await.unwrap();
        assert_eq!(warned.iter().map(|one| one.purpose.as_str()).collect::<Vec<_>>(), [PURPOSE]);
        assert!(site.exchange.warn_of_ends().await.unwrap().is_empty(), "once");
        let sql = "SELECT object FROM audit WHERE event = 'exchange.agreement.ends_soon'";
        let read = site.ctx.db.read(move |tx| Box::pin(async move { tx.all(sql, &[]).await }));
        let rows: Result<Vec<Row>, DbError> = read.await;
        let objects: Vec<String> =
            rows.unwrap().iter().map(|row| row.get("object").unwrap()).collect();
        assert_eq!(objects, [warned[0].id.to_string()]);
    })
    .await;
}
