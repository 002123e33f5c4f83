//! The ledger against the plain way: three SQL statements for each transfer, balances in the database.

use crate::{
    KES, assert_sums_to_zero, citizen, database, exec, net, open_world, pay, random_payment, world,
};
use basis::Rng;
use kernel::db::{Db, DbError, Tx};
use ledger::{Ledger, Outcome, Transfer};
use testkit::on_each_engine;

const CITIZENS: u64 = 6;

async fn create(db: &Db) {
    for sql in [
        "CREATE TABLE plain_transfer (id BYTEA PRIMARY KEY, moved BIGINT NOT NULL)",
        "CREATE TABLE plain_account (id BYTEA PRIMARY KEY, held BIGINT NOT NULL, debits BIGINT NOT NULL, credits BIGINT NOT NULL)",
    ] {
        exec(db, sql, vec![]).await.expect("creates");
    }
    let open = "INSERT INTO plain_account (id, held, debits, credits) VALUES ($1, $2, 0, 0)";
    exec(db, open, vec![world().into(), 0.into()]).await.expect("opens");
    for n in 1..=CITIZENS {
        exec(db, open, vec![citizen(n).into(), 1.into()]).await.expect("opens");
    }
    for n in 1..=CITIZENS {
        assert!(plain(db, pay(n, world(), citizen(n), 1_000)).await);
    }
}

/// Whether the money moved now.
async fn plain(db: &Db, asked: Transfer) -> bool {
    let moved: Result<bool, DbError> =
        db.write(move |tx| Box::pin(async move { three_statements(tx, &asked).await })).await;
    moved.expect("answers")
}

async fn three_statements(tx: &mut Tx, asked: &Transfer) -> Result<bool, DbError> {
    let once = "INSERT INTO plain_transfer (id, moved) VALUES ($1, 1) ON CONFLICT (id) DO NOTHING";
    if tx.exec(once, &[asked.id.into()]).await? == 0 {
        return Ok(false);
    }
    let debit = "UPDATE plain_account SET debits = debits + $1
                 WHERE id = $2 AND id <> $3 AND (held = 0 OR debits + $1 <= credits)";
    let args = [asked.amount.into(), asked.debit.into(), asked.credit.into()];
    if tx.exec(debit, &args).await? == 0 {
        tx.exec("UPDATE plain_transfer SET moved = 0 WHERE id = $1", &[asked.id.into()]).await?;
        return Ok(false);
    }
    let credit = "UPDATE plain_account SET credits = credits + $1 WHERE id = $2";
    tx.exec(credit, &[asked.amount.into(), asked.credit.into()]).await?;
    Ok(true)
}

async fn plain_net(db: &Db, account: basis::Id) -> i128 {
    let net: Result<i64, DbError> = db
        .read(move |tx| {
            Box::pin(async move {
                let sql = "SELECT credits - debits AS net FROM plain_account WHERE id = $1";
                tx.one(sql, &[account.into()]).await?.get("net")
            })
        })
        .await;
    i128::from(net.expect("answers"))
}

#[tokio::test]
async fn agrees_with_three_statements_a_transfer_through_batches_retries_checkpoints_and_restarts()
{
    on_each_engine(async |store| {
        let (db, reference) =
            (database(store).await, store.open("plain", &[]).await.expect("opens"));
        let mut ledger = Ledger::start(db.clone()).await.expect("starts");
        open_world(&ledger, CITIZENS).await;
        create(&reference).await;
        let rng = Rng::seeded(11);
        for round in 0..12 {
            // A third of the ids come again, mostly with other contents.
            let size = 1 + rng.u64_below(40);
            let batch: Vec<Transfer> = (0..size)
                .map(|_| random_payment(&rng, 100 + rng.u64_below(300), CITIZENS))
                .collect();
            let outcomes = ledger.transfer_batch(batch.clone()).await.expect("answers");
            assert_eq!(outcomes.len(), batch.len());
            for (asked, outcome) in batch.into_iter().zip(outcomes) {
                assert_eq!(asked.ledger, KES);
                let moved = plain(&reference, asked).await;
                assert_eq!(outcome == Outcome::Posted, moved, "{outcome} in round {round}");
            }
            if round % 4 == 1 {
                ledger.checkpoint().await.expect("stores");
            }
            if round % 3 == 2 {
                ledger = Ledger::start(db.clone()).await.expect("starts");
            }
            for account in (1..=CITIZENS).map(citizen).chain([world()]) {
                assert_eq!(net(&ledger, account).await, plain_net(&reference, account).await);
            }
        }
        assert_sums_to_zero(&ledger).await;
        ledger::verify(&db).await.expect("the log proves it");
    })
    .await;
}
