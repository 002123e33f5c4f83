//! The demo: an invented country, and a story told over HTTP.
//!
//! [`stage`] puts the country up, in one process or in three; [`driver`] tells the story and is an
//! HTTP client only.

mod client;
pub mod driver;
mod screen;
mod split;
mod stage;
pub mod totp;
pub mod world;

pub use client::{Browser, Desk, Page, StoryError};
pub use driver::Told;
pub use screen::Screen;
pub use split::Processes;
pub use stage::{SCHEMA_PREFIX, Stage, StageError, Where};
pub use world::{Site, World};
