//! The PostgreSQL side: one pooled connection and what can be done with it.

use super::error::DbError;
use super::row::Row;
use super::table::{ColumnType, Table};
use super::value::Value;
use bytes::BytesMut;
use deadpool_postgres::Object;
use futures_util::future;
use std::sync::Arc;
use tokio_postgres::Error;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

/// Where a connection stands in its transaction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// No transaction; every statement stands alone.
    Idle,
    /// BEGIN goes out together with the first statement, which saves a round trip.
    Wanted,
    /// Inside a transaction.
    Open,
}

/// A connection out of the pool.
pub(super) struct Postgres {
    client: Option<Object>,
    state: State,
}

impl Postgres {
    pub(super) fn new(client: Object) -> Self {
        Self { client: Some(client), state: State::Idle }
    }

    pub(super) fn begin(&mut self) {
        self.state = State::Wanted;
    }

    pub(super) async fn commit(&mut self) -> Result<(), DbError> {
        self.finish("COMMIT").await
    }

    pub(super) async fn rollback(&mut self) -> Result<(), DbError> {
        self.finish("ROLLBACK").await
    }

    async fn finish(&mut self, word: &str) -> Result<(), DbError> {
        if self.state == State::Open {
            self.client().batch_execute(word).await.map_err(from_driver)?;
        }
        self.state = State::Idle;
        Ok(())
    }

    pub(super) async fn ddl(&mut self, statement: &str) -> Result<(), DbError> {
        self.ensure_open().await?;
        self.client().batch_execute(statement).await.map_err(from_driver)
    }

    pub(super) async fn exec(&mut self, sql: &str, args: &[Value]) -> Result<u64, DbError> {
        let client = self.client();
        let work = async {
            let statement = client.prepare_cached(sql).await?;
            client.execute_raw(&statement, args).await
        };
        let answer = self.with_begin(work).await;
        self.opened();
        answer
    }

    pub(super) async fn query(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>, DbError> {
        let client = self.client();
        let work = async {
            let statement = client.prepare_cached(sql).await?;
            let args: Vec<&(dyn ToSql + Sync)> = args.iter().map(|arg| arg as _).collect();
            client.query(&statement, &args).await
        };
        let answer = self.with_begin(work).await;
        self.opened();
        rows(&answer?)
    }

    pub(super) async fn append(&mut self, table: &Table, values: &[Value]) -> Result<(), DbError> {
        self.ensure_open().await?;
        let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
        let types: Vec<Type> = table.columns.iter().map(|(_, kind)| kind.postgres()).collect();
        let text = format!("COPY {} ({}) FROM STDIN BINARY", table.name, names.join(", "));
        let sink = self.client().copy_in(&text).await.map_err(from_driver)?;
        let mut writer = std::pin::pin!(BinaryCopyInWriter::new(sink, &types));
        for row in values.chunks_exact(table.columns.len()) {
            writer.as_mut().write_raw(row).await.map_err(from_driver)?;
        }
        writer.finish().await.map(drop).map_err(from_driver)
    }

    /// Runs `work`, sending BEGIN just before it when a transaction is wanted.
    async fn with_begin<T>(
        &self,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, DbError> {
        if self.state != State::Wanted {
            return work.await.map_err(from_driver);
        }
        let (begun, done) = future::join(self.client().batch_execute("BEGIN"), work).await;
        begun.map_err(from_driver)?;
        done.map_err(from_driver)
    }

    async fn ensure_open(&mut self) -> Result<(), DbError> {
        if self.state == State::Wanted {
            self.client().batch_execute("BEGIN").await.map_err(from_driver)?;
        }
        self.opened();
        Ok(())
    }

    fn opened(&mut self) {
        if self.state == State::Wanted {
            self.state = State::Open;
        }
    }

    fn client(&self) -> &Object {
        self.client.as_ref().expect("the client leaves only when the connection is dropped")
    }
}

impl Drop for Postgres {
    /// A caller that went away in the middle must not hand an open transaction to the next one.
    fn drop(&mut self) {
        if self.state != State::Idle
            && let Some(client) = self.client.take()
        {
            drop(Object::take(client));
        }
    }
}

impl ColumnType {
    fn postgres(self) -> Type {
        match self {
            Self::Bool => Type::BOOL,
            Self::Int => Type::INT8,
            Self::Text => Type::TEXT,
            Self::Bytes => Type::BYTEA,
        }
    }
}

fn rows(found: &[tokio_postgres::Row]) -> Result<Vec<Row>, DbError> {
    let Some(first) = found.first() else { return Ok(Vec::new()) };
    let columns: Arc<[Box<str>]> = first.columns().iter().map(|c| Box::from(c.name())).collect();
    found.iter().map(|row| one_row(row, &columns)).collect()
}

fn one_row(row: &tokio_postgres::Row, columns: &Arc<[Box<str>]>) -> Result<Row, DbError> {
    let values = (0..row.len()).map(|place| column(row, place)).collect::<Result<_, _>>()?;
    Ok(Row { columns: columns.clone(), values })
}

fn column(row: &tokio_postgres::Row, place: usize) -> Result<Value, DbError> {
    let column = &row.columns()[place];
    let value = match *column.type_() {
        Type::BOOL => row.try_get::<_, Option<bool>>(place).map(Value::from),
        Type::INT8 => row.try_get::<_, Option<i64>>(place).map(Value::from),
        Type::INT4 => row.try_get::<_, Option<i32>>(place).map(Value::from),
        Type::TEXT | Type::VARCHAR | Type::NAME | Type::UNKNOWN => {
            row.try_get::<_, Option<String>>(place).map(Value::from)
        }
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(place).map(Value::from),
        ref other => {
            let name = column.name();
            return Err(DbError::Statement(format!(
                "column {name} is {other}: CAST it to BIGINT or TEXT"
            )));
        }
    };
    value.map_err(from_driver)
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Bool(flag) => flag.to_sql_checked(ty, out),
            Self::Int(number) if *ty == Type::INT4 => {
                i32::try_from(*number)?.to_sql_checked(ty, out)
            }
            Self::Int(number) => number.to_sql_checked(ty, out),
            Self::Text(text) => text.to_sql_checked(ty, out),
            Self::Bytes(bytes) => bytes.to_sql_checked(ty, out),
        }
    }

    fn accepts(_ty: &Type) -> bool {
        // `to_sql` asks the inner type, whose refusal names both types.
        true
    }

    to_sql_checked!();
}

pub(super) fn from_driver(error: Error) -> DbError {
    let Some(code) = error.code() else {
        return match error.is_closed() {
            true => DbError::Unavailable("the connection was closed".to_owned()),
            false => DbError::Statement(chain(&error)),
        };
    };
    let text = chain(&error);
    match *code {
        SqlState::UNIQUE_VIOLATION => DbError::Unique(text),
        SqlState::CHECK_VIOLATION
        | SqlState::NOT_NULL_VIOLATION
        | SqlState::FOREIGN_KEY_VIOLATION => DbError::Constraint(text),
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => DbError::Contended,
        SqlState::READ_ONLY_SQL_TRANSACTION => DbError::ReadOnly(text),
        SqlState::DISK_FULL => DbError::Full(text),
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::TOO_MANY_CONNECTIONS => DbError::Unavailable(text),
        _ => DbError::Statement(text),
    }
}

/// The message with its causes: the driver's own text says only "db error".
/// The server's DETAIL is left out, because it quotes the row.
pub(super) fn chain(error: &Error) -> String {
    if let Some(db) = error.as_db_error() {
        return format!("{}: {}", db.code().code(), db.message());
    }
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
