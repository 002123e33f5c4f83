//! `msingi completions`.

use super::{CommandLine, Failure};
use clap::{CommandFactory, ValueEnum};
use clap_complete::{Shell, generate};
use std::io::Write;

/// For which shell.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell that is to complete
    shell: Which,
}

/// The shells we try.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Which {
    Bash,
    Zsh,
    Fish,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let shell = match args.shell {
        Which::Bash => Shell::Bash,
        Which::Zsh => Shell::Zsh,
        Which::Fish => Shell::Fish,
    };
    let mut script = Vec::new();
    generate(shell, &mut CommandLine::command(), "msingi", &mut script);
    // A reader that went away is no error.
    let _ = std::io::stdout().write_all(&script);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_gets_every_command() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let mut script = Vec::new();
            generate(shell, &mut CommandLine::command(), "msingi", &mut script);
            let script = String::from_utf8(script).unwrap();
            let command = CommandLine::command();
            for known in command.get_subcommands().filter(|known| !known.is_hide_set()) {
                assert!(script.contains(known.get_name()), "{shell}: {}", known.get_name());
            }
        }
    }
}
