//! `msingi config`.

use super::{Failure, say};
use clap::Subcommand;
use kernel::config::{Config, ConfigError};

/// What to show.
#[derive(Debug, Subcommand)]
pub enum Args {
    /// Print a file with every key, its default and what it is for
    Default,
    /// Check the file and print what is in force, with secrets left out
    Show,
}

pub fn run(args: Args, config: Result<Config, ConfigError>) -> Result<(), Failure> {
    match args {
        Args::Default => say(Config::default_commented().trim_end()),
        Args::Show => {
            let mut config = config?;
            if config.storage.url.is_some() {
                config.storage.url = Some("(set; it may hold a password)".into());
            }
            if config.messaging.smtp_url.is_some() {
                config.messaging.smtp_url = Some("(set; it may hold a password)".into());
            }
            say(toml::to_string_pretty(&config)?.trim_end());
        }
    }
    Ok(())
}
