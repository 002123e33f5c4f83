//! That the benchmark measures something, not how much: figures of a debug build say nothing.

use payments::{Load, bench};
use testkit::on_each_engine;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_benchmark_counts_what_the_ledger_posted() {
    on_each_engine(async |store| {
        let db = kernel::db::Db::open(
            &store.storage,
            "bench",
            payments::MIGRATIONS,
            basis::Clock::system(),
            basis::Rng::system(),
        );
        let db = db.await.expect("opens");
        let loads = [Load { callers: 16, batch: 1 }, Load { callers: 2, batch: 100 }];
        let figures = bench(db.clone(), &loads, 1).await.expect("runs");
        let moved: u64 = figures.iter().map(|figure| figure.transfers).sum();
        let report = payments::prove(&db).await.expect("the log proves it");
        // Besides, each of the accounts got its funds.
        assert_eq!(u64::try_from(report.posted).expect("counts up"), moved + 10_000);
        for figure in figures {
            assert!(figure.transfers > 0 && figure.micros >= 1_000_000 && figure.p50_micros > 0);
            assert!(figure.p50_micros <= figure.p99_micros);
            println!("{} {figure:?}", store.engine());
        }
    })
    .await;
}

/// `cargo test --release -p payments --test it -- --ignored --nocapture standard`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute and means something only in a release build on a quiet machine"]
async fn standard_figures() {
    on_each_engine(async |store| {
        let (clock, rng) = (basis::Clock::system(), basis::Rng::system());
        let db = kernel::db::Db::open(&store.storage, "bench", payments::MIGRATIONS, clock, rng);
        let figures = bench(db.await.expect("opens"), Load::STANDARD, 3).await.expect("runs");
        for figure in figures {
            println!("{} {figure:?}", store.engine());
        }
    })
    .await;
}
