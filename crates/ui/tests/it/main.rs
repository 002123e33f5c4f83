//! The pages as a browser gets them.

mod contrast;
mod desk;
mod pages;
