//! The SQLite side: one connection and what can be done with it.

use super::error::DbError;
use super::row::Row;
use super::sql;
use super::table::Table;
use super::value::Value;
use rusqlite::ffi::ErrorCode;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// Prepared statements kept per connection; a block has fewer distinct ones.
const STATEMENTS: usize = 256;
/// Write-ahead log pages before a checkpoint is tried; 16 MiB keeps checkpoints off short bursts.
const CHECKPOINT_PAGES: i64 = 4_000;

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Write,
    Read,
}

/// A connection and the texts it has rewritten, found again by the address of the literal.
pub(super) struct Sqlite {
    connection: Connection,
    rewritten: HashMap<(usize, usize), Arc<str>>,
}

impl Sqlite {
    pub(super) fn open(path: &Path, purpose: Use, cache_kib: u32) -> Result<Self, DbError> {
        let flags = match purpose {
            Use::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            Use::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        };
        let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(|error| opening(path, &error))?;
        // SQLite falls back to reading where it may not write, and says so at the first write only.
        if purpose == Use::Write && connection.is_readonly("main").map_err(from_driver)? {
            return Err(DbError::ReadOnly(path.display().to_string()));
        }
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.busy_timeout(std::time::Duration::from_secs(10)).map_err(from_driver)?;
        let pragmas = match purpose {
            Use::Write => format!(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=FAST;
                 PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}; PRAGMA cache_size=-{cache_kib};"
            ),
            Use::Read => format!("PRAGMA query_only=ON; PRAGMA cache_size=-{cache_kib};"),
        };
        connection.execute_batch(&pragmas).map_err(|error| opening(path, &error))?;
        Ok(Self { connection, rewritten: HashMap::new() })
    }

    /// Runs a statement of the facade itself, which carries no parameters.
    pub(super) fn control(&self, sql: &str) -> Result<(), DbError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(from_driver)?;
        statement.execute([]).map(drop).map_err(from_driver)
    }

    pub(super) fn ddl(&self, statement: &str) -> Result<(), DbError> {
        self.connection.execute_batch(&sql::sqlite_ddl(statement)).map_err(from_driver)
    }

    pub(super) fn exec(&mut self, sql: &'static str, args: &[Value]) -> Result<u64, DbError> {
        let text = self.text(sql);
        let mut statement = self.connection.prepare_cached(&text).map_err(from_driver)?;
        bind(&mut statement, args)?;
        statement.raw_execute().map(|changed| changed as u64).map_err(from_driver)
    }

    pub(super) fn query(&mut self, sql: &'static str, args: &[Value]) -> Result<Vec<Row>, DbError> {
        let text = self.text(sql);
        let mut statement = self.connection.prepare_cached(&text).map_err(from_driver)?;
        let columns: Arc<[Box<str>]> = statement.column_names().map(Box::from).collect();
        bind(&mut statement, args)?;
        let mut rows = statement.raw_query();
        let mut out = Vec::new();
        while let Some(row) = rows.next().map_err(from_driver)? {
            let values =
                (0..columns.len()).map(|place| column(row, place)).collect::<Result<_, _>>()?;
            out.push(Row { columns: columns.clone(), values });
        }
        Ok(out)
    }

    pub(super) fn append(
        &mut self,
        table: &'static Table,
        values: &[Value],
    ) -> Result<(), DbError> {
        let key = (table.name.as_ptr() as usize, table.name.len());
        let text = self.rewritten.entry(key).or_insert_with(|| insert_text(table).into()).clone();
        let mut statement = self.connection.prepare_cached(&text).map_err(from_driver)?;
        for row in values.chunks_exact(table.columns.len()) {
            bind(&mut statement, row)?;
            statement.raw_execute().map_err(from_driver)?;
        }
        Ok(())
    }

    fn text(&mut self, sql: &'static str) -> Arc<str> {
        let key = (sql.as_ptr() as usize, sql.len());
        self.rewritten.entry(key).or_insert_with(|| sql::positional(sql).into()).clone()
    }
}

fn insert_text(table: &Table) -> String {
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let marks: Vec<String> = (1..=names.len()).map(|n| format!("?{n}")).collect();
    format!("INSERT INTO {} ({}) VALUES ({})", table.name, names.join(", "), marks.join(", "))
}

fn bind(statement: &mut rusqlite::Statement<'_>, args: &[Value]) -> Result<(), DbError> {
    let wanted = statement.parameter_count();
    if wanted != args.len() {
        return Err(DbError::Statement(format!(
            "{wanted} parameters wanted, {} given",
            args.len()
        )));
    }
    for (place, value) in args.iter().enumerate() {
        statement.raw_bind_parameter(place + 1, value).map_err(from_driver)?;
    }
    Ok(())
}

fn column(row: &rusqlite::Row<'_>, place: usize) -> Result<Value, DbError> {
    Ok(match row.get_ref(place).map_err(from_driver)? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Real(_) => {
            return Err(DbError::Statement("a float came back: CAST the expression".to_owned()));
        }
    })
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Bool(flag) => ValueRef::Integer(i64::from(*flag)),
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn opening(path: &Path, error: &rusqlite::Error) -> DbError {
    match from_driver_ref(error) {
        DbError::ReadOnly(why) => DbError::ReadOnly(format!("{}: {why}", path.display())),
        other => DbError::Unavailable(format!("{}: {other}", path.display())),
    }
}

fn from_driver(error: rusqlite::Error) -> DbError {
    from_driver_ref(&error)
}

fn from_driver_ref(error: &rusqlite::Error) -> DbError {
    let text = error.to_string();
    match error.sqlite_error().map(|known| (known.code, known.extended_code)) {
        Some((ErrorCode::ConstraintViolation, 1555 | 2067)) => DbError::Unique(text),
        Some((ErrorCode::ConstraintViolation, _)) => DbError::Constraint(text),
        Some((ErrorCode::ReadOnly, _)) => DbError::ReadOnly(text),
        Some((ErrorCode::DiskFull, _)) => DbError::Full(text),
        Some((ErrorCode::CannotOpen | ErrorCode::NotADatabase | ErrorCode::DatabaseBusy, _)) => {
            DbError::Unavailable(text)
        }
        _ => DbError::Statement(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_apart_and_undone() {
        let path = std::env::temp_dir().join(format!("msingi-full-{}.db", std::process::id()));
        let mut sqlite = Sqlite::open(&path, Use::Write, 64).expect("opens");
        sqlite.ddl("CREATE TABLE filler (id BIGINT PRIMARY KEY, data BYTEA)").expect("creates");
        // The engine reports its page limit as it reports a full disk.
        sqlite.connection.execute_batch("PRAGMA max_page_count=20").expect("limits");
        let fill = "INSERT INTO filler (id, data) VALUES ($1, $2)";
        let data = || Value::Bytes(vec![7; 4_000]);
        let refused = (0..100_i64).find_map(|id| sqlite.exec(fill, &[id.into(), data()]).err());
        let refused = refused.expect("it fills up");
        assert!(matches!(refused, DbError::Full(_)), "{refused}");
        assert!(refused.to_string().contains("free disk space"), "{refused}");
        let rows = sqlite.query("SELECT COUNT(*) AS n FROM filler", &[]).expect("still reads");
        assert!(rows[0].get::<i64>("n").expect("a number") < 20);
        drop(sqlite);
        for end in ["db", "db-wal", "db-shm"] {
            let _ = std::fs::remove_file(path.with_extension(end));
        }
    }
}
