//! The kernel against both engines.

mod db;
mod portability;
