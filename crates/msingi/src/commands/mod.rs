//! The command line: one file a command.

mod assess;
mod audit;
mod bench;
mod completions;
mod config;
mod conformance;
mod demo;
mod docs;
mod doctor;
mod events;
mod join;
mod keys;
mod migrate;
mod operator;
mod serve;

pub use audit::checkpoint_folder;

use clap::{Parser, Subcommand};
use kernel::config::Config;
use std::io::Write;
use std::path::PathBuf;

/// Whatever stops a command; its text is what the operator reads.
pub type Failure = Box<dyn std::error::Error>;

/// A country's digital public infrastructure in one binary.
#[derive(Debug, Parser)]
#[command(name = "msingi", version, about, long_about = LONG)]
pub struct CommandLine {
    /// The configuration file. Without one: a sandbox on loopback with SQLite in ./data.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

const LONG: &str =
    "A country's digital public infrastructure in one binary: identity, payments, data \
exchange, registries, consent and the pages residents use.

Start with `msingi demo`: it needs nothing, tells a story of an invented country in a few seconds \
and leaves it running to explore.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Tell the story of an invented country, then leave it running to explore
    Demo(demo::Args),
    /// Assess where a country stands, and plan what to do next
    Assess(assess::Args),
    /// Run an installation
    Serve(serve::Args),
    /// Create or update the databases, and exit
    Migrate,
    /// Check configuration, keys, databases and peers, and say what to do
    Doctor,
    /// Show the configuration
    #[command(subcommand)]
    Config(config::Args),
    /// Join a country as an installation, or let another one join
    #[command(subcommand)]
    Join(join::Args),
    /// Print a token for whoever holds this installation's keys, to register officers and to sign in at /desk
    OperatorToken(operator::Args),
    /// List and rotate this installation's keys
    #[command(subcommand)]
    Keys(keys::Args),
    /// List and replay events that could not be delivered
    #[command(subcommand)]
    Events(events::Args),
    /// Work with the audit trails
    #[command(subcommand)]
    Audit(audit::Args),
    /// Boot what a GovStack test suite expects, seeded, on loopback
    Conformance(conformance::Args),
    /// Measure what this machine does
    Bench(bench::Args),
    /// Print what a shell needs to complete commands: `source <(msingi completions bash)`
    Completions(completions::Args),
    /// Write the generated documentation into a folder
    #[command(hide = true)]
    Docs(docs::Args),
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with a text that names the remedy.
pub async fn run(line: CommandLine) -> Result<(), Failure> {
    let config = Config::load(line.config.as_deref());
    match line.command {
        Command::Demo(args) => demo::run(args).await,
        Command::Assess(args) => assess::run(args).await,
        Command::Serve(args) => serve::run(config?, args).await,
        Command::Migrate => migrate::run(config?).await,
        Command::Doctor => doctor::run(config?).await,
        Command::Config(args) => config::run(args, config),
        Command::Join(args) => join::run(config?, args).await,
        Command::OperatorToken(args) => operator::run(&config?, &args),
        Command::Keys(args) => keys::run(&config?, &args),
        Command::Events(args) => events::run(config?, args).await,
        Command::Audit(args) => audit::run(config?, args).await,
        Command::Conformance(args) => conformance::run(args).await,
        Command::Bench(args) => bench::run(args).await,
        Command::Completions(args) => completions::run(&args),
        Command::Docs(args) => docs::run(args).await,
    }
}

/// Prints a line on standard output. A reader that went away (`msingi … | head`) is no error.
pub fn say(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints an error with its causes on standard error.
pub fn say_error(error: &dyn std::error::Error) {
    let mut text = format!("error: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        // Many errors repeat their cause; once is enough.
        if !text.contains(&cause.to_string()) {
            text = format!("{text}\n  because: {cause}");
        }
        source = cause.source();
    }
    let _ = writeln!(std::io::stderr(), "{text}");
}
