//! Charts as drawings: what stands where, worked out here and written as SVG or painted into a PDF elsewhere.
//!
//! Every chart says the same thing in its description as in its shapes, marks a level by its figure as well as by
//! its tone, and never draws what is unknown as zero.

pub mod architecture;
pub mod flows;
pub mod gantt;
pub mod geometry;
pub mod heat;
pub mod histogram;
pub mod letters;
pub mod matrix;
pub mod overview;
pub mod palette;
pub mod picture;
pub mod quadrant;
pub mod radar;
pub mod routing;
pub mod spread;
pub mod svg;

pub use palette::Colour;
pub use picture::{Anchor, Look, Mark, Picture, Point, Type};
