//! What tests share: storage on each engine, a clock that tests move, seeded randomness, a wire
//! that brings calls straight to routers, a real server, and GovStack's documents as an oracle.

mod block;
mod server;
mod spec;
mod store;
mod wire;

pub use block::{block_ctx, officer_layer};
pub use server::{Answer, TestServer};
pub use spec::Spec;
pub use store::{Store, on_each_engine};
pub use wire::RouterWire;
