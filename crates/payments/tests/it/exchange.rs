//! What members ask through the exchange.

use crate::{Desk, TREASURY};
use basis::{Id, Money};
use contracts::payments::{Payee, PaymentsClient, TransferIn, TransferOut};
use contracts::reads::{ReadLogClient, ReadLogQuery};
use contracts::{CallContext, CallError, LegalBasis, Pseudonym, ServiceId, SubsystemId};
use http::StatusCode;
use serde_json::json;
use std::sync::Arc;
use testkit::{RouterWire, Store, on_each_engine};

struct Member {
    wire: Arc<RouterWire>,
    client: PaymentsClient,
    subsystem: SubsystemId,
}

fn service(code: &str) -> ServiceId {
    format!("TB/GOV/TREASURY/payments/{code}").parse().expect("a service")
}

impl Member {
    fn new(desk: &Desk, subsystem: &str) -> Self {
        let wire = Arc::new(RouterWire::default());
        wire.serve(service("transfers"), desk.router.clone(), payments::EXCHANGE_TRANSFERS);
        wire.serve(service("read-log"), desk.router.clone(), payments::EXCHANGE_READ_LOG);
        let client = PaymentsClient::new(wire.clone());
        Self { wire, client, subsystem: subsystem.parse().expect("a subsystem") }
    }

    fn context(&self, desk: &Desk, code: &str, subject: Option<Pseudonym>) -> CallContext {
        let basis = LegalBasis::law("Social Assistance Act s.4");
        let (correlation, at) = (desk.mint(), desk.ctx.clock.now());
        let context = CallContext::new(
            self.subsystem.clone(),
            service(code),
            "grant",
            basis,
            correlation,
            at,
        );
        match subject {
            Some(subject) => context.about(subject),
            None => context,
        }
    }

    async fn pay(
        &self,
        desk: &Desk,
        id: Id,
        debit: Id,
        to: (Payee, Option<Pseudonym>),
        amount: &str,
    ) -> Result<TransferOut, CallError> {
        let (credit, subject) = to;
        let kes = "KES".parse().expect("a currency");
        let amount = Money::parse(amount, kes).expect("an amount");
        let ask = TransferIn {
            id,
            debit: debit.to_string(),
            credit,
            amount,
            reference: "case 17".to_owned(),
        };
        self.client.transfer(self.context(desk, "transfers", subject), &ask).await
    }
}

fn person(store: &Store) -> Pseudonym {
    Pseudonym::random(&store.rng)
}

fn slug(answer: &Result<TransferOut, CallError>) -> (u16, String) {
    match answer {
        Err(CallError::Answered { status, slug, .. }) => (status.as_u16(), slug.clone()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_member_pays_a_person_whose_account_opens_with_the_first_payment() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let (_, programme) = desk.funded().await;
        let msp = Member::new(&desk, "TB/GOV/MSP/benefits");
        let subject = person(store);
        let to = || (Payee::Subject, Some(subject));
        let id = desk.mint();
        let first = msp.pay(&desk, id, programme, to(), "100.00").await.expect("answers");
        assert!(first.posted && first.reason.is_none() && first.posted_at.is_some());
        assert_eq!(msp.pay(&desk, id, programme, to(), "100.00").await.expect("answers"), first);
        let second = msp.pay(&desk, desk.mint(), programme, to(), "20.00").await.expect("answers");
        assert!(second.posted);
        let got = msp.client.get(msp.context(&desk, "transfers", None), id).await.expect("answers");
        assert_eq!(got, first);
        assert_eq!(desk.balance(programme).await, "880.00");

        let statement = desk.get(&format!("/payments/accounts/{programme}/statement")).await.body;
        let account = statement["entries"][1]["counterparty"].clone();
        assert_eq!(
            statement["entries"][2]["counterparty"], account,
            "one account for both payments"
        );
        let account: Id = account.as_str().expect("an id").parse().expect("an id");
        assert_eq!(desk.balance(account).await, "120.00");
        let shown = desk.get(&format!("/payments/accounts/{account}")).await.body;
        assert_eq!((&shown["kind"], &shown["owner"]), (&json!("person"), &json!(null)));
        let text = format!("{shown}{statement}");
        assert!(!text.contains(&subject.0.to_string()), "the pseudonym is not shown");
        desk.assert_sums_to_zero().await;
    })
    .await;
}

#[tokio::test]
async fn looks_at_a_persons_account_stand_in_their_read_log() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let (_, programme) = desk.funded().await;
        let msp = Member::new(&desk, "TB/GOV/MSP/benefits");
        let subject = person(store);
        let to = (Payee::Subject, Some(subject));
        msp.pay(&desk, desk.mint(), programme, to, "100.00").await.expect("answers");
        let statement = desk.get(&format!("/payments/accounts/{programme}/statement")).await.body;
        let account = statement["entries"][1]["counterparty"].as_str().expect("an id").to_owned();
        let client = ReadLogClient::new(msp.wire.clone());
        let log = async |subject| {
            let context = msp.context(&desk, "read-log", Some(subject));
            client.read_log(context, &ReadLogQuery::default()).await.expect("answers").entries
        };
        assert_eq!(log(subject).await, [], "a look at the programme is nobody's");
        desk.get(&format!("/payments/accounts/{account}")).await;
        store.time.advance_seconds(1);
        desk.get(&format!("/payments/accounts/{account}/statement")).await;
        let entries = log(subject).await;
        assert_eq!(entries.len(), 2);
        assert_eq!(
            (entries[0].fields[0].as_str(), entries[1].fields[0].as_str()),
            ("statement", "balance")
        );
        assert_eq!(entries[0].reader.to_string(), "TB/GOV/TREASURY/payments");
        assert_eq!(entries[0].officer.as_deref(), Some("o-1"));
        assert_eq!(log(person(store)).await, [], "another person's log is empty");
    })
    .await;
}

#[tokio::test]
async fn a_member_neither_debits_nor_sees_what_belongs_to_another() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let (_, programme) = desk.funded().await;
        let msp = Member::new(&desk, "TB/GOV/MSP/benefits");
        let clinic = Member::new(&desk, "TB/COM/LAKESIDE/patients");
        let own = desk.account("programme", "COM/LAKESIDE").await;
        let to = |account: Id| (Payee::Account { account: account.to_string() }, None);
        let stolen = clinic.pay(&desk, desk.mint(), programme, to(own), "1.00").await;
        assert_eq!(slug(&stolen), (403, "not-your-account".to_owned()));
        let id = desk.mint();
        assert!(msp.pay(&desk, id, programme, to(own), "1.00").await.expect("answers").posted);
        let seen = clinic.client.get(clinic.context(&desk, "transfers", None), id).await;
        assert!(seen.expect_err("is refused").is_not_found());
        let reused = clinic.pay(&desk, id, programme, to(own), "1.00").await;
        assert_eq!(slug(&reused), (409, "payment-id-used".to_owned()));
        let officers = desk.get(&format!("/payments/transfers/{id}")).await;
        assert_eq!(officers.status, StatusCode::NOT_FOUND, "the treasury did not order it");
        assert_eq!(desk.balance(own).await, "1.00");
    })
    .await;
}

#[tokio::test]
async fn a_persons_account_is_debited_by_nobody() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let (source, programme) = desk.funded().await;
        let msp = Member::new(&desk, "TB/GOV/MSP/benefits");
        let to = (Payee::Subject, Some(person(store)));
        msp.pay(&desk, desk.mint(), programme, to, "100.00").await.expect("answers");
        let statement = desk.get(&format!("/payments/accounts/{programme}/statement")).await.body;
        let account: Id = statement["entries"][1]["counterparty"]
            .as_str()
            .expect("an id")
            .parse()
            .expect("an id");
        let by_officer = desk.transfer(desk.mint(), account, source, "1.00").await;
        assert_eq!(by_officer.slug(), "not-your-account");
        let back = (Payee::Account { account: programme.to_string() }, None);
        let by_member = msp.pay(&desk, desk.mint(), account, back, "1.00").await;
        assert_eq!(slug(&by_member).1, "not-your-account");
        assert_eq!(desk.balance(account).await, "100.00");
    })
    .await;
}

#[tokio::test]
async fn a_call_that_does_not_hold_together_is_refused_and_opens_no_account() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let (source, programme) = desk.funded().await;
        let msp = Member::new(&desk, "TB/GOV/MSP/benefits");
        let nobody = msp.pay(&desk, desk.mint(), programme, (Payee::Subject, None), "1.00").await;
        assert_eq!(slug(&nobody), (400, "subject-missing".to_owned()));
        let foreign = msp
            .pay(&desk, desk.mint(), source, (Payee::Subject, Some(person(store))), "1.00")
            .await;
        assert_eq!(slug(&foreign), (403, "not-your-account".to_owned()));
        let zero = msp
            .pay(&desk, desk.mint(), programme, (Payee::Subject, Some(person(store))), "0.00")
            .await;
        assert_eq!(slug(&zero), (400, "unpayable".to_owned()));
        let number = Payee::Account { account: "12345".to_owned() };
        let number = msp.pay(&desk, desk.mint(), programme, (number, None), "1.00").await;
        assert_eq!(slug(&number), (400, "order-account-unknown".to_owned()));
        let totals = desk.get("/payments/trial-balance").await.body;
        assert_eq!(totals["ledgers"][0]["accounts"], json!(2), "{totals}");
        assert_eq!(totals["ledgers"][0]["debits"]["amount"], json!("1000.00"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_persons_first_payments_at_once_open_one_account() {
    on_each_engine(async |store| {
        let desk = Arc::new(Desk::open(store).await);
        let (_, programme) = desk.funded().await;
        let subject = person(store);
        let mut payers = Vec::new();
        for _ in 0..8 {
            let desk = desk.clone();
            payers.push(tokio::spawn(async move {
                let msp = Member::new(&desk, "TB/GOV/MSP/benefits");
                let to = (Payee::Subject, Some(subject));
                msp.pay(&desk, desk.mint(), programme, to, "10.00").await
            }));
        }
        for payer in payers {
            assert!(payer.await.expect("ran").expect("answers").posted);
        }
        assert_eq!(desk.balance(programme).await, "920.00");
        let totals = desk.get("/payments/trial-balance").await.body;
        assert_eq!(totals["ledgers"][0]["accounts"], json!(3), "source, programme and one person");
        desk.assert_sums_to_zero().await;
    })
    .await;
}

#[tokio::test]
async fn the_treasury_is_a_member_like_others_through_the_exchange() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let (source, programme) = desk.funded().await;
        let treasury = Member::new(&desk, "TB/GOV/TREASURY/payments");
        let to = (Payee::Account { account: programme.to_string() }, None);
        let id = desk.mint();
        assert!(treasury.pay(&desk, id, source, to, "5.00").await.expect("answers").posted);
        let shown = desk.get(&format!("/payments/transfers/{id}")).await;
        assert_eq!(shown.body["posted"], json!(true), "{TREASURY} sees what it ordered");
    })
    .await;
}
