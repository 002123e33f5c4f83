//! `msingi demo`.

use super::Failure;

/// How to run it.
#[derive(Debug, clap::Args)]
pub struct Args {}

pub async fn run(_args: Args) -> Result<(), Failure> {
    Err("not yet".into())
}
