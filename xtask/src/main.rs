//! The entry of `cargo xtask`; everything else is in the library, where tests reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    xtask::run(&args)
}
