//! Where a country's digital public infrastructure stands, and what to do next: pure values in, pure values out.
//!
//! An [`Instrument`] asks, a [`Round`] holds what was claimed, attached and measured, and [`assess`] makes an
//! [`Assessment`] of both: scores, gaps, ranked services, a draft architecture and a roadmap. The same round under
//! the same instrument gives the same assessment, byte for byte, on every machine: there is no clock, no chance
//! and no float in a stored result.
//!
//! Source: GovStack implementation playbook, chapter "Build a digital public infrastructure (DPI)".
//!
//! Invariants:
//! 1. "Unknown" is never zero: it widens the interval and lowers coverage.
//! 2. No evidence never raises a level, and a better answer never lowers one.
//! 3. What cannot be measured here leaves the claim as it is and says so.

pub mod assess;
pub mod compare;
pub mod digest;
pub mod draw;
pub mod instrument;
mod logarithm;
pub mod plan;
pub mod regional;
pub mod report;
pub mod result;
pub mod round;
pub mod score;
pub mod sheet;

pub use assess::assess;
pub use instrument::Instrument;
pub use result::Assessment;
pub use round::Round;
