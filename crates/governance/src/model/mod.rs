//! Types and pure decisions.

pub mod agreement;
pub mod grievance;
pub mod mandate;
