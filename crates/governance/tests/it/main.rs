//! The block behind a real server, on both engines.

mod app;
mod desk;
mod grievances;
mod notices;
mod registers;
