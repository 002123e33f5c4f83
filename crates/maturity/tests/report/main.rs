//! The written outputs, on values they are given.

mod html;
mod plan;
mod record;
mod sample;
mod sheets;
mod texts;
