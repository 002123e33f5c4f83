//! `cargo xtask test`: the whole suite, on SQLite always and on PostgreSQL where there is one.
//!
//! The tests go over the engines themselves, through testkit: PostgreSQL joins in when
//! `MSINGI_TEST_PG_URL` is set. This task makes a private cluster and sets it.

use std::process::ExitCode;

use crate::pg::{self, Cluster, Durability, URL_VARIABLE};
use crate::shell::{self, Outcome};

const WISH_VARIABLE: &str = "MSINGI_TEST_PG";

/// What the caller wants of PostgreSQL.
enum Wish {
    IfFound,
    Require,
    Off,
}

/// Where the PostgreSQL half of the suite runs.
enum Engine {
    /// Somebody else's server, named by the caller.
    Given,
    Private(Cluster),
    Skipped(String),
}

pub(crate) fn task(args: &[String]) -> Outcome<ExitCode> {
    let root = shell::workspace_root()?;
    let engine = engine()?;
    shell::say(&engine.describe());
    // The journeys start the real binary, which `cargo test` alone would not build.
    shell::build_product(&root)?;
    let mut tests = shell::cargo(&root);
    tests.args(["test", "--release", "--workspace"]).args(args);
    match &engine {
        Engine::Given => {}
        Engine::Private(cluster) => {
            tests.env(URL_VARIABLE, cluster.url());
        }
        Engine::Skipped(_) => {
            tests.env_remove(URL_VARIABLE);
        }
    }
    let status = shell::status(&mut tests)?;
    if let Engine::Skipped(_) = engine {
        shell::complain(&format!("\n!!! {}\n", engine.describe()));
    }
    Ok(shell::exit_code(status))
}

fn engine() -> Outcome<Engine> {
    match (wish()?, std::env::var_os(URL_VARIABLE)) {
        (Wish::Off, _) => Ok(Engine::Skipped(format!("{WISH_VARIABLE}=off"))),
        (_, Some(_)) => Ok(Engine::Given),
        (wish, None) => match (Cluster::start(Durability::ThrownAway)?, wish) {
            (Some(cluster), _) => Ok(Engine::Private(cluster)),
            (None, Wish::Require) => Err(pg::not_found()),
            (None, _) => Ok(Engine::Skipped(pg::not_found())),
        },
    }
}

fn wish() -> Outcome<Wish> {
    match std::env::var(WISH_VARIABLE).as_deref() {
        Err(_) | Ok("") => Ok(Wish::IfFound),
        Ok("require") => Ok(Wish::Require),
        Ok("off") => Ok(Wish::Off),
        Ok(other) => Err(format!("{WISH_VARIABLE} is `{other}`; use require or off, or unset it")),
    }
}

impl Engine {
    fn describe(&self) -> String {
        match self {
            Engine::Given => format!("engines: SQLite, and the PostgreSQL of {URL_VARIABLE}"),
            Engine::Private(cluster) => format!(
                "engines: SQLite, and {} in a private cluster (fsync off: its data is thrown away)",
                cluster.describe()
            ),
            Engine::Skipped(why) => format!("POSTGRESQL SKIPPED, only SQLite is tested: {why}"),
        }
    }
}
