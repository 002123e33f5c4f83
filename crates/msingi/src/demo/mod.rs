//! The demo: an invented country, and a story told over HTTP.
//!
//! [`stage`] puts the country up, in one process or in three; [`driver`] tells the story and is an
//! HTTP client only. What happens to the country from outside, it asks of [`processes`].

mod client;
pub mod driver;
mod free_port;
mod intruder;
pub mod people;
mod processes;
mod relay;
mod screen;
mod stage;
mod store;
pub mod totp;
pub mod world;

pub use client::{Browser, Desk, Page, StoryError};
pub use driver::Told;
pub use processes::Processes;
pub use screen::Screen;
pub use stage::{Layout, SCHEMA_PREFIX, Stage, StageError, Where, running};
pub use world::{Site, World};
