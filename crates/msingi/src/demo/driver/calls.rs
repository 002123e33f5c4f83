//! Calls through the exchange, as an officer's system makes them.

use crate::demo::client::{Desk, StoryError, json, text};
use reqwest::Method;
use serde_json::json;

/// Where resident records are read.
const RECORDS: &str = "/exchange/r1/TB/GOV/NIA/residents/records";
/// Where persons are looked up.
const RESOLVE: &str = "/exchange/r1/TB/GOV/NIA/identity/persons/resolve";

/// Headers of a call through the exchange.
pub fn call<'a>(
    purpose: &'a str,
    basis: &'a str,
    case: &'a str,
    client: &'a str,
) -> [(&'static str, &'a str); 4] {
    [
        ("msingi-client", client),
        ("msingi-purpose", purpose),
        ("msingi-legal-basis", basis),
        ("msingi-case", case),
    ]
}

/// Asks who shows this number; answers the pseudonym of the caller's own sector.
pub async fn resolve(
    desk: &Desk,
    vid: &str,
    headers: &[(&'static str, &str)],
) -> Result<String, StoryError> {
    let mut request =
        desk.request(Method::POST, RESOLVE).json(&json!({"system": "VID", "value": vid}));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    text(&json("resolving a VID", request.send().await?).await?, "/pseudonym")
}

pub async fn read(
    desk: &Desk,
    subject: &str,
    headers: &[(&'static str, &str)],
) -> Result<reqwest::Response, StoryError> {
    let mut request = desk.request(Method::GET, RECORDS).header("msingi-subject", subject);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Ok(request.send().await?)
}
