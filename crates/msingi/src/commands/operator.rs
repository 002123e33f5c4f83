//! `msingi operator-token`.

use super::{Failure, say};
use crate::boot;
use kernel::config::Config;

/// How long it is good for.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Minutes until the token ends
    #[arg(long, default_value_t = 60)]
    minutes: i64,
}

pub fn run(config: &Config, args: &Args) -> Result<(), Failure> {
    say(boot::operator(config)?.token(args.minutes * 60)?);
    Ok(())
}
