//! `msingi serve`.

use super::{Failure, say};
use crate::boot::{self, Selection};
use kernel::config::Config;
use kernel::serve::Shutdown;
use kernel::telemetry;

/// Which blocks to run.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Run only these blocks (and the exchange), as --only civil,identity
    #[arg(long, value_delimiter = ',', value_name = "BLOCKS", conflicts_with = "without")]
    only: Vec<String>,
    /// Run all blocks but these
    #[arg(long, value_delimiter = ',', value_name = "BLOCKS")]
    without: Vec<String>,
    /// Stop when standard input closes: with the process that started this one
    #[arg(long, hide = true)]
    with_parent: bool,
}

pub async fn run(config: Config, args: Args) -> Result<(), Failure> {
    telemetry::init(&config.log)?;
    let mut stop = Shutdown::on_signals()?;
    let selection = Selection { only: args.only, without: args.without };
    let running = boot::start(&config, &selection).await?;
    say(format!("Serving {} on http://{}", running.blocks.join(", "), running.public));
    say(format!("Other installations reach it at https://{}", running.wire));
    tokio::select! {
        () = stop.stopped() => {}
        () = parent_ended(), if args.with_parent => {}
    }
    running.stop().await;
    Ok(())
}

/// Returns when nobody can write to standard input any more.
async fn parent_ended() {
    let (told, ended) = tokio::sync::oneshot::channel::<()>();
    // A thread of its own, because the runtime would wait for a read of its own when it stops.
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        drop(told);
    });
    let _ = ended.await;
}
