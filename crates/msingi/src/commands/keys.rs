//! `msingi keys`: the installation's key store.

use super::{Failure, say};
use crate::boot;
use clap::Subcommand;
use kernel::config::Config;

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Args {
    /// List keys by purpose and state; no key material is shown
    List,
    /// Make a new active key for a purpose; the old one is kept for what it signed or sealed.
    /// Restart the installation afterwards
    Rotate {
        /// The purpose, as `list` shows it
        purpose: String,
    },
}

pub fn run(config: &Config, args: &Args) -> Result<(), Failure> {
    let place = boot::place(config)?;
    match args {
        Args::List => {
            for key in place.keys.list() {
                let kind = format!("{:?}", key.kind);
                let state = format!("{:?}", key.state).to_lowercase();
                say(format!("{:<28} {kind:<16} {state:<8} {}", key.purpose, key.id));
            }
            Ok(())
        }
        Args::Rotate { purpose } => {
            if !can_rotate(purpose) {
                return Err(format!("`{purpose}` cannot be rotated yet: others hold its public half, or index values rest on it").into());
            }
            let known = place.keys.list().iter().any(|key| key.purpose == *purpose);
            if !known {
                return Err(format!(
                    "no key has the purpose `{purpose}`: `msingi keys list` shows them"
                )
                .into());
            }
            let id = place.keys.rotate(purpose)?;
            say(format!("{purpose}: key {id} is active; restart the installation to use it"));
            Ok(())
        }
    }
}

/// Keys whose public halves are published where verifiers look each time, and keys that wrap others
/// by id. Member, audit and client keys are pinned by peers; index keys have values stored under them.
fn can_rotate(purpose: &str) -> bool {
    matches!(purpose, "token" | "oidc" | "oidc-rsa") || purpose.starts_with("fields:")
}
