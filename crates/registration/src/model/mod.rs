//! Types and pure decisions: packages, forms, decision tables, applications, awards and runs.

pub mod application;
pub mod award;
pub mod check;
pub mod condition;
pub mod content;
pub mod eligibility;
pub mod form;
pub mod package;
pub mod run;
pub mod speech;
pub mod view;
pub mod words;
