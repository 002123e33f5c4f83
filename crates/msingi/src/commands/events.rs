//! `msingi events`: events between blocks that could not be delivered.

use super::{Failure, say};
use crate::boot;
use basis::Id;
use clap::Subcommand;
use kernel::config::Config;
use kernel::db::Db;
use kernel::outbox;

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Args {
    /// List events that were given up on, with what the last attempt met with
    Dead,
    /// Give a dead event a new set of attempts; a running installation delivers it within a second
    Replay {
        /// The event's id, as `dead` shows it
        id: Id,
    },
}

pub async fn run(config: Config, args: Args) -> Result<(), Failure> {
    match args {
        Args::Dead => dead(&config).await,
        Args::Replay { id } => replay(&config, id).await,
    }
}

async fn dead(config: &Config) -> Result<(), Failure> {
    let mut none = true;
    for (block, db) in databases(config).await? {
        for letter in outbox::dead_letters(&db).await? {
            none = false;
            say(format!("{}  {block}  {} to {}", letter.id, letter.topic, letter.destination));
            say(format!("  {}", letter.last_error));
        }
    }
    if none {
        say("No event was given up on.");
    }
    Ok(())
}

async fn replay(config: &Config, id: Id) -> Result<(), Failure> {
    for (block, db) in databases(config).await? {
        if outbox::replay(&db, id).await? {
            say(format!("{block}: the event will be delivered again"));
            return Ok(());
        }
    }
    Err(format!("no dead event has the id {id}: `msingi events dead` lists them").into())
}

async fn databases(config: &Config) -> Result<Vec<(&'static str, Db)>, Failure> {
    let place = boot::place(config)?;
    let mut databases = Vec::new();
    for (block, migrations) in boot::databases(config)? {
        databases.push((block, place.ctx(block, migrations, "events").await?.db));
    }
    Ok(databases)
}
