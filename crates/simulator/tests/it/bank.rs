//! A bank's books: each id once, positions without gaps, only one's own.

use crate::{MINISTRY, TREASURY, Town, call, deps, everything, stands_in};
use basis::{Clock, Currency, Id, Money, Rng};
use contracts::rails::{
    CreditTransfer, CreditTransfersIn, RailClient, RailResult, RailStatus, Statement,
    StatementQuery,
};
use contracts::{CallError, SubsystemId};
use http::StatusCode;
use serde_json::json;
use std::sync::Arc;
use testkit::{RouterWire, block_ctx, on_each_engine};

const SERVICE: &str = "TB/COM/LAKEBANK/accounts/credit-transfers";
const BEHAVIOUR: &str = "/simulator/COM/LAKEBANK/accounts/behaviour";
const BOOKS: &str = "/simulator/COM/LAKEBANK/accounts/books";

pub fn transfer(rng: &Rng, account: &str, minor: i64) -> CreditTransfer {
    let currency = Currency::from_code("KES").expect("a currency");
    CreditTransfer {
        id: Id::random(rng),
        account: account.to_owned(),
        amount: Money::from_minor(minor, currency),
        reference: "Child benefit".to_owned(),
    }
}

impl Town {
    fn client(&self) -> RailClient {
        RailClient::new(self.wire.clone())
    }

    pub async fn pay(&self, transfers: &[CreditTransfer]) -> Result<Vec<RailResult>, CallError> {
        self.pay_as(TREASURY, transfers).await
    }

    async fn pay_as(
        &self,
        client: &str,
        transfers: &[CreditTransfer],
    ) -> Result<Vec<RailResult>, CallError> {
        let ask = CreditTransfersIn { transfers: transfers.to_vec() };
        let call = call(client, SERVICE, "payment-execution");
        self.client().send(call, &ask).await.map(|answer| answer.results)
    }

    pub async fn statement(&self, client: &str, after: i64, limit: u16) -> Statement {
        let query = StatementQuery { after, limit: Some(limit) };
        let call = call(client, SERVICE, "payment-execution");
        self.client().statement(call, query).await.expect("a statement")
    }

    pub async fn behave(&self, behaviour: serde_json::Value) {
        let token = self.token("COM/LAKEBANK", &["simulator-admin"]);
        let (status, body) = self.send("PUT", BEHAVIOUR, Some(&token), Some(&behaviour)).await;
        assert_eq!(status, StatusCode::OK, "{body}");
    }

    async fn books(&self) -> serde_json::Value {
        let token = self.token("COM/LAKEBANK", &["simulator-admin"]);
        let (status, body) = self.send("GET", BOOKS, Some(&token), None).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }
}

fn statuses(results: &[RailResult]) -> Vec<(RailStatus, Option<&str>)> {
    results.iter().map(|result| (result.status, result.reason.as_deref())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_is_booked_once_with_its_content() {
    on_each_engine(async |store| {
        let town = Town::bank(store).await;
        let (one, two) = (transfer(&store.rng, "1234567", 500), transfer(&store.rng, "7654321", 7));
        let first = town.pay(&[one.clone(), two.clone(), one.clone()]).await.expect("answers");
        assert_eq!(statuses(&first), [(RailStatus::Booked, None); 3]);
        store.time.advance_seconds(60);
        let again = town.pay(&[one.clone(), two]).await.expect("answers");
        assert_eq!(again[..], first[..2], "answered as it stands");
        let other = CreditTransfer { account: "5555555".to_owned(), ..one.clone() };
        let more = CreditTransfer { amount: Money::from_minor(501, one.amount.currency()), ..one };
        let refused = town.pay(&[other, more]).await.expect("answers");
        assert_eq!(statuses(&refused), [(RailStatus::Rejected, Some("DU04")); 2]);
        let books = town.books().await;
        assert_eq!(books["booked"], 2, "{books}");
        assert_eq!(books["sums"], json!([{"amount": "5.07", "currency": "KES"}]), "{books}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_booked_before_the_answer_was_lost_is_not_booked_again() {
    on_each_engine(async |store| {
        let town = Town::bank(store).await;
        town.behave(json!({"lose_answer_percent": 100})).await;
        let transfers = [transfer(&store.rng, "1234567", 500), transfer(&store.rng, "7654321", 7)];
        let lost = town.pay(&transfers).await.expect_err("no answer");
        assert_eq!(lost.status(), Some(StatusCode::GATEWAY_TIMEOUT));
        town.behave(json!({})).await;
        let call = call(TREASURY, SERVICE, "payment-execution");
        let asked = town.client().status(call, transfers[0].id).await.expect("it arrived");
        assert_eq!(asked.status, RailStatus::Booked);
        let after = town.restarted(simulator::BANK, "COM/LAKEBANK/accounts");
        assert_eq!(after.pay(&transfers).await.expect("answers")[0], asked);
        assert_eq!(after.books().await["booked"], 2);
        assert_eq!(after.statement(TREASURY, 0, 10).await.lines.len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_bank_books_nothing_and_fails_alike_with_one_seed() {
    on_each_engine(async |store| {
        let town = Town::bank(store).await;
        let mut courses = Vec::new();
        for _ in 0..2 {
            town.behave(json!({"fail_percent": 50, "seed": 11})).await;
            let mut course = Vec::new();
            for _ in 0..12 {
                let one = transfer(&store.rng, "1234567", 1);
                let answer = town.pay(std::slice::from_ref(&one)).await;
                let call = call(TREASURY, SERVICE, "payment-execution");
                let known = town.client().status(call, one.id).await.is_ok();
                assert_eq!(known, answer.is_ok(), "nothing was booked when it failed");
                course.push(answer.err().and_then(|error| error.status()));
            }
            courses.push(course);
        }
        assert_eq!(courses[0], courses[1]);
        assert!(courses[0].contains(&None));
        assert!(courses[0].contains(&Some(StatusCode::SERVICE_UNAVAILABLE)));
        // How it behaves outlives the process.
        let after = town.restarted(simulator::BANK, "COM/LAKEBANK/accounts");
        let mut course = Vec::new();
        for _ in 0..12 {
            let answer = after.pay(&[transfer(&store.rng, "1234567", 1)]).await;
            course.push(answer.err().and_then(|error| error.status()));
        }
        assert_eq!(course, courses[0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_have_no_gaps_and_a_member_sees_its_own_bookings() {
    on_each_engine(async |store| {
        let town = Arc::new(Town::bank(store).await);
        let stopwatch = Clock::system();
        let began = stopwatch.monotonic_micros();
        let mut senders = Vec::new();
        for number in 0..16 {
            let (town, rng) = (town.clone(), store.rng.clone());
            senders.push(tokio::spawn(async move {
                let client = if number % 4 == 0 { MINISTRY } else { TREASURY };
                let account = |index: usize| match index % 100 {
                    99 => "44999999",
                    _ => "1234567",
                };
                let transfers: Vec<CreditTransfer> =
                    (0..500).map(|index| transfer(&rng, account(index), 100)).collect();
                town.pay_as(client, &transfers).await.expect("answers")
            }));
        }
        for sender in senders {
            let results = sender.await.expect("no panic");
            assert_eq!(results.iter().filter(|r| r.status == RailStatus::Rejected).count(), 5);
        }
        let micros = stopwatch.monotonic_micros() - began;
        eprintln!("{}: 8000 transfers in {} ms", store.engine(), micros / 1_000);
        let mut positions = Vec::new();
        for (client, wanted) in [(MINISTRY, 4 * 495), (TREASURY, 12 * 495)] {
            let mut own = Vec::new();
            loop {
                let page = town.statement(client, own.last().copied().unwrap_or(0), 1_000).await;
                own.extend(page.lines.iter().map(|line| line.position));
                if !page.more {
                    break;
                }
            }
            assert_eq!(own.len(), wanted);
            assert!(own.is_sorted());
            positions.extend(own);
        }
        positions.sort_unstable();
        assert_eq!(positions, (1..=16 * 495).collect::<Vec<i64>>());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_say_whether_the_account_is_there() {
    on_each_engine(async |store| {
        let town = Town::bank(store).await;
        let numbers = ["+255700550114", "77000000", "77999999", "x y"];
        let mut transfers: Vec<CreditTransfer> =
            numbers.iter().map(|number| transfer(&store.rng, number, 1)).collect();
        transfers.push(transfer(&store.rng, "1234567", 0));
        let results = town.pay(&transfers).await.expect("answers");
        let rejected = |code| (RailStatus::Rejected, Some(code));
        assert_eq!(
            statuses(&results),
            [
                (RailStatus::Booked, None),
                rejected("AC01"),
                rejected("AC04"),
                rejected("AC01"),
                rejected("AM12")
            ]
        );
        assert_eq!(town.pay(&transfers).await.expect("answers"), results, "for good");
        let books = town.books().await;
        assert_eq!((&books["booked"], &books["rejected"]), (&json!(1), &json!(4)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_another_member_is_unknown() {
    on_each_engine(async |store| {
        let town = Town::bank(store).await;
        let one = transfer(&store.rng, "1234567", 500);
        town.pay(std::slice::from_ref(&one)).await.expect("answers");
        let stranger = call(MINISTRY, SERVICE, "payment-execution");
        let error = town.client().status(stranger, one.id).await.expect_err("unknown");
        assert!(error.is_not_found(), "{error}");
        assert_eq!(town.statement(MINISTRY, 0, 10).await.lines, []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_ids_nor_accounts_are_readable_in_the_database() {
    on_each_engine(async |store| {
        let town = Town::bank(store).await;
        let one = transfer(&store.rng, "1234567", 500);
        town.pay(std::slice::from_ref(&one)).await.expect("answers");
        let values = everything(
            &town.ctx.db,
            &["SELECT * FROM bank_transfer", "SELECT * FROM audit", "SELECT * FROM subject_key"],
        )
        .await;
        for secret in [b"1234567".as_slice(), one.id.as_bytes(), one.id.to_string().as_bytes()] {
            assert!(!stands_in(&values, secret));
        }
        assert!(stands_in(&values, b"GOV/TREASURY"), "the search finds what is there");
        assert_eq!(town.statement(TREASURY, 0, 10).await.lines[0].id, one.id);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_own_officers_may_tell_a_bank_how_to_behave() {
    on_each_engine(async |store| {
        let town = Town::bank(store).await;
        let own = town.token("COM/LAKEBANK", &["simulator-admin"]);
        let clerk = town.token("COM/LAKEBANK", &["treasurer"]);
        let stranger = town.token("COM/SIMU", &["simulator-admin"]);
        for (method, path, body) in
            [("PUT", BEHAVIOUR, Some(json!({"seed": 1}))), ("GET", BOOKS, None)]
        {
            for (token, wanted) in [
                (None, StatusCode::UNAUTHORIZED),
                (Some(&clerk), StatusCode::FORBIDDEN),
                (Some(&stranger), StatusCode::FORBIDDEN),
                (Some(&own), StatusCode::OK),
            ] {
                let token = token.map(String::as_str);
                let (status, answer) = town.send(method, path, token, body.as_ref()).await;
                assert_eq!(status, wanted, "{method} {path}: {answer}");
            }
        }
        let wrong = json!({"fail_percent": 101});
        let (status, body) = town.send("PUT", BEHAVIOUR, Some(&own), Some(&wrong)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(body["errors"][0]["field"], "fail_percent", "{body}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_out_of_form_is_refused_whole() {
    on_each_engine(async |store| {
        let town = Town::bank(store).await;
        let mut long = transfer(&store.rng, "1234567", 1);
        long.reference = "x".repeat(141);
        for transfers in [
            Vec::new(),
            vec![transfer(&store.rng, "1234567", 1), long],
            (0..501).map(|_| transfer(&store.rng, "1234567", 1)).collect(),
        ] {
            let error = town.pay(&transfers).await.expect_err("refused");
            assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST), "{error}");
        }
        assert_eq!(town.books().await["booked"], 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_banks_stand_in_one_router() {
    on_each_engine(async |store| {
        let wire = Arc::new(RouterWire::default());
        let mut router = axum::Router::new();
        let banks = [
            ("bank_lakebank_accounts", "COM/LAKEBANK", "COM/LAKEBANK/accounts"),
            ("bank_simu_wallets", "COM/SIMU", "COM/SIMU/wallets"),
        ];
        for (name, owner, id) in banks {
            let migrations = simulator::BANK_MIGRATIONS;
            let ctx = block_ctx(store, name, migrations, owner).await.expect("opens");
            let block = simulator::bank(&ctx, deps(wire.clone(), simulator::BANK, name, id));
            assert_eq!(block.name, name);
            let prefix = block.services[0].prefix;
            let routes = block.into_router(ctx.owner.clone());
            let subsystem: SubsystemId = format!("TB/{id}").parse().expect("a subsystem");
            let service = subsystem.service("credit-transfers").expect("a service");
            wire.serve(service, routes.clone(), prefix);
            router = router.merge(routes);
        }
        let client = RailClient::new(wire);
        let one = transfer(&store.rng, "1234567", 1);
        let ask = CreditTransfersIn { transfers: vec![one.clone()] };
        let at = |service: &str| call(TREASURY, service, "payment-execution");
        client.send(at(SERVICE), &ask).await.expect("answers");
        let other = "TB/COM/SIMU/wallets/credit-transfers";
        let unknown = client.status(at(other), one.id).await.expect_err("not there");
        assert!(unknown.is_not_found(), "each has books of its own: {unknown}");
    })
    .await;
}
