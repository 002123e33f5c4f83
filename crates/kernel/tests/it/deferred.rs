//! Statements nobody waits for: they keep their order, and a refused one undoes the transaction.

use kernel::db::{ColumnType, Db, DbError, Migration, Table, Tx, Value};
use testkit::on_each_engine;

const SCHEMA: &[Migration] =
    &[Migration { name: "deferred", sql: "CREATE TABLE line (n BIGINT PRIMARY KEY, text TEXT)" }];
const INSERT: &str = "INSERT INTO line (n, text) VALUES ($1, $2)";
static LINE: Table =
    Table { name: "line", columns: &[("n", ColumnType::Int), ("text", ColumnType::Text)] };

async fn each(test: impl AsyncFn(&Db)) {
    on_each_engine(async |store| {
        let db = store.open("deferred", SCHEMA).await.expect("opens");
        test(&db).await;
    })
    .await;
}

async fn insert(tx: &mut Tx, n: i64) -> Result<(), DbError> {
    tx.defer(INSERT, vec![n.into(), "deferred".into()]).await
}

async fn append(tx: &mut Tx, from: i64, to: i64) -> Result<(), DbError> {
    let rows: Vec<Value> = (from..=to).flat_map(|n| [n.into(), "appended".into()]).collect();
    tx.append(&LINE, &rows).await
}

async fn count(tx: &mut Tx) -> Result<i64, DbError> {
    tx.one("SELECT COUNT(*) AS lines FROM line", &[]).await?.get("lines")
}

async fn stored(db: &Db) -> i64 {
    let counted: Result<i64, DbError> = db.read(|tx| Box::pin(count(tx))).await;
    counted.expect("counts")
}

#[tokio::test]
async fn the_next_statement_sees_what_was_deferred_before_it() {
    each(async |db| {
        let seen: Result<Vec<i64>, DbError> = db
            .write(|tx| {
                Box::pin(async move {
                    let mut seen = Vec::new();
                    // More than may wait, a few and many rows, and each kind after each other.
                    for n in 1..=40 {
                        insert(tx, n).await?;
                    }
                    seen.push(count(tx).await?);
                    append(tx, 41, 43).await?;
                    append(tx, 44, 100).await?;
                    insert(tx, 101).await?;
                    append(tx, 102, 200).await?;
                    seen.push(count(tx).await?);
                    append(tx, 201, 300).await?;
                    let shorter = "DELETE FROM line WHERE n > $1";
                    seen.push(i64::try_from(tx.exec(shorter, &[250.into()]).await?).unwrap_or(0));
                    append(tx, 251, 260).await?;
                    Ok(seen)
                })
            })
            .await;
        assert_eq!(seen.expect("commits"), [40, 200, 50]);
        assert_eq!(stored(db).await, 260);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_at_the_commit_undoes_everything_and_leaves_a_usable_connection() {
    each(async |db| {
        for (from, to) in [(1, 1), (1, 100)] {
            for _ in 0..10 {
                let refused: Result<(), DbError> = db
                    .write(move |tx| {
                        Box::pin(async move {
                            insert(tx, 1_000).await?;
                            append(tx, from, to).await?;
                            insert(tx, 1_000).await
                        })
                    })
                    .await;
                assert!(refused.expect_err("refused").is_unique_violation());
                assert_eq!(stored(db).await, 0);
            }
        }
        let written: Result<(), DbError> = db.write(|tx| Box::pin(insert(tx, 1))).await;
        written.expect("commits");
        assert_eq!(stored(db).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_told_by_the_next_statement_too() {
    each(async |db| {
        let outcome: Result<i64, DbError> = db
            .write(|tx| {
                Box::pin(async move {
                    append(tx, 1, 100).await?;
                    append(tx, 100, 200).await?;
                    count(tx).await
                })
            })
            .await;
        assert!(outcome.expect_err("refused").is_unique_violation());
        assert_eq!(stored(db).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_closure_that_fails_leaves_nothing_of_what_waited() {
    each(async |db| {
        for many in [1, 100] {
            let failed: Result<(), DbError> = db
                .write(move |tx| {
                    Box::pin(async move {
                        insert(tx, 500).await?;
                        append(tx, 1, many).await?;
                        Err(DbError::NoRow)
                    })
                })
                .await;
            assert!(matches!(failed, Err(DbError::NoRow)));
            assert_eq!(stored(db).await, 0);
        }
    })
    .await;
}

#[tokio::test]
async fn a_reading_transaction_refuses_a_deferred_statement() {
    each(async |db| {
        let refused: Result<(), DbError> = db.read(|tx| Box::pin(insert(tx, 1))).await;
        assert!(matches!(refused, Err(DbError::ReadTransaction)));
        assert_eq!(stored(db).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_is_new_to_the_connection_may_follow_an_append() {
    each(async |db| {
        let written: Result<(), DbError> = db
            .write(|tx| {
                Box::pin(async move {
                    append(tx, 1, 100).await?;
                    let text = "UPDATE line SET text = $1 WHERE n = $2";
                    tx.defer(text, vec!["changed".into(), 7.into()]).await?;
                    insert(tx, 101).await
                })
            })
            .await;
        written.expect("writes");
        assert_eq!(stored(db).await, 101);
        let changed: Result<i64, DbError> = db
            .read(|tx| {
                Box::pin(async move {
                    let sql = "SELECT COUNT(*) AS n FROM line WHERE text = 'changed'";
                    tx.one(sql, &[]).await?.get("n")
                })
            })
            .await;
        assert_eq!(changed.expect("reads"), 1, "it came after the rows");
    })
    .await;
}

#[tokio::test]
async fn after_an_append_that_failed_among_others_the_connection_serves_the_next_transaction() {
    each(async |db| {
        for _ in 0..8 {
            let failed: Result<(), DbError> = db
                .write(|tx| {
                    Box::pin(async move {
                        append(tx, 1, 100).await?;
                        append(tx, 50, 150).await?;
                        append(tx, 200, 300).await?;
                        append(tx, 300, 400).await
                    })
                })
                .await;
            assert!(failed.expect_err("refused").is_unique_violation());
            assert_eq!(stored(db).await, 0);
        }
    })
    .await;
}
