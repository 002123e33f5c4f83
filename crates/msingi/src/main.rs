//! Msingi: a country's digital public infrastructure in one binary.

use std::process::ExitCode;

// SQLite and the cryptography take theirs from it too. It gives memory back that a busy hour needed
// and a quiet one does not, which the C library's does not do for the many threads of a server.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    msingi::main()
}
