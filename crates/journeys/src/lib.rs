//! Stories across blocks, told to the product as people meet it: over HTTP, in one process and in
//! three, on both engines. Everything is in `tests/it`; nothing may import this crate.
