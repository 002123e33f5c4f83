//! The instrument, rounds and scores, from outside the crate.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as loudly as tests")]

mod build;
mod data_catalogues;
mod data_fixtures;
mod data_french;
mod data_schema;
mod golden;
mod instrument;
mod migration;
mod newcomer;
mod properties;
mod round;
mod score;
mod sheets;
mod sheets_refused;
mod sheets_template;
mod sheets_workbook;
mod worked;
