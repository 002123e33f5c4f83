//! What every task needs of the outside: the terminal, the workspace root, other programs.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};

/// A task either ends with the exit code it wants, or with a message that names the remedy.
pub type Outcome<T> = Result<T, String>;

/// One line to standard output.
#[expect(clippy::print_stdout, reason = "the one place where xtask talks")]
pub fn say(line: &str) {
    println!("{line}");
}

/// One line to standard error.
#[expect(clippy::print_stderr, reason = "the one place where xtask complains")]
pub fn complain(line: &str) {
    eprintln!("{line}");
}

/// The folder of the workspace's `Cargo.toml`: the nearest one upwards that has a `[workspace]`.
pub fn workspace_root() -> Outcome<PathBuf> {
    let start = std::env::current_dir().map_err(|e| format!("no current folder: {e}"))?;
    let found = start.ancestors().find(|dir| {
        std::fs::read_to_string(dir.join("Cargo.toml"))
            .is_ok_and(|text| text.contains("[workspace]"))
    });
    found.map(Path::to_path_buf).ok_or_else(|| {
        "no workspace above the current folder; run it inside the repository".to_owned()
    })
}

/// `cargo`, the one that started us where there is one, run in `root`.
pub fn cargo(root: &Path) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(root);
    command
}

/// Builds the product and all tests with the one selection and profile that every task uses, so
/// that cargo reuses each crate instead of building it again with other features.
pub fn build_product(root: &Path) -> Outcome<PathBuf> {
    let mut build = cargo(root);
    build.args(["build", "--release", "--workspace", "--bins", "--tests"]);
    must_succeed(&mut build)?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || root.join("target"),
        |dir| root.join(dir), // an absolute folder replaces the root
    );
    Ok(target.join("release").join("msingi"))
}

/// Runs a program with our terminal and waits for it.
pub fn status(command: &mut Command) -> Outcome<ExitStatus> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.status().map_err(|e| format!("cannot run {program}: {e}"))
}

/// Runs a program with our terminal; anything but success is an error that shows the command.
pub fn must_succeed(command: &mut Command) -> Outcome<()> {
    let status = status(command)?;
    if status.success() {
        return Ok(());
    }
    Err(format!("{command:?} ended with {status}"))
}

/// Runs a program quietly and returns its standard output; a failure carries its error output.
pub fn capture(command: &mut Command) -> Outcome<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|e| format!("cannot run {program}: {e}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(format!("{program} ended with {}:\n{}", output.status, complaint.trim_end()))
}

/// The exit code of a child as ours; a child ended by a signal counts as failed.
pub fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    ExitCode::from(code.unwrap_or(1))
}
