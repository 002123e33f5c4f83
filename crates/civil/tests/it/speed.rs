//! How fast births come in from a paper book.

use crate::office::Office;
use basis::Clock;
use contracts::civil::PERSON_CREATION;
use http::StatusCode;
use serde_json::{Value as Json, json};
use testkit::on_each_engine;

const BIRTHS: usize = 20_000;
const PORTION: usize = 1_000;

/// `cargo test --release -p civil --test it -- --ignored --nocapture figures`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures; means something only in a release build on a quiet machine"]
async fn figures_of_twenty_thousand_births() {
    on_each_engine(async |store| {
        let (office, clock) = (Office::registrar(store).await, Clock::system());
        let line = |number: usize| {
            json!({ "entry": format!("LAKE-EAST/1987/{number}"), "child": {"full": format!("Neema Tamba {number}")},
                "sex": "female", "born": "1987-03-14", "place": "TB-03-114", "mother": {"full": "Zawadi Tamba"} })
        };
        let lines: Vec<Json> = (0..BIRTHS).map(line).collect();
        let start = clock.monotonic_micros();
        let mut batches = Vec::new();
        for (number, portion) in lines.chunks(PORTION).enumerate() {
            let (status, out) = office.import(&format!("k-{number}"), portion).await;
            assert_eq!(status, StatusCode::OK);
            batches.push(out["batch"].as_str().expect("an id").parse().expect("an id"));
        }
        let imported = clock.monotonic_micros();
        for batch in batches {
            let ctx = office.call("TB/GOV/NIA/identity", "births", PERSON_CREATION);
            let page = office.births().facts(ctx, Some(batch), None, 1_000).await.expect("lists");
            assert_eq!(page.births.len(), PORTION);
        }
        let listed = clock.monotonic_micros();
        let (import, list) = ((imported - start) / 1_000, (listed - imported) / 1_000);
        println!("{}: {BIRTHS} births imported in {import} ms, read with log in {list} ms", store.engine());
    })
    .await;
}
