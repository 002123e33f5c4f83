//! The small set of values every other crate speaks in: ids, times, names, money, and where "now" and chance come from.
//!
//! # Invariants
//! - **Pure.** No IO and no async. The two exceptions are the only two in the whole workspace: [`Clock`] reads the system
//!   clock, [`Rng`] reads the operating system's entropy. Both are passed in, so that a test scripts them.
//! - **A value that exists is valid.** Every type is checked where it is made (`FromStr`, `new`, serde alike), so nobody
//!   downstream checks again.
//! - **One text form.** Where a type has `Display`, `FromStr` and serde, they agree; what was written reads back equal.
//! - **Errors name the remedy** and none of ours repeats the text it refused, which may be personal data bound for a log.
//!   [`PersonName`] keeps itself out of `Debug` for the same reason.
//! - **No floats**, for money above all.
#![warn(missing_docs)]

pub mod clock;
pub mod date;
pub mod id;
pub mod money;
pub mod name;
pub mod rng;
mod text;
pub mod time;
pub mod times;
pub mod verhoeff;

pub use clock::{Clock, MockClock};
pub use date::{PartialDate, PartialDateError};
pub use id::{Id, IdError};
pub use money::{Currency, Money, MoneyError};
pub use name::{NameError, NameVariant, PersonName, Script, fold as fold_name};
pub use rng::Rng;
pub use time::{Timestamp, TimestampError};
pub use times::Times;
