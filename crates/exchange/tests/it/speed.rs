//! What a local hop costs. Run by hand: `cargo test -p exchange --release -- --ignored hop_cost`.

use basis::Clock;
use contracts::{Wire, call};

use crate::fixture::*;

/// Prints microseconds a hop, wall clock, at several numbers of callers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a check"]
async fn hop_cost() {
    let store = testkit::Store::sqlite();
    let site = one_house(&store).await;
    for callers in [1_u32, 64, 1024] {
        let each = (20_000 / callers).max(20);
        let clock = Clock::system();
        let begin = clock.monotonic_micros();
        let mut tasks = Vec::new();
        for _ in 0..callers {
            let exchange = site.exchange.clone();
            let ctx =
                site.call(BENEFITS, RECORDS, "benefit-eligibility", law()).about(person("social"));
            tasks.push(tokio::spawn(async move {
                for _ in 0..each {
                    exchange.call(ctx.clone(), call::get("/").unwrap()).await.unwrap();
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let calls = i64::from(callers * each);
        let micros = clock.monotonic_micros() - begin;
        println!(
            "{callers} callers: {calls} hops, {} us each, {} hops/s",
            micros / calls,
            calls * 1_000_000 / micros
        );
    }
}
