//! A throw-away place for databases, once an engine.

use basis::{Clock, Id, MockClock, Rng, Timestamp};
use kernel::db::{Db, DbError, Migration, PostgresPlace, Storage};
use std::path::PathBuf;

/// Where PostgreSQL tests run; `cargo xtask test` sets it to a private cluster.
const POSTGRES_URL: &str = "MSINGI_TEST_PG_URL";
/// 2026-03-14 08:00:00 UTC, when every test begins.
const START_MICROS: i64 = 1_773_475_200_000_000;

/// Storage for one test on one engine, with a clock that only the test moves.
pub struct Store {
    /// Handed to [`Db::open`].
    pub storage: Storage,
    /// Starts at 2026-03-14T08:00:00Z.
    pub clock: Clock,
    /// Moves `clock`.
    pub time: MockClock,
    /// Seeded, so that a failing test fails again.
    pub rng: Rng,
    directory: Option<PathBuf>,
}

impl Store {
    /// A SQLite store in a fresh temporary directory.
    #[must_use]
    pub fn sqlite() -> Self {
        let directory = std::env::temp_dir().join(format!("msingi-test-{}", unique()));
        let storage = Storage::Sqlite { directory: directory.clone(), cache_kib: 1_024 };
        Self::with(storage, Some(directory))
    }

    /// A PostgreSQL store with schemas of its own, where a server was given.
    #[must_use]
    pub fn postgres() -> Option<Self> {
        let url = std::env::var(POSTGRES_URL).ok()?;
        let installation = format!("t{}", unique());
        Some(Self::with(
            Storage::Postgres(PostgresPlace { url, installation, secret: [7; 32], pool: 4 }),
            None,
        ))
    }

    /// Opens a block's database in this store.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub async fn open(&self, block: &str, migrations: &[Migration]) -> Result<Db, DbError> {
        Db::open(&self.storage, block, migrations, self.clock.clone(), self.rng.clone()).await
    }

    /// `sqlite` or `postgres`, for messages.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        match self.storage {
            Storage::Sqlite { .. } => "sqlite",
            Storage::Postgres(_) => "postgres",
        }
    }

    fn with(storage: Storage, directory: Option<PathBuf>) -> Self {
        let (clock, time) = Clock::mock(Timestamp::from_micros(START_MICROS));
        Self { storage, clock, time, rng: Rng::seeded(42), directory }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if let Some(directory) = &self.directory {
            // Leftovers of a failed removal lie in the temporary directory and harm nobody.
            let _ = std::fs::remove_dir_all(directory);
        }
    }
}

/// Runs a test on SQLite and, where a server was given, on PostgreSQL.
#[expect(clippy::print_stderr, reason = "a skip must be seen in the test's output")]
pub async fn on_each_engine(test: impl AsyncFn(&Store)) {
    test(&Store::sqlite()).await;
    match Store::postgres() {
        Some(store) => test(&store).await,
        None => {
            eprintln!("SKIPPED on PostgreSQL: {POSTGRES_URL} is not set (cargo xtask test sets it)")
        }
    }
}

/// Real time and randomness, because stores of parallel test processes must differ.
fn unique() -> String {
    Id::mint(&Clock::system(), &Rng::system()).to_string().replace('-', "")
}
