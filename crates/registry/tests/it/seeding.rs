//! Entering many records at once.

use crate::desk::{Desk, amina, benefits};
use contracts::Pseudonym;
use kernel::problem::Problem;
use registry::{Actor, RegisterCode, Seed};
use serde_json::json;
use testkit::{Store, on_each_engine};

fn residents() -> RegisterCode {
    "residents".parse().expect("a code")
}

fn seeds(store: &Store, count: usize) -> Vec<Seed> {
    let one = |number| Seed {
        subject: Pseudonym::random(&store.rng),
        data: amina(&format!("Village {number}")),
    };
    (0..count).map(one).collect()
}

#[tokio::test]
async fn seeded_records_read_like_others() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let seeds = seeds(store, 1_203);
        let last = seeds[1_202].clone();
        let count = desk
            .registry
            .seed_records(Actor::job("seed"), residents(), seeds, "first load")
            .await
            .expect("seeds");
        assert_eq!(count, 1_203);
        assert_eq!(desk.count("SELECT COUNT(*) AS n FROM revision").await, 1_203);
        assert_eq!(
            desk.count("SELECT COUNT(*) AS n FROM audit WHERE event = 'registry.records.seeded'")
                .await,
            2
        );
        let shown = desk.call(&benefits(last.subject), "/registry/records").await.good();
        assert_eq!(shown["data"], amina("Village 1202"));
        let record = shown["record"].as_str().expect("an id");
        assert_eq!(desk.update(record, 1, amina("Mlima")).await.good()["revision"], 2);
    })
    .await;
}

#[tokio::test]
async fn one_bad_record_stops_all_before_any_is_written() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let mut seeds = seeds(store, 1_100);
        seeds[1_050].data = json!({ "name": "Amina Wanjiru" });
        let refused = desk
            .registry
            .seed_records(Actor::job("seed"), residents(), seeds, "first load")
            .await
            .expect_err("refuses");
        let text = refused.to_string();
        assert_eq!(
            text,
            "record 1050 does not follow the register's schema at /data/village: send it"
        );
        assert_eq!(Problem::from(refused).slug(), "data-refused");
        assert_eq!(desk.count("SELECT COUNT(*) AS n FROM record").await, 0);
    })
    .await;
}
