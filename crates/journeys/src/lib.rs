//! Stories across blocks, told to the product as people meet it: over HTTP, in one process and in
//! three, on both engines. Everything is in `tests/it`; nothing may import this crate.
//!
//! The tests start the real binary, which `cargo test` does not build: `cargo xtask test` does, and
//! by hand it is `cargo build -p msingi && cargo test -p journeys`.
