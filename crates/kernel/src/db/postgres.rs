//! The PostgreSQL side: one pooled connection and what can be done with it.

use super::copy;
use super::error::DbError;
use super::row::Row;
use super::table::Table;
use super::value::Value;
use bytes::{Bytes, BytesMut};
use deadpool_postgres::Object;
use futures_util::{SinkExt, future};
use std::pin::{Pin, pin};
use std::sync::Arc;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{CopyInSink, Error, Statement};

/// Rows up to which an INSERT each, sent without waiting, is cheaper than COPY, which takes a round
/// trip to begin.
const FEW: usize = 8;
/// Statements that wait for company at the most.
const WAITING: usize = 16;

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

/// What nobody waits for: it goes out together with the next statement, at the latest with COMMIT.
#[derive(Default)]
struct Waiting {
    /// A COPY whose rows are sent and whose end is not.
    copy: Option<Pin<Box<CopyInSink<Bytes>>>>,
    /// Statements that come after it.
    statements: Vec<(Statement, Vec<Value>)>,
}

/// A connection out of the pool.
pub(super) struct Postgres {
    client: Option<Object>,
    state: State,
    waiting: Waiting,
}

impl Postgres {
    pub(super) fn new(client: Object) -> Self {
        Self { client: Some(client), state: State::Idle, waiting: Waiting::default() }
    }

    pub(super) fn begin(&mut self) {
        self.state = State::Wanted;
    }

    /// Sends COMMIT right behind what still waits. If something of that fails, the server takes
    /// COMMIT for ROLLBACK, and the failure is what is answered.
    pub(super) async fn commit(&mut self) -> Result<(), DbError> {
        let waiting = std::mem::take(&mut self.waiting);
        if self.state != State::Open && waiting.is_empty() {
            self.state = State::Idle;
            return Ok(());
        }
        let mut ended = false;
        let commit = async {
            let outcome = self.client().batch_execute("COMMIT").await;
            ended = outcome.is_ok();
            outcome
        };
        let outcome = self.send(waiting, commit).await;
        if ended {
            self.state = State::Idle;
        }
        outcome
    }

    pub(super) async fn rollback(&mut self) -> Result<(), DbError> {
        self.waiting = Waiting::default();
        if self.state == State::Open {
            self.client().batch_execute("ROLLBACK").await.map_err(from_driver)?;
        }
        self.state = State::Idle;
        Ok(())
    }

    pub(super) async fn ddl(&mut self, statement: &str) -> Result<(), DbError> {
        let waiting = std::mem::take(&mut self.waiting);
        let outcome = self.send(waiting, self.client().batch_execute(statement)).await;
        self.opened();
        outcome
    }

    pub(super) async fn exec(&mut self, sql: &str, args: &[Value]) -> Result<u64, DbError> {
        let waiting = std::mem::take(&mut self.waiting);
        let client = self.client();
        let work = async {
            let statement = client.prepare_cached(sql).await?;
            client.execute_raw(&statement, args).await
        };
        let answer = self.send(waiting, work).await;
        self.opened();
        answer
    }

    pub(super) async fn query(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>, DbError> {
        let waiting = std::mem::take(&mut self.waiting);
        let client = self.client();
        let work = async {
            let statement = client.prepare_cached(sql).await?;
            let args: Vec<&(dyn ToSql + Sync)> = args.iter().map(|arg| arg as _).collect();
            client.query(&statement, &args).await
        };
        let answer = self.send(waiting, work).await;
        self.opened();
        rows(&answer?)
    }

    /// Takes a statement to send with the next one.
    pub(super) async fn defer(&mut self, sql: &str, args: Vec<Value>) -> Result<(), DbError> {
        let statement = self.prepare(sql).await?;
        self.waiting.statements.push((statement, args));
        if self.waiting.statements.len() < WAITING {
            return Ok(());
        }
        self.flush().await
    }

    /// Sends what waits, and waits for its outcome.
    async fn flush(&mut self) -> Result<(), DbError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.waiting);
        let outcome = self.send(waiting, future::ready(Ok(()))).await;
        self.opened();
        outcome
    }

    /// Prepares a statement. One that is new to the connection cannot be prepared while a COPY is open:
    /// the server answers nothing before its end, so the end is sent now.
    async fn prepare(&mut self, sql: &str) -> Result<Statement, DbError> {
        let Some(mut copy) = self.waiting.copy.take() else {
            return self.client().prepare_cached(sql).await.map_err(from_driver);
        };
        let (copy, statement) = {
            let mut preparing = pin!(self.client().prepare_cached(sql));
            match future::poll_immediate(preparing.as_mut()).await {
                Some(known) => (Some(copy), known),
                None => {
                    copy.as_mut().finish().await.map_err(from_driver)?;
                    (None, preparing.await)
                }
            }
        };
        self.waiting.copy = copy;
        statement.map_err(from_driver)
    }

    pub(super) async fn append(&mut self, table: &Table, values: &[Value]) -> Result<(), DbError> {
        let width = table.columns.len();
        if values.len() <= FEW * width {
            let text = copy::insert_text(table);
            for row in values.chunks_exact(width) {
                self.defer(&text, row.to_vec()).await?;
            }
            return Ok(());
        }
        let (text, rows) = (copy::text(table), copy::encode(table, values)?);
        // A COPY must not begin behind something that fails: the driver ends it as if it had begun, and
        // the server's answer to that would be taken for the next statement's.
        self.flush().await?;
        let client = self.client();
        let work = async {
            let statement = client.prepare_cached(&text).await?;
            let mut sink = Box::pin(client.copy_in(&statement).await?);
            sink.feed(rows).await?;
            Ok(sink)
        };
        let sink = self.send(Waiting::default(), work).await;
        self.opened();
        self.waiting.copy = Some(sink?);
        Ok(())
    }

    /// Sends BEGIN if it is wanted, then what waits, then `work`, without waiting in between. The
    /// server does them in this order, and after a failure refuses the rest: the first failure is
    /// what is answered.
    async fn send<T>(
        &self,
        mut waiting: Waiting,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, DbError> {
        let client = self.client();
        let begin = async {
            match self.state {
                State::Wanted => client.batch_execute("BEGIN").await,
                State::Idle | State::Open => Ok(()),
            }
        };
        let copy = async {
            match &mut waiting.copy {
                Some(copy) => copy.as_mut().finish().await.map(drop),
                None => Ok(()),
            }
        };
        let statements = waiting.statements.iter();
        let statements = statements.map(|(statement, args)| client.execute_raw(statement, args));
        // Futures that are joined are polled in order, and each sends when it is polled first.
        let joined = future::join4(begin, copy, future::join_all(statements), work).await;
        let (begun, copied, done, worked) = joined;
        let before = [begun, copied].into_iter().chain(done.into_iter().map(|one| one.map(drop)));
        before.collect::<Result<(), Error>>().map_err(from_driver)?;
        worked.map_err(from_driver)
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

impl Waiting {
    fn is_empty(&self) -> bool {
        self.copy.is_none() && self.statements.is_empty()
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
