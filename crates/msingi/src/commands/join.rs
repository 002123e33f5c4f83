//! `msingi join`.

use super::{Failure, say};
use crate::boot;
use clap::Subcommand;
use kernel::config::Config;

/// Which side of joining.
#[derive(Debug, Subcommand)]
pub enum Args {
    /// On the hub: print a one-time token for an installation of the country pack
    Invite {
        /// The installation's name, as in the country pack
        name: String,
        /// How long the token is good for
        #[arg(long, default_value_t = 60)]
        minutes: i64,
    },
    /// On the new installation: join with the token the hub's operator gave you
    With {
        /// The token
        token: String,
    },
}

pub async fn run(config: Config, args: Args) -> Result<(), Failure> {
    match args {
        Args::Invite { name, minutes } => say(boot::invite(&config, &name, minutes * 60).await?),
        Args::With { token } => {
            boot::join(&config, &token).await?;
            say(format!(
                "`{}` has joined. Start it with `msingi serve`.",
                config.installation.name
            ));
        }
    }
    Ok(())
}
