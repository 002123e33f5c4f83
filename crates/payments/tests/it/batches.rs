//! Batches until approval: what is taken, what is refused by line, and who may do what.

use crate::TREASURY;
use crate::programme::{CHECKER, LAKEBANK, MAKER, Programme, numbered, slug};
use contracts::Pseudonym;
use contracts::batches::{BatchStatus, Tally};
use http::StatusCode;
use serde_json::json;
use testkit::on_each_engine;

#[tokio::test]
async fn a_batch_is_opened_filled_closed_and_approved_by_two_officers() {
    on_each_engine(async |store| {
        let msp = Programme::open(store).await;
        let lines = msp.instructions(1, 30);
        let opened = msp.announce(1, &lines).await.expect("opens");
        assert_eq!((opened.status, opened.count, opened.taken), (BatchStatus::Open, 30, 0));
        assert_eq!(msp.announce(1, &lines).await.expect("again"), opened);
        assert_eq!(slug(msp.announce(1, &lines[1..]).await), (409, "batch-id-used".to_owned()));

        let add = async |some| msp.client.add(msp.system("batches"), opened.id, some).await;
        assert_eq!(add(&lines[..20]).await.expect("takes").accepted, 20);
        let early = msp.client.close(msp.officer(MAKER), opened.id).await;
        assert_eq!(slug(early), (409, "batch-incomplete".to_owned()));
        // The answer was lost, say; ten of these were taken before.
        let rest = add(&lines[10..]).await.expect("takes");
        assert_eq!((rest.accepted, rest.refused.len()), (20, 0));
        assert_eq!(msp.show(opened.id).await.taken, 30);

        let nobody = msp.client.close(msp.system("batches"), opened.id).await;
        assert_eq!(slug(nobody), (403, "officer-needed".to_owned()));
        let closed = msp.client.close(msp.officer(MAKER), opened.id).await.expect("closes");
        assert_eq!(closed.closed_by.as_deref(), Some("GOV/MSP/b-1"));
        assert_eq!(slug(add(&lines[..1]).await), (409, "batch-not-open".to_owned()));
        let alone = msp.client.approve(msp.officer(MAKER), opened.id).await;
        assert_eq!(slug(alone), (403, "four-eyes".to_owned()));
        let approved = msp.client.approve(msp.officer(CHECKER), opened.id).await.expect("approves");
        assert_eq!(approved.status, BatchStatus::Approved);
        assert_eq!(approved.approved_by.as_deref(), Some("GOV/MSP/b-2"));
        assert!(approved.approved_at.is_some());
        assert_eq!(approved.tally, Tally { waiting: 30, ..Tally::default() });
        let again = msp.client.approve(msp.officer(CHECKER), opened.id).await.expect("again");
        assert_eq!(again, approved);
        let late = msp.client.resend(msp.system("batches"), opened.id).await;
        assert_eq!(slug(late), (403, "officer-needed".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn lines_are_refused_by_number_and_field_and_the_others_are_taken() {
    on_each_engine(async |store| {
        let msp = Programme::open(store).await;
        let lines = msp.instructions(1, 8);
        let id = msp.announce(1, &lines).await.expect("opens").id;
        let json = |n: usize| serde_json::to_value(&lines[n]).expect("is JSON");
        let with = |n: usize, field: &str, value: serde_json::Value| {
            let mut line = json(n);
            line[field] = value;
            line.to_string()
        };
        let text = [
            json(0).to_string(),                     // 1: taken
            with(1, "minor", json!(0)),              // 2
            String::new(),                           // 3: an empty line counts, and is passed over
            with(2, "reference", json!("")),         // 4
            "{".to_owned(),                          // 5
            with(0, "minor", json!(7)),              // 6: the id of line 1 with another content
            json(0).to_string(),                     // 7: the same again
            with(3, "payee", json!(lines[0].payee)), // 8: the payee of line 1 under another id
            with(4, "colour", json!("red")),         // 9
            json(5).to_string(),                     // 10: taken
        ]
        .join("\n");
        let part = msp.part(id, text.clone()).await.expect("answers");
        let refused: Vec<(u32, &str)> =
            part.refused.iter().map(|line| (line.line, line.field.as_str())).collect();
        let expected =
            [(2, "minor"), (4, "reference"), (5, "line"), (6, "id"), (8, "payee"), (9, "colour")];
        assert_eq!(refused, expected, "{part:?}");
        assert_eq!(part.accepted, 3);
        assert_eq!(msp.show(id).await.taken, 2);
        assert_eq!(msp.part(id, text).await.expect("again"), part);
        assert_eq!(msp.show(id).await.taken, 2);

        let other = msp.announce(2, &msp.instructions(2, 3)).await.expect("opens").id;
        let stolen = msp.client.add(msp.system("batches"), other, &lines[..1]).await;
        let stolen = stolen.expect("answers");
        assert_eq!((stolen.accepted, stolen.refused[0].field.as_str()), (0, "id"));
    })
    .await;
}

#[tokio::test]
async fn a_part_has_a_stated_end() {
    on_each_engine(async |store| {
        let msp = Programme::open(store).await;
        let lines = msp.instructions(1, 5_001);
        let id = msp.announce(1, &lines).await.expect("opens").id;
        let long = msp.client.add(msp.system("batches"), id, &lines).await;
        assert_eq!(slug(long), (400, "too-many-lines".to_owned()));
        let taken = msp.client.add(msp.system("batches"), id, &lines[..5_000]).await;
        assert_eq!(taken.expect("takes").accepted, 5_000);
        let endless = msp.part(id, "x".repeat(10_000)).await;
        assert_eq!(slug(endless).0, 413);
    })
    .await;
}

#[tokio::test]
async fn a_batch_of_another_member_or_over_another_account_is_out_of_reach() {
    on_each_engine(async |store| {
        let mut msp = Programme::open(store).await;
        let lines = msp.instructions(1, 2);
        let id = msp.announce(1, &lines).await.expect("opens").id;
        let mut stranger = msp.officer(MAKER);
        stranger.client = "TB/COM/LAKESIDE/patients".parse().expect("a subsystem");
        for answer in [
            slug(msp.client.show(stranger.clone(), id).await),
            slug(msp.client.add(stranger.clone(), id, &lines).await),
            slug(msp.client.close(stranger.clone(), id).await),
            slug(msp.client.failed(stranger, id).await),
        ] {
            assert_eq!(answer, (404, "batch-unknown".to_owned()));
        }
        let own = msp.account;
        msp.account = msp.desk.account("programme", TREASURY).await;
        assert_eq!(slug(msp.announce(2, &lines).await), (403, "not-your-account".to_owned()));
        msp.account = own;
        let cancelled = {
            let request = contracts::call::post(&format!("/{id}/cancel"), &json!({}), None);
            let request = request.expect("a request");
            contracts::call::send::<contracts::batches::BatchOut>(
                msp.wire.as_ref(),
                msp.officer(MAKER),
                request,
            )
            .await
            .expect("cancels")
        };
        assert_eq!(cancelled.status, BatchStatus::Cancelled);
        let late = msp.client.add(msp.system("batches"), id, &lines).await;
        assert_eq!(slug(late), (409, "batch-not-open".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_batch_that_the_account_cannot_pay_is_not_approved() {
    on_each_engine(async |store| {
        let msp = Programme::open(store).await;
        let mut lines = msp.instructions(1, 2);
        lines[0].minor = 100_000_001;
        let id = msp.announce(1, &lines).await.expect("opens").id;
        msp.client.add(msp.system("batches"), id, &lines).await.expect("takes");
        msp.client.close(msp.officer(MAKER), id).await.expect("closes");
        let answer = msp.client.approve(msp.officer(CHECKER), id).await;
        assert_eq!(slug(answer), (409, "insufficient-funds".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn the_token_of_a_beneficiary_is_not_kept_and_means_one_person() {
    on_each_engine(async |store| {
        let msp = Programme::open(store).await;
        let (token, subject) = (numbered(3, 7), Pseudonym(numbered(4, 7)));
        msp.register(token, subject, LAKEBANK, "KE-12 345").await.expect("registers");
        msp.register(token, subject, LAKEBANK, "KE-12 345").await.expect("again");
        msp.register(token, subject, LAKEBANK, "KE-99").await.expect("anew");
        let other = msp.register(token, Pseudonym(numbered(4, 8)), LAKEBANK, "KE-12 345").await;
        assert_eq!(slug(other), (409, "token-used".to_owned()));
        let nowhere = msp.register(token, subject, "TB/COM/NOBODY", "1").await;
        assert_eq!(slug(nowhere), (422, "invalid-field".to_owned()));
        let nothing = msp.register(token, subject, LAKEBANK, " ").await;
        assert_eq!(slug(nothing), (422, "invalid-field".to_owned()));
        let rows = msp.desk.all_bytes().await;
        for secret in [token.as_bytes().as_slice(), b"KE-12 345", b"KE-99"] {
            let found = rows.windows(secret.len()).any(|window| window == secret);
            assert!(!found, "stands in the database");
        }
        assert!(rows.windows(LAKEBANK.len()).any(|window| window == LAKEBANK.as_bytes()));
    })
    .await;
}

#[tokio::test]
async fn officers_of_the_treasury_see_batches_of_all_programmes() {
    on_each_engine(async |store| {
        let msp = Programme::open(store).await;
        for n in 1..=3 {
            msp.announce(n, &msp.instructions(n, 2)).await.expect("opens");
            store.time.advance_seconds(60);
        }
        let list = msp.desk.get("/payments/batches").await;
        assert_eq!(list.status, StatusCode::OK);
        let ids: Vec<_> = list.body["batches"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["batch"]["id"].clone())
            .collect();
        assert_eq!(ids, [3, 2, 1].map(|n| json!(numbered(6, n))));
        let one = msp.desk.get(&format!("/payments/batches/{}", numbered(6, 2))).await.body;
        assert_eq!((&one["member"], &one["batch"]["status"]), (&json!("GOV/MSP"), &json!("open")));
        let missing = msp.desk.get(&format!("/payments/batches/{}", numbered(6, 9))).await;
        assert_eq!(missing.slug(), "batch-unknown");
    })
    .await;
}
