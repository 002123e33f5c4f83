//! `msingi migrate`.

use super::{Failure, say};
use crate::boot;
use kernel::config::Config;

pub async fn run(config: Config) -> Result<(), Failure> {
    let place = boot::place(&config)?;
    for (block, migrations) in boot::databases(&config)? {
        let ctx = place.ctx(block, migrations, "migrate").await?;
        say(format!("{block}: up to date ({})", ctx.db.engine()));
    }
    Ok(())
}
