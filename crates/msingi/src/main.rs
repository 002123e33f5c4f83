//! Msingi: a country's digital public infrastructure in one binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    msingi::main()
}
