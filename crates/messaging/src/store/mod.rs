//! Every SQL string of the block.

pub mod deliveries;
pub mod messages;
