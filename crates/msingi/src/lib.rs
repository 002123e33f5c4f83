//! The binary: command line, configuration, and the one place that sees all blocks and puts an
//! installation together ([`boot`]).

mod bench;
pub mod boot;
mod commands;
pub mod country;
pub mod demo;

use clap::Parser;
use std::process::ExitCode;

/// Runs the command line and answers the process's exit code.
#[must_use]
pub fn main() -> ExitCode {
    let line = commands::CommandLine::parse();
    install_cryptography();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(commands::run(line)),
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            commands::say_error(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

/// Makes aws-lc the process's one cryptographic provider; whatever needs TLS finds it.
pub fn install_cryptography() {
    // An error means that it is installed already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}
