//! Every SQL string of the block, by noun.

pub mod grievances;
pub mod mandates;
pub mod notices;
