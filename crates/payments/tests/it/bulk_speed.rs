//! Where the time of a large batch goes. The figures that are published come from `msingi bench`, which does the same.

use crate::Desk;
use crate::TREASURY;
use crate::bank::Bank;
use crate::programme::{CHECKER, LAKEBANK, MAKER, Programme, SIMU, numbered};
use axum::{Json, Router};
use basis::{Clock, Rng};
use contracts::Pseudonym;
use contracts::batches::{BatchStatus, BeneficiaryIn};
use contracts::rails::{CreditTransfersIn, RailResult, RailResults, RailStatus};
use futures_util::stream::{self, StreamExt};
use kernel::auth::OwnerMember;
use kernel::block::Ctx;
use kernel::db::Db;
use kernel::fields::Fields;
use kernel::keys::KeyStore;
use std::sync::Arc;
use testkit::{RouterWire, on_each_engine};

async fn books_all(Json(ask): Json<CreditTransfersIn>) -> Json<RailResults> {
    let booked = |id| RailResult { id, status: RailStatus::Booked, reason: None, booked_at: None };
    Json(RailResults { results: ask.transfers.iter().map(|one| booked(one.id)).collect() })
}

/// `cargo test --release -p payments --test it -- --ignored --nocapture bulk_figures`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute and means something only in a release build on a quiet machine"]
async fn bulk_figures() {
    let count: usize = std::env::var("MSINGI_TEST_BULK")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(100_000);
    on_each_engine(async |store| {
        let (clock, rng) = (Clock::system(), Rng::system());
        let name = payments::NAME;
        let db = Db::open(&store.storage, name, payments::MIGRATIONS, clock.clone(), rng.clone());
        let keys = Arc::new(KeyStore::in_memory(clock.clone(), rng.clone()));
        let ctx = Ctx {
            db: db.await.expect("opens"),
            fields: Fields::new(name, keys.clone(), rng.clone()),
            clock: clock.clone(),
            rng: rng.clone(),
            keys,
            instance: Arc::from("TB"),
            owner: OwnerMember::new(TREASURY),
            issuer: Arc::from("http://127.0.0.1"),
            sandbox: true,
        };
        let wire = Arc::new(RouterWire::default());
        let desk = Desk::over_wire(ctx, wire.clone());
        let bank = Bank::open(&store.storage, "bank", clock.clone(), rng.clone()).await;
        let mut msp = Programme::over(desk, wire, bank.clone(), bank, numbered(7, 2));
        for provider in ["LAKEBANK", "SIMU"] {
            let service = format!("TB/COM/{provider}/accounts/credit-transfers");
            let router = Router::new().route("/bank", axum::routing::post(books_all));
            msp.wire.serve(service.parse().expect("a service"), router, "/bank");
        }
        let source = msp.desk.account("source", TREASURY).await;
        msp.account = msp.desk.account("programme", "GOV/MSP").await;
        let key = msp.desk.mint();
        msp.desk.transfer(key, source, msp.account, "10000000000.00").await;

        let begun = clock.monotonic_micros();
        let told = |what: &str, since: i64| {
            let micros = clock.monotonic_micros() - since;
            println!("{} {what}: {}/s", store.engine(), count as i64 * 1_000_000 / micros);
            clock.monotonic_micros()
        };
        let registering = stream::iter(0..count).map(|n| {
            let (client, context) = (msp.client.clone(), msp.system("beneficiaries"));
            let provider = if n % 3 == 0 { SIMU } else { LAKEBANK };
            let provider = provider.parse().expect("a member");
            let ask =
                BeneficiaryIn { token: numbered(3, n), provider, account: format!("a-{n:016}") };
            let subject = Pseudonym::random(&rng);
            async move { client.register(context.about(subject), &ask).await.expect("registers") }
        });
        registering.buffer_unordered(256).collect::<Vec<()>>().await;
        let registered = told("registered", begun);

        let sum = (0..count as i64).map(|n| 1_000 + n).sum();
        let id = msp.announce_sum(1, count, sum).await.expect("opens").id;
        for first in (0..count).step_by(5_000) {
            let part: Vec<_> =
                (first..count.min(first + 5_000)).map(|n| msp.instruction(1, n)).collect();
            let taken = msp.client.add(msp.system("batches"), id, &part).await.expect("takes");
            assert_eq!(taken.accepted as usize, part.len());
        }
        let taken = told("taken", registered);
        msp.client.close(msp.officer(MAKER), id).await.expect("closes");
        msp.client.approve(msp.officer(CHECKER), id).await.expect("approves");
        msp.work().await;
        told("posted and paid", taken);
        told("all", registered);
        assert_eq!(msp.show(id).await.status, BatchStatus::Done);
    })
    .await;
}
