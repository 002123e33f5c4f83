//! Types and pure decisions: numbers, codes, sign-in requests, assertions, claims. No waiting, no
//! database, no HTTP.

pub mod assertion;
pub mod challenge;
pub mod claims;
pub mod client;
pub mod device;
pub mod discovery;
pub mod home;
pub mod method;
pub mod number;
pub mod passkey;
pub mod person;
pub mod pkce;
pub mod provider;
pub mod request;
pub mod response_alg;
pub mod token_request;
