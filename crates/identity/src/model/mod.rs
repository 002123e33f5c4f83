//! Types and pure decisions: numbers, codes, sign-in requests, assertions, claims. No waiting, no
//! database, no HTTP.

pub mod assertion;
pub mod claims;
pub mod client;
pub mod discovery;
pub mod number;
pub mod person;
pub mod pkce;
pub mod request;
pub mod response_alg;
pub mod token_request;
