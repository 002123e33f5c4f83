//! The tasks of this workspace, run as `cargo xtask <task>`.
//!
//! One file a task: `tidy` holds the house rules as failing checks, `test` runs the suite on both
//! database engines, `pg` lends a private PostgreSQL cluster to any command, `interop` lets foreign
//! clients sign in to the sandbox, `docs` writes the generated pages. Nothing here is part of the
//! product, and nothing here depends on a crate of the product.

mod docs;
mod interop;
mod pg;
mod shell;
mod test;
pub mod tidy;

use std::process::ExitCode;

use shell::Outcome;

const USAGE: &str = "\
cargo xtask <task>

  tidy                     check the house rules; prints each violation with its remedy
  test [cargo test args]   the whole suite: SQLite always, PostgreSQL where a server is found
                           (MSINGI_TEST_PG=require fails without one, MSINGI_TEST_PG=off skips it)
  pg [--durable] -- <cmd>  run a command beside a private PostgreSQL cluster; its URL stands in
                           MSINGI_TEST_PG_URL and replaces {url} in the arguments
  interop [client ...]     sign in to the sandbox with the foreign clients under interop/
  docs [--check]           write the generated pages under docs/, or compare them";

/// Runs one task. The first argument names it; an unknown name prints the usage and fails.
pub fn run(args: &[String]) -> ExitCode {
    let (task, rest) = match args.split_first() {
        Some((task, rest)) => (task.as_str(), rest),
        None => ("", args),
    };
    let outcome = match task {
        "tidy" => tidy::task(rest),
        "test" => test::task(rest),
        "pg" => pg::task(rest),
        "interop" => interop::task(rest),
        "docs" => docs::task(rest),
        "help" | "--help" | "-h" => help(),
        "" => Err(format!("name a task\n\n{USAGE}")),
        other => Err(format!("unknown task `{other}`\n\n{USAGE}")),
    };
    match outcome {
        Ok(code) => code,
        Err(message) => {
            shell::complain(&format!("error: {message}"));
            ExitCode::FAILURE
        }
    }
}

fn help() -> Outcome<ExitCode> {
    shell::say(USAGE);
    Ok(ExitCode::SUCCESS)
}
