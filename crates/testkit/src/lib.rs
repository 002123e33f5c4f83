//! What tests share: storage on each engine, a clock that tests move, seeded randomness and a
//! wire that brings calls straight to routers.

mod block;
mod store;
mod wire;

pub use block::{block_ctx, officer_layer};
pub use store::{Store, on_each_engine};
pub use wire::RouterWire;
