//! Probes: what one SQL text may rely on. Each runs on both engines; where they differ by
//! themselves, the facade must make them agree.

use crate::exec;
use kernel::db::{ColumnType, Db, DbError, Migration, Row, Table, Value};
use testkit::on_each_engine;

const SCHEMA: &[Migration] = &[Migration {
    name: "probe",
    sql: "CREATE TABLE thing (id BIGINT PRIMARY KEY, label TEXT, big BIGINT, data BYTEA, flag BOOLEAN NOT NULL);
          CREATE UNIQUE INDEX thing_label ON thing (label) WHERE flag = FALSE;
          CREATE TABLE part (thing BIGINT NOT NULL REFERENCES thing (id), n BIGINT NOT NULL CHECK (n > 0), PRIMARY KEY (thing, n))",
}];

const INSERT: &str = "INSERT INTO thing (id, label, big, data, flag) VALUES ($1, $2, $3, $4, $5)";

async fn probe(test: impl AsyncFn(&Db)) {
    on_each_engine(async |store| {
        let db = store.open("probe", SCHEMA).await.expect("opens");
        test(&db).await;
    })
    .await;
}

async fn all(db: &Db, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, DbError> {
    db.write(move |tx| Box::pin(async move { tx.all(sql, &args).await })).await
}

fn thing(id: i64, label: &str, big: i64) -> Vec<Value> {
    vec![id.into(), label.into(), big.into(), Value::Bytes(vec![0, 255]), false.into()]
}

#[tokio::test]
async fn parameters_go_by_number_not_by_first_appearance() {
    probe(async |db| {
        let sql = "SELECT CAST($2 AS TEXT) AS b, CAST($1 AS TEXT) AS a";
        let row =
            all(db, sql, vec!["first".into(), "second".into()]).await.expect("runs").remove(0);
        assert_eq!(row.get::<String>("a").expect("a"), "first");
        assert_eq!(row.get::<String>("b").expect("b"), "second");
    })
    .await;
}

#[tokio::test]
async fn values_come_back_as_they_went_in() {
    probe(async |db| {
        let args: Vec<Value> =
            vec![1.into(), Value::Null, i64::MIN.into(), vec![0_u8, 1, 255].into(), true.into()];
        exec(db, INSERT, args).await.expect("inserts");
        let row = all(db, "SELECT label, big, data, flag FROM thing", vec![])
            .await
            .expect("reads")
            .remove(0);
        assert_eq!(row.get::<Option<String>>("label").expect("label"), None);
        assert_eq!(row.get::<i64>("big").expect("big"), i64::MIN);
        assert_eq!(row.get::<Vec<u8>>("data").expect("data"), vec![0, 1, 255]);
        assert!(row.get::<bool>("flag").expect("flag"));
    })
    .await;
}

#[tokio::test]
async fn a_column_of_the_wrong_type_names_itself() {
    probe(async |db| {
        exec(db, INSERT, thing(1, "a", 1)).await.expect("inserts");
        let row = all(db, "SELECT label FROM thing", vec![]).await.expect("reads").remove(0);
        let error = row.get::<i64>("label").expect_err("text is no integer");
        assert_eq!(error.to_string(), "column `label` does not hold an integer");
    })
    .await;
}

#[tokio::test]
async fn integer_overflow_is_an_error_and_not_a_float() {
    probe(async |db| {
        exec(db, INSERT, thing(1, "a", i64::MAX)).await.expect("inserts");
        assert!(
            exec(db, "UPDATE thing SET big = big + 1 WHERE id = $1", vec![1.into()]).await.is_err()
        );
        let row = all(db, "SELECT big FROM thing", vec![]).await.expect("reads").remove(0);
        assert_eq!(row.get::<i64>("big").expect("unchanged"), i64::MAX);
    })
    .await;
}

#[tokio::test]
async fn text_is_refused_in_an_integer_column() {
    probe(async |db| {
        let args: Vec<Value> =
            vec![1.into(), "a".into(), "not a number".into(), Value::Null, false.into()];
        assert!(exec(db, INSERT, args).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn constraints_are_told_apart() {
    probe(async |db| {
        exec(db, INSERT, thing(1, "a", 1)).await.expect("inserts");
        let primary = exec(db, INSERT, thing(1, "b", 1)).await.expect_err("primary key");
        assert!(primary.is_unique_violation(), "{primary}");
        let partial = exec(db, INSERT, thing(2, "a", 1)).await.expect_err("partial unique index");
        assert!(partial.is_unique_violation(), "{partial}");
        let part = "INSERT INTO part (thing, n) VALUES ($1, $2)";
        let check = exec(db, part, vec![1.into(), 0.into()]).await.expect_err("check");
        assert!(matches!(check, DbError::Constraint(_)), "{check}");
        let foreign = exec(db, part, vec![9.into(), 1.into()]).await.expect_err("foreign key");
        assert!(matches!(foreign, DbError::Constraint(_)), "{foreign}");
    })
    .await;
}

#[tokio::test]
async fn upsert_returning_and_update_from_work() {
    probe(async |db| {
        let upsert = "INSERT INTO thing (id, label, big, flag) VALUES ($1, $2, $3, FALSE)
            ON CONFLICT (id) DO UPDATE SET big = thing.big + excluded.big RETURNING big";
        all(db, upsert, vec![1.into(), "a".into(), 2.into()]).await.expect("inserts");
        let row =
            all(db, upsert, vec![1.into(), "a".into(), 3.into()]).await.expect("adds").remove(0);
        assert_eq!(row.get::<i64>("big").expect("big"), 5);
        let nothing = "INSERT INTO thing (id, flag) VALUES ($1, FALSE) ON CONFLICT DO NOTHING";
        assert_eq!(exec(db, nothing, vec![1.into()]).await.expect("ignored"), 0);
        exec(db, "INSERT INTO part (thing, n) VALUES (1, 7)", vec![]).await.expect("part");
        let from =
            "UPDATE thing SET big = part.n FROM part WHERE part.thing = thing.id RETURNING big";
        let row = all(db, from, vec![]).await.expect("update from").remove(0);
        assert_eq!(row.get::<i64>("big").expect("big"), 7);
        let gone = all(db, "DELETE FROM part WHERE thing = $1 RETURNING n", vec![1.into()])
            .await
            .expect("delete");
        assert_eq!(gone.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn queries_the_blocks_use_give_the_same_answers() {
    probe(async |db| {
        for (id, label, big) in [(1, "a", 10), (2, "b", 20), (3, "c", 30)] {
            exec(db, INSERT, thing(id, label, big)).await.expect("inserts");
        }
        exec(db, "UPDATE thing SET label = NULL WHERE id = 2", vec![]).await.expect("nulls");
        let sums = "SELECT CAST(SUM(big) AS BIGINT) AS total, COUNT(*) FILTER (WHERE big > 10) AS some, 7 / 2 AS half FROM thing";
        let row = all(db, sums, vec![]).await.expect("sums").remove(0);
        assert_eq!(row.get::<i64>("total").expect("total"), 60);
        assert_eq!(row.get::<i64>("some").expect("some"), 2);
        assert_eq!(row.get::<i64>("half").expect("half"), 3);
        let ordered = "SELECT id FROM thing ORDER BY label NULLS LAST";
        let ids: Vec<i64> = all(db, ordered, vec![]).await.expect("order").iter().map(|r| r.get("id").expect("id")).collect();
        assert_eq!(ids, [1, 3, 2]);
        let paged = "SELECT id FROM thing WHERE (big, id) > ($1, $2) ORDER BY big, id LIMIT $3";
        let rows = all(db, paged, vec![10.into(), 1.into(), 1.into()]).await.expect("keyset");
        assert_eq!(rows[0].get::<i64>("id").expect("id"), 2);
        let distinct = "SELECT id FROM thing WHERE label IS DISTINCT FROM $1 AND flag = FALSE ORDER BY id";
        assert_eq!(all(db, distinct, vec!["a".into()]).await.expect("distinct").len(), 2);
        let recursive = "WITH RECURSIVE up (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM up WHERE n < 5) SELECT CAST(SUM(n) AS BIGINT) AS total FROM up";
        assert_eq!(all(db, recursive, vec![]).await.expect("recursive")[0].get::<i64>("total").expect("n"), 15);
        let window = "SELECT id, ROW_NUMBER() OVER (ORDER BY big DESC) AS place FROM thing ORDER BY id";
        assert_eq!(all(db, window, vec![]).await.expect("window")[0].get::<i64>("place").expect("place"), 3);
    })
    .await;
}

#[tokio::test]
async fn append_adds_all_rows_or_none() {
    const PART: Table =
        Table { name: "part", columns: &[("thing", ColumnType::Int), ("n", ColumnType::Int)] };
    static PARTS: Table = PART;
    probe(async |db| {
        exec(db, INSERT, thing(1, "a", 1)).await.expect("inserts");
        let good: Vec<Value> = (1..=500).flat_map(|n| [Value::Int(1), Value::Int(n)]).collect();
        let bad: Vec<Value> = [(1, 501), (1, 500)]
            .iter()
            .flat_map(|(t, n)| [Value::Int(*t), Value::Int(*n)])
            .collect();
        let append = async |values: Vec<Value>| -> Result<(), DbError> {
            db.write(move |tx| Box::pin(async move { tx.append(&PARTS, &values).await })).await
        };
        append(good).await.expect("appends");
        assert!(append(bad).await.expect_err("duplicate").is_unique_violation());
        let count =
            all(db, "SELECT COUNT(*) AS n FROM part", vec![]).await.expect("counts").remove(0);
        assert_eq!(count.get::<i64>("n").expect("n"), 500);
    })
    .await;
}
