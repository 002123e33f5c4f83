//! `msingi audit`.

use super::{Failure, say};
use crate::boot::{self, Place};
use clap::Subcommand;
use credential::{SigAlg, VerifyingKey, jws};
use kernel::audit::{Checkpoint, Report, verify};
use kernel::config::Config;
use std::path::Path;
use witness::CheckpointFile;

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Args {
    /// Read every audit trail and compare it with itself and with its checkpoints; nothing need run
    Verify,
}

pub async fn run(config: Config, args: Args) -> Result<(), Failure> {
    match args {
        Args::Verify => verify_all(&config).await,
    }
}

/// What verifying each trail of an installation gave.
pub async fn reports(config: &Config) -> Result<Vec<(&'static str, Report)>, Failure> {
    let place = boot::place(config)?;
    let mut reports = Vec::new();
    for (block, migrations) in boot::databases(config)? {
        let ctx = place.ctx(block, migrations, "audit").await?;
        reports.push((block, verify(&ctx.db, checkpoints(&place, block)?).await?));
    }
    Ok(reports)
}

async fn verify_all(config: &Config) -> Result<(), Failure> {
    let reports = reports(config).await?;
    reports.iter().for_each(|(block, report)| tell(block, report));
    let damaged = reports.iter().filter(|(_, report)| !report.findings.is_empty()).count();
    match damaged {
        0 => Ok(()),
        1 => Err("one audit trail is not what it was".into()),
        several => Err(format!("{several} audit trails are not what they were").into()),
    }
}

fn tell(block: &str, report: &Report) {
    let Report { sealed, unsealed, after_checkpoint, findings } = report;
    let verdict = if findings.is_empty() { "intact" } else { "NOT INTACT" };
    say(format!("{block}: {verdict}, {sealed} rows sealed"));
    for finding in findings {
        say(format!("  {finding}"));
    }
    if *unsealed > 0 {
        say(format!(
            "  {unsealed} rows are not sealed yet: nothing protects them until the installation runs again"
        ));
    }
    if *after_checkpoint > 0 {
        say(format!(
            "  {after_checkpoint} rows lie after the last checkpoint: cutting them off would not be noticed"
        ));
    }
}

/// The block's checkpoints, each verified with a key of this installation, old ones included.
fn checkpoints(place: &Place, block: &str) -> Result<Vec<Checkpoint>, Failure> {
    let jwks = place.keys.public_keys(witness::AUDIT_KEY);
    let keys: Vec<VerifyingKey> =
        jwks.iter().map(VerifyingKey::from_jwk).collect::<Result<_, _>>()?;
    let file = CheckpointFile::new(&checkpoint_folder(&place.directory), block);
    let mut checkpoints = Vec::new();
    for (number, line) in file.lines()?.enumerate() {
        let verified = jws::verify(&line?.jws, &keys, &[SigAlg::Es256])
            .map_err(|error| format!("{block}.jsonl line {}: {error}", number + 1))?;
        checkpoints.push(serde_json::from_slice(&verified.payload)?);
    }
    Ok(checkpoints)
}

/// Where an installation keeps its checkpoint files.
pub fn checkpoint_folder(data: &Path) -> std::path::PathBuf {
    data.join("checkpoints")
}
