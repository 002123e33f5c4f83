//! What the block knows and decides: types and pure functions, without a database, HTTP or time
//! of their own. Who calls them passes in what is stored and what time it is.

pub mod actor;
pub mod agreement;
pub mod canonical;
pub mod check;
pub mod digest;
pub mod individual;
pub mod policy;
pub mod record;
pub mod reference;
pub mod revision;
pub mod signature;
pub mod verification;

#[cfg(test)]
pub(crate) mod samples;
