//! The small set of values every other crate speaks in: ids, times, names, money, and where "now" and chance come from.
//!
//! # Invariants
//! - **Pure.** No IO and no async. The two exceptions are the only two in the whole workspace: [`Clock`] reads the system
//!   clock, [`Rng`] reads the operating system's entropy. Both are passed in, so a test scripts them.
//! - **A value that exists is valid.** Every type is checked where it is made (`FromStr`, `new`, serde alike), so nobody
//!   downstream checks again.
//! - **One text form.** `Display`, `FromStr` and serde agree, and what was written reads back as the same value.
//! - **Errors name the remedy and never repeat the input**, which may be personal data and would end in a log.
//! - **No floats**, for money above all.
#![warn(missing_docs)]

pub mod clock;
pub mod id;
pub mod rng;
mod text;
pub mod time;

pub use clock::{Clock, MockClock};
pub use id::{Id, IdError};
pub use rng::Rng;
pub use time::{Timestamp, TimestampError};
