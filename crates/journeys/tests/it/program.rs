//! The real binary, as an operator runs it.

use crate::country::Folder;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

/// Long enough for any command that ends by itself, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The binary under test: `MSINGI_BINARY`, or the one beside the test executable's own folder.
///
/// # Panics
/// When it was not built, with what to do.
pub fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("MSINGI_BINARY") {
        return path.into();
    }
    let test = std::env::current_exe().expect("a running test has a path");
    // target/<profile>/deps/it-<hash>
    let profile = test.parent().and_then(Path::parent).expect("cargo puts tests into deps/");
    let path = profile.join("msingi");
    assert!(
        path.exists(),
        "{} is not there: run `cargo build -p msingi` with the profile of the tests, or set MSINGI_BINARY",
        path.display()
    );
    path
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    /// Exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// A command that ends by itself. It sees nothing of the caller's environment that could configure
/// it, and works in a folder of its own.
pub fn command(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    let configured = |(name, _): &(String, String)| name.starts_with("MSINGI");
    for (name, _) in std::env::vars().filter(configured) {
        command.env_remove(name);
    }
    command.args(arguments).current_dir(folder.path()).stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// Runs a command to its end.
///
/// # Panics
/// When it cannot be started or does not end.
pub async fn ended(mut command: Command) -> Ended {
    let output = tokio::time::timeout(PATIENCE, command.output()).await;
    let output = output.expect("the command ends").expect("the command starts");
    Ended {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
