//! The transaction shape: what a closure may do, and what its failure undoes.

use kernel::db::{Db, DbError, Migration, Storage, drop_schemas};
use testkit::{Store, on_each_engine};

const COUNTER: &[Migration] = &[Migration {
    name: "counter",
    sql: "CREATE TABLE counter (name TEXT PRIMARY KEY, n BIGINT NOT NULL)",
}];

async fn counter(store: &Store) -> Db {
    let db = store.open("counter", COUNTER).await.expect("opens");
    let start: Result<u64, DbError> = db
        .write(|tx| {
            Box::pin(
                async move { tx.exec("INSERT INTO counter (name, n) VALUES ('a', 0)", &[]).await },
            )
        })
        .await;
    start.expect("inserts");
    db
}

async fn add_one(db: &Db) -> Result<u64, DbError> {
    db.write(|tx| {
        Box::pin(async move { tx.exec("UPDATE counter SET n = n + 1 WHERE name = 'a'", &[]).await })
    })
    .await
}

async fn value(db: &Db) -> i64 {
    let row = db
        .read(|tx| {
            Box::pin(async move { tx.one("SELECT n FROM counter WHERE name = 'a'", &[]).await })
        })
        .await;
    row.and_then(|row: kernel::db::Row| row.get("n")).expect("reads")
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_closures_lose_no_update() {
    on_each_engine(async |store| {
        let db = counter(store).await;
        let tasks: Vec<_> = (0..200)
            .map(|_| {
                tokio::spawn({
                    let db = db.clone();
                    async move { add_one(&db).await }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("joins").expect("adds");
        }
        assert_eq!(value(&db).await, 200);
    })
    .await;
}

#[tokio::test]
async fn a_failed_closure_leaves_nothing_behind() {
    on_each_engine(async |store| {
        let db = counter(store).await;
        let failed: Result<(), DbError> = db
            .write(|tx| {
                Box::pin(async move {
                    tx.exec("UPDATE counter SET n = 99", &[]).await?;
                    Err(DbError::NoRow)
                })
            })
            .await;
        assert!(matches!(failed, Err(DbError::NoRow)));
        assert_eq!(value(&db).await, 0, "{}", store.engine());
    })
    .await;
}

#[tokio::test]
async fn a_closure_cannot_commit_past_a_failed_statement() {
    on_each_engine(async |store| {
        let db = counter(store).await;
        let swallowed: Result<(), DbError> = db
            .write(|tx| {
                Box::pin(async move {
                    tx.exec("UPDATE counter SET n = 99", &[]).await?;
                    let again = tx.exec("INSERT INTO counter (name, n) VALUES ('a', 1)", &[]).await;
                    assert!(again.is_err());
                    let next = tx.exec("UPDATE counter SET n = 98", &[]).await;
                    assert!(matches!(next, Err(DbError::Aborted)));
                    Ok(())
                })
            })
            .await;
        assert!(matches!(swallowed, Err(DbError::Aborted)), "{swallowed:?}");
        assert_eq!(value(&db).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_read_transaction_refuses_to_write() {
    on_each_engine(async |store| {
        let db = counter(store).await;
        let sneaky = "DELETE FROM counter RETURNING n";
        let outcome: Result<(), DbError> =
            db.read(move |tx| Box::pin(async move { tx.all(sneaky, &[]).await.map(drop) })).await;
        assert!(matches!(outcome, Err(DbError::ReadTransaction)));
        assert_eq!(value(&db).await, 0);
    })
    .await;
}

#[tokio::test]
async fn waiting_for_anything_else_is_refused_on_sqlite_and_the_thread_lives_on() {
    let store = Store::sqlite();
    let db = counter(&store).await;
    let waits: Result<(), DbError> = db
        .write(|tx| {
            Box::pin(async move {
                tx.exec("UPDATE counter SET n = 99", &[]).await?;
                tokio::task::yield_now().await;
                Ok(())
            })
        })
        .await;
    assert!(matches!(waits, Err(DbError::Closure(_))), "{waits:?}");
    let panics: Result<(), DbError> =
        db.write(|_| Box::pin(async move { panic!("on purpose") })).await;
    assert!(panics.expect_err("panics").to_string().contains("on purpose"));
    add_one(&db).await.expect("the writer goes on");
    assert_eq!(value(&db).await, 1);
}

#[tokio::test]
async fn a_caller_that_goes_away_leaves_no_open_transaction() {
    let Some(store) = Store::postgres() else { return };
    let db = counter(&store).await;
    let slow = db.write::<(), DbError, _>(|tx| {
        Box::pin(async move {
            tx.exec("UPDATE counter SET n = 99", &[]).await?;
            std::future::pending().await
        })
    });
    let given_up = tokio::time::timeout(std::time::Duration::from_millis(200), slow).await;
    assert!(given_up.is_err());
    add_one(&db).await.expect("the row is not locked");
    assert_eq!(value(&db).await, 1);
}

#[tokio::test]
async fn a_changed_migration_is_refused_by_name() {
    on_each_engine(async |store| {
        drop(counter(store).await);
        let changed =
            [Migration { name: "counter", sql: "CREATE TABLE counter (name TEXT PRIMARY KEY)" }];
        let error = store.open("counter", &changed).await.err().expect("refused");
        assert!(error.to_string().contains("migration counter: its text differs"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn blocks_on_one_server_cannot_reach_each_other() {
    let Some(store) = Store::postgres() else { return };
    drop(counter(&store).await);
    let other = store.open("other", &[]).await.expect("opens");
    let here: Result<u64, DbError> = other
        .write(|tx| Box::pin(async move { tx.exec("UPDATE counter SET n = 1", &[]).await }))
        .await;
    assert!(here.is_err(), "the other block's table is not on the search path");
}

#[cfg(unix)]
#[tokio::test]
async fn a_directory_that_cannot_be_written_is_named() {
    let store = Store::sqlite();
    let kernel::db::Storage::Sqlite { directory, .. } = &store.storage else { return };
    std::fs::write(directory, b"a file where the directory should be").expect("writes");
    let error = store.open("counter", &[]).await.err().expect("refused");
    assert!(error.to_string().contains(&directory.display().to_string()), "{error}");
    std::fs::remove_file(directory).expect("cleans up");
}

#[tokio::test]
async fn an_empty_country_begins_without_the_schemas_of_the_one_before() {
    let (Some(old), Some(other)) = (Store::postgres(), Store::postgres()) else { return };
    let Storage::Postgres(place) = &old.storage else { panic!("a PostgreSQL store") };
    add_one(&counter(&old).await).await.expect("adds");
    counter(&other).await;
    let dropped = async || drop_schemas(&place.url, &place.installation).await.expect("drops");
    assert_eq!(dropped().await, 1);
    assert_eq!(dropped().await, 0, "nothing is left");
    assert_eq!(value(&counter(&old).await).await, 0, "it begins anew, under a role of its own");
    assert_eq!(value(&other.open("counter", COUNTER).await.expect("opens")).await, 0);
    assert_eq!(dropped().await, 1);
}
